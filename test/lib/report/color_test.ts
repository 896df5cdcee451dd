import { bold, green, setColorEnabled } from "../../../lib/report/color.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("colours are off at the start, and are sequences around the text when they are on", () => {
  assertEquals([bold("a"), green("b")], ["a", "b"]);
  setColorEnabled(true);
  try {
    assertEquals([bold("a"), green("b")], ["\x1b[1ma\x1b[22m", "\x1b[32mb\x1b[39m"]);
  } finally {
    setColorEnabled(false);
  }
  assertEquals(bold("a"), "a");
});
