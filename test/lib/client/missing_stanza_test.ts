import { checkStanza } from "../../../lib/client/missing_stanza.ts";
import { parseFwknoprc } from "../../../lib/config/fwknoprc.ts";
import { assertEquals, assertMatch } from "../../assert.ts";

function check(name: string, text: string) {
  return checkStanza(name, parseFwknoprc(text, "rc"), "rc");
}

Deno.test("an existing stanza is not a problem", () => {
  assertEquals(check("gate", "[gate]\nSPA_SERVER h\n"), undefined);
});

Deno.test("the hint for a misspelt stanza is the nearest name, and for any other the list of names", () => {
  assertEquals(check("gaet", "[gate]\nSPA_SERVER h\n")?.facts.hint, "did you mean gate?");
  const two = check("zzzzzz", "[gate]\nSPA_SERVER h\n[office]\nSPA_SERVER h\n");
  assertEquals(two?.facts.hint, "there are gate, office");
  assertEquals(two?.facts.reference, "Named configuration stanza: [zzzzzz] was not found.");
});

Deno.test("without a file, the hint is a command that makes the file and the stanza", () => {
  const problem = checkStanza("gate", undefined, "rc");
  assertMatch(problem?.text ?? "", /because there is no file rc$/);
  assertMatch(problem?.facts.hint ?? "", /fwknop stanza add gate/);
});
