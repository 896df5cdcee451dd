import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import { argumentVector } from "../../../lib/command/words.ts";

Deno.test("a command is split at white space and otherwise unchanged", () => {
  assertEquals(argumentVector("  a; b |\tc \v\f\r\n 'd e' $HOME *"), [
    "a;",
    "b",
    "|",
    "c",
    "'d",
    "e'",
    "$HOME",
    "*",
  ]);
  assertEquals(argumentVector(" \t"), []);
});

Deno.test("no other blank of Unicode splits, because C's isspace knows no other", () => {
  assertEquals(argumentVector("a\u00a0b\u2003c\u2028d"), ["a\u00a0b\u2003c\u2028d"]);
});

Deno.test("the words are the text without its white space, in order, and none is empty", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const words = argumentVector(text);
    assertEquals(words.join(""), text.replace(/[ \t\n\v\f\r]/g, ""));
    assert(words.every((word) => word !== "" && !/[ \t\n\v\f\r]/.test(word)));
  }));
});
