import assert from "node:assert/strict";
import { ROOT, run } from "../../scripts/process.ts";
import { withFolder } from "../support/folder.ts";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";
import { testWhere } from "../support/needs.ts";

const reason = await compiledUnavailable();
const name = "a compiled binary starts and prints its version";

testWhere(name, { blocker: reason }, async () => {
  const binary = await compiledBinary();
  const { code, stdout, stderr } = await run(binary, ["--version"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^fwknop client \d+\.\d+\.\d+/);
});

/** `deno task build` with that base binary. */
async function buildWith(base: string): Promise<{ code: number; stderr: string }> {
  const words = ["run", "--allow-all", `${ROOT}scripts/build.ts`];
  const { code, stderr } = await run(Deno.execPath(), words, { env: { DENORT_BIN: base } });
  return { code, stderr };
}

Deno.test("a build refuses Deno itself as a base, because the result would run as Deno", async () => {
  const { code, stderr } = await buildWith(Deno.execPath());
  assert.equal(code, 1);
  assert.match(stderr, /^build: DENORT_BIN ".+" is Deno itself.*: name the file denort/);
});

Deno.test("a build with the archive as a base says how to unpack it", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/denort.zip`, "PK\x03\x04 and so on");
    const { code, stderr } = await buildWith(`${folder}/denort.zip`);
    assert.equal(code, 1);
    assert.match(stderr, /is a zip archive: unpack it \(unzip .*denort\.zip\)/);
  });
});
