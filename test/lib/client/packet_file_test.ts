import { assertEquals } from "../../assert.ts";
import { savePacket } from "../../../lib/client/packet_file.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;

Deno.test("only the owner can read a saved packet, also in a file that was there before", () =>
  withFolder(async (folder) => {
    const path = `${folder}/packets`;
    Deno.writeTextFileSync(path, "old\n", { mode: 0o644 });
    assertEquals(await savePacket(path, "first", false), undefined);
    assertEquals(await savePacket(path, "second", true), undefined);
    assertEquals(Deno.readTextFileSync(path), "first\nsecond\n");
    if (Deno.build.os !== "windows") assertEquals(modeOf(path), 0o600);
  }));

testWhere(
  "a device that a packet is saved to stays usable for other users",
  { system: "linux", root: true, programs: ["mknod"] },
  () =>
    withFolder(async (folder) => {
      const path = `${folder}/null`;
      await new Deno.Command("mknod", { args: ["-m", "0666", path, "c", "1", "3"] }).output();
      for (const append of [false, true]) {
        assertEquals(await savePacket(path, "packet", append), undefined);
        assertEquals(modeOf(path), 0o666);
        assertEquals(Deno.statSync(path).isCharDevice, true);
      }
    }),
);
