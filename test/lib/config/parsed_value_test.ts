import { parseWithin, parseYesOrNo } from "../../../lib/config/parsed_value.ts";
import { assert, assertEquals } from "../../assert.ts";

const ROW = { name: "ENABLE_X" } as Parameters<typeof parseYesOrNo>[0];

Deno.test("Y and N are read by their first letter, and another word is an error with a hint", () => {
  for (const [text, value] of [["Y", true], ["yes", true], ["N", false], ["no", false]] as const) {
    const read = parseYesOrNo(ROW, text);
    assertEquals(read.ok && read.value, value, text);
  }
  const read = parseYesOrNo(ROW, "1");
  assert(!read.ok);
  assertEquals(read.error.text, "[*] ENABLE_X value '1' is neither Y nor N");
  assert(read.error.hint !== undefined);
});

Deno.test("a number is read as decimal digits, within its bounds only", () => {
  const bounds = [1, 65535] as const;
  assertEquals(["1", "022", "65535"].map((text) => parseWithin(text, bounds)), [1, 22, 65535]);
  for (const text of ["0", "65536", "", "-1", "+1", "0x10", " 1", "1 ", "1e3", "9".repeat(16)]) {
    assertEquals(parseWithin(text, bounds), undefined, text);
  }
});
