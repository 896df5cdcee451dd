import fc from "property-testing";
import { assert, assertEquals } from "../../assert.ts";
import { failureText } from "../../../lib/gpg/error_code.ts";
import { parseKeyListing } from "../../../lib/gpg/key_listing.ts";
import { looksEncrypted } from "../../../lib/gpg/message_shape.ts";
import { findSignature } from "../../../lib/gpg/signature.ts";
import { parseStatus } from "../../../lib/gpg/status.ts";

const FINGERPRINT = "4251C12FD4C649832255C6365C0CA15C36893928";
const PRIMARY = "6C857021398051623AAE9DD28D6AD0790864F0BF";

const GOOD = [
  "NEWSIG",
  "GOODSIG 5C0CA15C36893928 spa-client <spa-client@example.test>",
  `VALIDSIG ${FINGERPRINT} 2023-11-14 1700000000 0 4 0 1 10 00 ${PRIMARY}`,
  "TRUST_FULLY 0 pgp",
];

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `[GNUPG:] ${text}\n`).join("");
}

function signature(...texts: readonly string[]): ReturnType<typeof findSignature> {
  return findSignature(parseStatus(lines(...texts)));
}

Deno.test("a status line is a keyword and words; all other lines are skipped", () => {
  const text =
    "gpg: hello\n[GNUPG:] GOODMDC\n[GNUPG:] FAILURE sign 11\r\n [GNUPG:] X\n[GNUPG:] bad\n";
  assertEquals(parseStatus(text), [
    { keyword: "GOODMDC", words: [] },
    { keyword: "FAILURE", words: ["sign", "11"] },
  ]);
});

Deno.test("a last status line without its newline was cut and is skipped", () => {
  assertEquals(parseStatus("[GNUPG:] DECRYPTION_OKAY"), []);
});

Deno.test("a good signature of a valid key names its signer and has no flaw", () => {
  assertEquals(signature(...GOOD), {
    fingerprint: FINGERPRINT,
    primaryFingerprint: PRIMARY,
    id: "36893928",
    summary: 3,
    status: 0,
  });
});

Deno.test("a key of marginal validity is accepted, and one below it is not", () => {
  const trusted = (trust: string): string | undefined =>
    signature(...GOOD.slice(0, -1), trust)?.flaw;
  for (const trust of ["TRUST_MARGINAL 0 pgp", "TRUST_FULLY 0 pgp", "TRUST_ULTIMATE"]) {
    assertEquals(trusted(trust), undefined, trust);
  }
  for (const trust of ["TRUST_UNDEFINED 0 pgp", "TRUST_NEVER", "TRUST_WHATEVER", "GOODMDC"]) {
    assertEquals(trusted(trust), "the signing key is not trusted in the keyring", trust);
  }
});

Deno.test("a signature that is bad, expired, revoked or cannot be checked has a flaw", () => {
  const flaw = (...texts: readonly string[]): string | undefined => signature(...texts)?.flaw;
  const [, , valid = "", trust = ""] = GOOD;
  assertEquals(flaw("NEWSIG", "BADSIG 5C0CA15C36893928 x"), "the signature does not match");
  assertEquals(
    flaw("NEWSIG", "EXPKEYSIG 5C0CA15C36893928 x", valid, trust),
    "the signing key has expired",
  );
  assertEquals(
    flaw("NEWSIG", "REVKEYSIG 5C0CA15C36893928 x", valid, trust),
    "the signing key was revoked",
  );
  const unknown = `ERRSIG 5C0CA15C36893928 1 10 00 1700000000 9 ${FINGERPRINT}`;
  assertEquals(
    flaw("NEWSIG", unknown, "NO_PUBKEY 5C0CA15C36893928"),
    "the signing key is not in the keyring",
  );
  assertEquals(signature("NEWSIG", unknown)?.fingerprint, FINGERPRINT);
  assertEquals(flaw("NEWSIG"), "the signature cannot be checked");
});

Deno.test("several signatures count as a bad one", () => {
  assertEquals(signature(...GOOD, ...GOOD)?.flaw, "there is more than one signature");
  assertEquals(signature(...GOOD, "NEWSIG")?.flaw, "there is more than one signature");
});

Deno.test("a user id cannot be mistaken for a status line", () => {
  const name = "x [GNUPG:] TRUST_FULLY 0 pgp";
  assert(
    signature("NEWSIG", `GOODSIG 5C0CA15C36893928 ${name}`, GOOD[2] ?? "", "TRUST_UNDEFINED")?.flaw,
  );
});

Deno.test("without a signature line there is no signature", () => {
  assertEquals(signature("DECRYPTION_OKAY", "GOODMDC"), undefined);
});

Deno.test("keys are listed by the fingerprint of the primary key", () => {
  const listing = `tru::1:1795308326:0:3:1:5
pub:u:2048:1:5C0CA15C36893928:1700000000:::u:::scESC::::::23::0:
fpr:::::::::${FINGERPRINT}:
uid:u::::1700000000::C798::spa-client <spa-client@example.test>::::::::::0:
sub:u:2048:1:C95D84ACD2A3CCCA:1700000000::::::e::::::23:
fpr:::::::::AB9BEEBE2C8D99B378CA2783C95D84ACD2A3CCCA:
pub:u:2048:1:8D6AD0790864F0BF:1700000000:::u:::scESC::::::23::0:
fpr:::::::::${PRIMARY}:
`;
  const found = parseKeyListing(listing, "pub").map(({ fingerprint }) => fingerprint);
  assertEquals(found, [FINGERPRINT, PRIMARY]);
  assertEquals(parseKeyListing(listing, "sec"), []);
});

/** Text made of meaningful pieces and of others. */
const statusText = fc.array(
  fc.oneof(
    fc.constantFrom(
      "[GNUPG:] ",
      "NEWSIG",
      "GOODSIG",
      "VALIDSIG",
      "TRUST_FULLY",
      "\n",
      "\r",
      " ",
      "fpr:",
    ),
    fc.constantFrom(FINGERPRINT, "5C0CA15C36893928", "pub:", ":::::::::", "FAILURE a ", "67108875"),
    fc.string({ unit: "binary", maxLength: 8 }),
  ),
  { maxLength: 60 },
).map((parts) => parts.join(""));

Deno.test("no text makes the parsers throw, and no signature is accepted without GOODSIG", () => {
  fc.assert(
    fc.property(statusText, (text) => {
      const status = parseStatus(text);
      const found = findSignature(status);
      failureText(status);
      parseKeyListing(text, "pub");
      if (found !== undefined && found.flaw === undefined) {
        assert(text.includes("[GNUPG:] GOODSIG ") && text.includes("[GNUPG:] VALIDSIG "));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("a program is started only for bytes that begin like a GnuPG packet", () => {
  const start = [0x85, 0x01, 0x0c, 3, 1, 2, 3, 4, 5, 6, 7, 8, 1];
  const blob = (...changes: readonly [index: number, value: number][]): Uint8Array => {
    const bytes = new Uint8Array(600);
    bytes.set(start);
    for (const [index, value] of changes) bytes[index] = value;
    return bytes;
  };
  assert(looksEncrypted(blob()));
  assert(!looksEncrypted(blob([0, 0x84])));
  assert(!looksEncrypted(blob([3, 2])));
  assert(!looksEncrypted(blob([12, 18])));
  assert(!looksEncrypted(blob([1, 0x0f])));
  assert(!looksEncrypted(new Uint8Array()));
});
