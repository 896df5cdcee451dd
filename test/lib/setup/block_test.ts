import fc from "property-testing";
import { withBlock, withoutBlock } from "../../../lib/setup/block.ts";
import { assertEquals } from "../../assert.ts";

const text = fc.string({ unit: fc.constantFrom("a", "#", " ", "\n") });

Deno.test("lines that were added come out, and the rest of the file is what it was", () => {
  fc.assert(fc.property(text, text, text, (before, lines, after) => {
    assertEquals(withoutBlock(withBlock(before, `${lines}\n`) + after), before + after);
  }));
});

Deno.test("a text without the whole lines has nothing to take out", () => {
  assertEquals(withoutBlock(""), undefined);
  assertEquals(withoutBlock("SOURCE ANY\n"), undefined);
  assertEquals(withoutBlock(withBlock("", "a\n").replace(/^# End.*\n/m, "")), undefined);
});
