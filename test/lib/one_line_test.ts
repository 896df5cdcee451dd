import fc from "property-testing";
import { assert, assertEquals } from "../assert.ts";
import { forTerminal, oneLine, toJson, visible, visibleLines } from "../../lib/one_line.ts";

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

Deno.test("a terminal gets lines, tabs and colours, and nothing else that has an effect", () => {
  assertEquals(
    forTerminal("\x1b[1ma\tb\x1b[22m\n\x1b[31mc\x1b[39m\x1b[8md\x1b[2J\x9b31m"),
    "\x1b[1ma\tb\x1b[22m\n\x1b[31mc\x1b[39m\\x1b[8md\\x1b[2J\\x9b31m",
  );
  const units = [
    "\x1b",
    "[",
    "3",
    "1",
    "2",
    "8",
    "m",
    "J",
    "\x1b[31m",
    "\x1b[22m",
    "\n",
    "\r",
    "\u202e",
  ];
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...units) }), (text) => {
    const left = forTerminal(text);
    assert(
      !UNSAFE.test(left.replaceAll(/\p{Cc}\[(?:31|22|1|2|3[0-9])m|\n/gu, "")),
      JSON.stringify(left),
    );
    assertEquals(
      left.replaceAll("\\x1b", "\x1b").replaceAll("\\x0d", "\r").replaceAll("\\u{202e}", "\u202e"),
      text,
    );
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
