import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import { wrap } from "../../../lib/report/wrap.ts";

Deno.test("wrap breaks lines at blanks and keeps a long word whole", () => {
  assertEquals(wrap("is the clock right, here and there?", 12), [
    "is the clock",
    "right, here",
    "and there?",
  ]);
  assertEquals(wrap("see https://example.org/a/long/path now", 10), [
    "see",
    "https://example.org/a/long/path",
    "now",
  ]);
  assertEquals(wrap("a b", undefined), ["a b"]);
});

Deno.test("wrap loses no word, and no line of several words is too long", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
  fc.assert(fc.property(words, fc.integer({ min: 1, max: 40 }), (parts, width) => {
    const text = parts.join(" ");
    const lines = wrap(text, width);
    assertEquals(lines.join(" "), text);
    assert(lines.every((line) => line.length <= width || !line.includes(" ")));
  }));
});
