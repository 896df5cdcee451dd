import { assertEquals } from "../../assert.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { readDecryption } from "../../../lib/gpg/open.ts";
import { parseStatus } from "../../../lib/gpg/status.ts";
import { encodePlaintext } from "../../../lib/spa/fields.ts";

/** The result of a decryption that succeeded except for its signature. */
function outcome(signature: readonly string[], ignoreSignatureErrors: boolean): string {
  const encoded = encodePlaintext({
    randomValue: "1234567890123456",
    username: "alice",
    timestamp: 1_800_000_000,
    version: "3.0.0",
    type: 1,
    message: "192.0.2.44,tcp/22",
  }, "sha256");
  const output = encoded.ok ? encoded.value.plaintext : textBytes("");
  const lines = ["DECRYPTION_OKAY", "PLAINTEXT 62 0 ", ...signature];
  const status = parseStatus(lines.map((line) => `[GNUPG:] ${line}\n`).join(""));
  const options = { requireSignature: true, ignoreSignatureErrors };
  const opened = readDecryption({ ran: true, code: 0, output, status }, "hQ", options);
  return opened.ok ? "opened" : opened.error;
}

Deno.test("a bad signature is refused unless the stanza allows it", () => {
  const bad = ["NEWSIG", "BADSIG 5C0CA15C36893928 alice"];
  assertEquals(outcome(bad, false), "GPGME_BAD_SIGNATURE");
  assertEquals(outcome(bad, true), "opened");
  assertEquals(outcome([], true), "GPGME_NO_SIGNATURE");
});
