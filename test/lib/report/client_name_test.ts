import { assertEquals } from "../../assert.ts";
import {
  namedLine,
  namedNumber,
  stanzaMembers,
  stanzaText,
} from "../../../lib/report/client_name.ts";

Deno.test("a stanza without a name is shown as before, one with a name has it beside the number", () => {
  const shown = (name?: string) => [namedLine("a line", name), namedNumber(1, name)];
  assertEquals([...shown(), stanzaText(1, undefined)], ["a line", "1", "stanza 1"]);
  assertEquals([...shown("al"), stanzaText(1, "al")], ["a line (al)", "1 (al)", "stanza 1 (al)"]);
  assertEquals(stanzaMembers({ stanza: 1 }), { stanza: 1 });
  assertEquals(stanzaMembers({ stanza: 1, name: "al" }), { stanza: 1, name: "al" });
});
