import { guessCipher, PREFIXES, removePrefix, restorePrefix } from "../../../lib/spa/prefix.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("a prefix that was taken off is put back, and one that is not there cannot be taken off", () => {
  for (const cipher of ["rijndael", "gpg"] as const) {
    const full = `${PREFIXES[cipher]}abc`;
    assertEquals(removePrefix(full, cipher), "abc");
    assertEquals(restorePrefix("abc", cipher), full);
    assertEquals(removePrefix("abc", cipher), undefined);
  }
});

Deno.test("a text is one of GnuPG by its length alone", () => {
  assertEquals([guessCipher(399), guessCipher(400)], ["rijndael", "gpg"]);
});
