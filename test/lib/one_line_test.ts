import fc from "property-testing";
import { assert, assertEquals } from "../assert.ts";
import { forTerminal, oneLine, toJson, visible, visibleLines } from "../../lib/one_line.ts";

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** Code units of any value, including lone surrogates. */
const texts = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) =>
  String.fromCharCode(...units)
);
/** Texts with many characters that need an escape or occur in one. */
const tricky = fc.string({
  unit: fc.constantFrom("\\", "n", "t", "x", "0", "a", "\n", "\t", "\x0a"),
});

Deno.test("ordinary text is unchanged", () => {
  assertEquals(oneLine("grüße 'a b' 日本 👍"), "grüße 'a b' 日本 👍");
});

Deno.test("characters that end a line, move the cursor or reverse text are escaped", () => {
  assertEquals(oneLine("a\nb\tc\rd\x1b[2J\x9b\x7f"), "a\\nb\\tc\\x0dd\\x1b[2J\\x9b\\x7f");
  assertEquals(
    oneLine("a\u202eb\u2028c\u200b\u{e0041}"),
    "a\\u{202e}b\\u{2028}c\\u{200b}\\u{e0041}",
  );
  assertEquals(oneLine("a\ud800b"), "a\\u{d800}b");
});

Deno.test("a backslash that was sent differs from one that begins an escape", () => {
  assertEquals(oneLine("a\\nb"), "a\\\\nb");
});

Deno.test("no unsafe character remains", () => {
  fc.assert(fc.property(texts, (text) => {
    assert(!UNSAFE.test(oneLine(text)));
    assert(!UNSAFE.test(visible(text)));
    assert(!UNSAFE.test(visibleLines(text).replaceAll(/[\n\t]/g, "")));
    assert(!UNSAFE.test(toJson({ [text]: [text] })));
    assert(!UNSAFE.test(toJson({ [text]: [text] }, 2).replaceAll("\n", "")));
  }));
});

Deno.test("a terminal gets lines, tabs and colours, and no other control", () => {
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

Deno.test("a line determines the original text", () => {
  fc.assert(fc.property(fc.oneof(texts, tricky), (text) => {
    assertEquals(unescape(oneLine(text)), text);
  }));
});

Deno.test("a JSON parser reads the same value", () => {
  fc.assert(fc.property(fc.oneof(texts, tricky), (text) => {
    assertEquals(JSON.parse(toJson({ text })), { text });
    assertEquals(JSON.parse(toJson({ text }, 2)), { text });
  }));
});

/** The text from which {@link oneLine} made the line. */
function unescape(line: string): string {
  const escape = /\\(?:(\\)|(n)|(t)|x([0-9a-f]{2})|u\{([0-9a-f]+)\})/gu;
  return line.replace(escape, (_, backslash, feed, tab, byte, code) => {
    if (backslash !== undefined) return "\\";
    if (feed !== undefined) return "\n";
    if (tab !== undefined) return "\t";
    return String.fromCodePoint(parseInt(byte ?? code, 16));
  });
}
