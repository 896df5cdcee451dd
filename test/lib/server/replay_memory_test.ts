import { assert, assertEquals } from "../../assert.ts";

Deno.test("a digest takes only the memory of its characters, and a remembered packet takes less than a kilobyte", async () => {
  const script = new URL("../../support/remember_many.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", "--v8-flags=--expose-gc", script],
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  const [digest = NaN, packet = NaN] = decoder.decode(stdout).split(" ").map(Number);
  // 43 characters, the engine's header of a string, and a slot in the list.
  assert(digest > 50 && digest < 150, `${digest} bytes a digest`);
  // Two digests and two addresses in one object, and two slots in maps: about 400 bytes.
  assert(packet > 200 && packet < 1000, `${packet} bytes a packet`);
});
