import assert from "node:assert/strict";
import { run } from "../../scripts/process.ts";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";

const reason = await compiledUnavailable();
const name = "a compiled binary starts and tells its version";
if (reason !== undefined) console.log(`left out: "${name}": ${reason}`);

Deno.test({
  name,
  ignore: reason !== undefined,
  fn: async () => {
    const binary = await compiledBinary();
    const { code, stdout, stderr } = await run(binary, ["--version"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^fwknop \d+\.\d+\.\d+/);
  },
});
