import fc from "property-testing";
import { assert, assertEquals } from "../assert.ts";
import { oneLine, toJson, visible, visibleLines } from "../../lib/one_line.ts";

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** Code units of any value, so lone surrogates too. */
const texts = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) =>
  String.fromCharCode(...units)
);
/** Texts in which what an escape is made of, and what needs one, is frequent. */
const tricky = fc.string({
  unit: fc.constantFrom("\\", "n", "t", "x", "0", "a", "\n", "\t", "\x0a"),
});

Deno.test("ordinary text stays as it is", () => {
  assertEquals(oneLine("grüße 'a b' 日本 👍"), "grüße 'a b' 日本 👍");
});

Deno.test("what ends a line, moves the cursor or turns the writing is spelt out", () => {
  assertEquals(oneLine("a\nb\tc\rd\x1b[2J\x9b\x7f"), "a\\nb\\tc\\x0dd\\x1b[2J\\x9b\\x7f");
  assertEquals(
    oneLine("a\u202eb\u2028c\u200b\u{e0041}"),
    "a\\u{202e}b\\u{2028}c\\u{200b}\\u{e0041}",
  );
  assertEquals(oneLine("a\ud800b"), "a\\u{d800}b");
});

Deno.test("a backslash that was sent is told from one that stands for something else", () => {
  assertEquals(oneLine("a\\nb"), "a\\\\nb");
});

Deno.test("nothing unsafe is ever left", () => {
  fc.assert(fc.property(texts, (text) => {
    assert(!UNSAFE.test(oneLine(text)));
    assert(!UNSAFE.test(visible(text)));
    assert(!UNSAFE.test(visibleLines(text).replaceAll(/[\n\t]/g, "")));
    assert(!UNSAFE.test(toJson({ [text]: [text] })));
    assert(!UNSAFE.test(toJson({ [text]: [text] }, 2).replaceAll("\n", "")));
  }));
});

Deno.test("a line says exactly what the text was", () => {
  fc.assert(fc.property(fc.oneof(texts, tricky), (text) => {
    assertEquals(unescape(oneLine(text)), text);
  }));
});

Deno.test("a parser of JSON gets the very same value", () => {
  fc.assert(fc.property(fc.oneof(texts, tricky), (text) => {
    assertEquals(JSON.parse(toJson({ text })), { text });
    assertEquals(JSON.parse(toJson({ text }, 2)), { text });
  }));
});

/** The text that {@link oneLine} was given. */
function unescape(line: string): string {
  const escape = /\\(?:(\\)|(n)|(t)|x([0-9a-f]{2})|u\{([0-9a-f]+)\})/gu;
  return line.replace(escape, (_, backslash, feed, tab, byte, code) => {
    if (backslash !== undefined) return "\\";
    if (feed !== undefined) return "\n";
    if (tab !== undefined) return "\t";
    return String.fromCodePoint(parseInt(byte ?? code, 16));
  });
}
