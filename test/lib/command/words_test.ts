import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import { splitWords } from "../../../lib/command/words.ts";

Deno.test("a command is split at white space and not otherwise looked at", () => {
  assertEquals(splitWords("  a; b |\tc \v\f\r\n 'd e' $HOME *"), [
    "a;",
    "b",
    "|",
    "c",
    "'d",
    "e'",
    "$HOME",
    "*",
  ]);
  assertEquals(splitWords(" \t"), []);
});

Deno.test("no other blank of Unicode splits, for C's isspace knows none", () => {
  assertEquals(splitWords("a\u00a0b\u2003c\u2028d"), ["a\u00a0b\u2003c\u2028d"]);
});

Deno.test("the words are the text without its white space, in order, none of them empty", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const words = splitWords(text);
    assertEquals(words.join(""), text.replace(/[ \t\n\v\f\r]/g, ""));
    assert(words.every((word) => word !== "" && !/[ \t\n\v\f\r]/.test(word)));
  }));
});
