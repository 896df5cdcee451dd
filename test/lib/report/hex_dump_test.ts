import { formatHexDump } from "../../../lib/report/hex_dump.ts";
import { assertEquals } from "../../assert.ts";

// The output of Debian's daemon 2.6.10 for the text.
Deno.test("the dump of a payload has the C daemon's columns", () => {
  assertEquals(
    formatHexDump("9hV8//L8SUalZYZe/miGeyn3wZrNfzrnLVg0"),
    [
      "[+] candidate SPA packet payload:",
      " ",
      "  0x0000:  39 68 56 38 2f 2f 4c 38  53 55 61 6c 5a 59 5a 65  9hV8//L8SUalZYZe",
      "  0x0010:  2f 6d 69 47 65 79 6e 33  77 5a 72 4e 66 7a 72 6e  /miGeyn3wZrNfzrn",
      "  0x0020:  4c 56 67 30                                       LVg0",
      "",
      "",
    ].join("\n"),
  );
});
