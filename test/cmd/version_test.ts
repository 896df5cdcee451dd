import { assert, assertEquals, assertThrows } from "../assert.ts";
import { requireKeys } from "../../cmd/upgrade.ts";
import { version } from "../../cmd/version.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { VERSION } from "../../lib/version.ts";
import { mustRun } from "../../scripts/process.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";
import { testWhere } from "../support/needs.ts";

Deno.test("version prints a line for people and an object for programs", async () => {
  const [people, programs] = [new BufferContext(), new BufferContext()];
  await version.run(new GivenOptions([]), [], people);
  assert(people.stdout.startsWith(`fwknop ${VERSION}, `), people.stdout);
  await version.run(new GivenOptions([{ name: "json", value: "" }]), [], programs);
  const { name, version: number, build, keys, deno } = JSON.parse(programs.stdout);
  assertEquals([name, number, build, keys], ["fwknop", VERSION, "source", []]);
  assertEquals(deno, Deno.version.deno);
});

testWhere(
  "a test build says that it is one, and has a key",
  { blocker: await compiledUnavailable() },
  async () => {
    const text = await mustRun(await compiledBinary(), ["version", "--json"]);
    const { build, keys } = JSON.parse(text);
    assertEquals([build, keys.length], ["test", 1]);
  },
);

Deno.test("without a public key upgrade refuses and says why", () => {
  assertThrows(() => requireKeys({ kind: "source", keys: [] }), /running program is Deno/);
  assertThrows(() => requireKeys({ kind: "release", keys: [] }), /built without a public key/);
});
