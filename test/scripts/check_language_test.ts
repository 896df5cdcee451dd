import { assertEquals } from "../assert.ts";
import { languageProblems } from "../../scripts/check_language.ts";

/** The words that were found, without the advice. */
function found(text: string): string[] {
  return languageProblems("file.ts", text).map((problem) =>
    /"(.*)" is not/.exec(problem)?.[1] ?? ""
  );
}

Deno.test("a word that is not written here is named with its place and what to write", () => {
  assertEquals(languageProblems("lib/some.ts", "one\n// It mends the chain.\n"), [
    'lib/some.ts:2: "mends" is not written here: fix, repair',
  ]);
});

Deno.test("such a word is found in names too", () => {
  const texts = ["function mendRules() {}", "class Workplace {}", "const packetFate = 1;"];
  assertEquals(texts.flatMap(found), ["mend", "Workplace", "Fate"]);
});

Deno.test("words that only hold such letters are not meant", () => {
  const text =
    "recommended amendment, the invoice, Lanes, always inside, what is wrong is printed\n";
  assertEquals(found(text), []);
});

Deno.test("the user nobody and the JSON member mend are data, and not found", () => {
  assertEquals(found("CMD_EXEC: output: nobody, CMD_EXEC_USER nobody"), []);
  assertEquals(found("const findings: { mend?: string }[] = [];"), []);
});

Deno.test("a sentence that begins with its object is found, a question is not", () => {
  assertEquals(found("// What is added is recorded."), ["// What is added is"]);
  assertEquals(found("// What is added?"), []);
});

Deno.test("a phrase that has a second meaning is found", () => {
  assertEquals(found("It waited in vain."), ["in vain"]);
  assertEquals(found("It drops them for good."), ["for good"]);
  assertEquals(found("One cannot be told from the other."), ["told from"]);
  assertEquals(found("class RehearsedParts {}"), ["Rehears"]);
});
