import { hasUsernameCharacters } from "../../../lib/spa/username.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("a user name is printable ASCII without the characters that libfko refuses", () => {
  for (const text of ["", "alice", "a b", "a.b-c_d@host", "~!#$%^&(){}'"]) {
    assertEquals(hasUsernameCharacters(text), true, text);
  }
  for (const character of [...'"/\\[]:;|=,+*?<>', "\x1f", "\x7f", "é"]) {
    assertEquals(hasUsernameCharacters(`a${character}`), false, character);
  }
});
