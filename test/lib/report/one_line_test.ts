import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import { oneLine } from "../../../lib/report/one_line.ts";

Deno.test("ordinary text stays as it is", () => {
  assertEquals(oneLine("grüße 'a b' \\n 日本"), "grüße 'a b' \\n 日本");
});

Deno.test("what ends a line, moves the cursor or turns the writing is spelt out", () => {
  assertEquals(oneLine("a\nb\tc\rd\x1b[2J"), "a\\nb\\tc\\x0dd\\x1b[2J");
  assertEquals(oneLine("a\u202eb\u2028c\u200b"), "a\\u{202e}b\\u{2028}c\\u{200b}");
});

Deno.test("nothing of the kind is ever left", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(oneLine(text)));
  }));
});
