import { assertEquals } from "../../assert.ts";
import { buildFacts } from "../../../lib/release/build_facts.ts";
import { makeKeyPair } from "../../../scripts/sign.ts";

Deno.test("from source the program has no keys, and a build has those it was given", async () => {
  assertEquals(buildFacts(), { kind: "source", keys: [] });
  const { publicKey } = await makeKeyPair();
  const { kind, keys } = buildFacts(JSON.stringify({ kind: "test", keys: [publicKey] }));
  assertEquals(kind, "test");
  assertEquals(keys.map(({ id }) => publicKey.includes(id)), [true]);
});
