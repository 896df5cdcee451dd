import { assert, assertEquals } from "../assert.ts";
import fc from "property-testing";
import { encryptAes } from "../../lib/crypto/aes.ts";
import { encodeBase64 } from "../../lib/crypto/base64.ts";
import { concatBytes, textBytes } from "../../lib/crypto/bytes.ts";
import { digest } from "../../lib/crypto/digest.ts";
import { deriveKey } from "../../lib/crypto/key_derivation.ts";
import { parseAddress } from "../../lib/net/address.ts";
import { SPA_ERRORS } from "../../lib/spa/error.ts";
import { computeMac } from "../../lib/spa/mac.ts";
import type { SpaMessage } from "../../lib/spa/message.ts";
import { openPacket, sealPacket } from "../../lib/spa/packet.ts";
import { digestName, MODES, packetHmac, spaMessage } from "../support/arbitrary.ts";
import { libfko, LIBFKO_NEEDS } from "../support/libfko.ts";
import { testWhere } from "../support/needs.ts";

/** What the library does not support: IPv6 addresses, and times from 2038 on. */
function isOurExtension(message: SpaMessage): boolean {
  const [address = ""] = message.message.split(",");
  return parseAddress(address)?.family === 6 || message.natAccess?.includes(":") === true ||
    message.timestamp > 0x7fffffff;
}

testWhere(
  "libfko opens our packets to the same fields, for every digest, HMAC type and mode",
  LIBFKO_NEEDS,
  () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        spaMessage(60).filter((message) => !isOurExtension(message)),
        digestName,
        packetHmac,
        fc.constantFrom(...MODES),
        fc.uint8Array({ minLength: 1, maxLength: 32 }),
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        (message, name, hmac, mode, key, salt) => {
          // In legacy mode the library expects a cut key; client and daemon cut it.
          const encryptionKey = mode === "legacy" ? key.slice(0, 16) : key;
          const keys = { encryptionKey, mode, hmac };
          const sealed = sealPacket(message, { ...keys, digestName: name, salt });
          if (!sealed.ok) return;
          const { natAccess, serverAuth, clientTimeout = 0, ...common } = message;
          assertEquals(libfko?.open(sealed.value.packetText, keys), {
            ...common,
            natAccess,
            serverAuth,
            clientTimeout,
          });
          seen.add(name).add(`hmac ${hmac?.type}`).add(mode);
        },
      ),
      { numRuns: 600 },
    );
    assertEquals(seen.size, 7 + 8 + 6);
  },
);

/** Seals a fields text that no encoder would make. */
function sealFields(fields: string, defect: string): string {
  const digestText = encodeBase64(digest("sha256", textBytes(fields)));
  const plaintext = {
    "short digest": `${fields}:${digestText.slice(1)}`,
    "wrong digest": `${fields}:A${digestText.slice(1)}`,
    "newline behind": `${fields}:${digestText}\n`,
  }[defect] ?? `${fields}:${digestText}`;
  const salt = textBytes("12345678");
  const { key, iv } = deriveKey(KEYS.encryptionKey, salt, "cbc");
  const ciphertext = encryptAes("cbc", key, iv, textBytes(plaintext));
  const fullText = encodeBase64(concatBytes(textBytes("Salted__"), salt, ciphertext));
  return fullText.slice(10) + computeMac(fullText, KEYS.hmac);
}

const KEYS = {
  encryptionKey: textBytes("testtest"),
  mode: "cbc",
  hmac: { type: "sha256", key: textBytes("hmackey1") },
} as const;

/** Where we require canonical base64, our error comes first or is the only one (`docs/spec/wire.md` 14). */
const STRICTER = [
  "INVALID_DATA_DECODE_USERNAME_DECODEFAIL",
  "INVALID_DATA_DECODE_NATACCESS_DECODEFAIL",
  "INVALID_DATA_DECODE_SRVAUTH_DECODEFAIL",
  "INVALID_DATA_DECODE_EXTRA_DECODEFAIL",
];

testWhere(
  "the decoder refuses malformed fields with libfko's numbers, except for our canonical base64",
  LIBFKO_NEEDS,
  () => {
    const base64 = (...texts: string[]) => texts.map((text) => encodeBase64(textBytes(text)));
    const mostly = (good: string[], bad: string[]) =>
      fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...good) }, fc.constantFrom(...bad));
    const fields = fc.tuple(
      mostly(["1234567890123456"], ["12345", "12345678901234567", "123456789012345x"]),
      mostly(base64("a", "x".repeat(48)), [
        "",
        "Y",
        "!",
        ...base64("a:b", "\u00e9", "x".repeat(49)),
      ]),
      mostly(["1800000000", "0"], ["", "-1", "1234567890123"]),
      mostly(["3.0.0", "1"], ["", "123456789"]),
      mostly(["0", "1", "2", "3", "4", "5", "6"], ["7", "", "123", "-1"]),
      mostly(base64("1.2.3.4,tcp/22"), [
        "",
        "!",
        ...base64("1.2.3.4", "1.2.3,tcp/22", "x", "1.2.3.4,id"),
      ]),
      fc.array(
        mostly([...base64("10.1.1.5,80"), "30"], [
          "",
          "0",
          "65537",
          "x",
          "!",
          ...base64("h,0", "abc"),
        ]),
        {
          maxLength: 4,
        },
      ),
    );
    const defect = mostly(["none"], ["short digest", "wrong digest", "newline behind"]);
    const codes = new Set<number>();
    fc.assert(
      fc.property(fields, defect, (fields, defect) => {
        const packet = sealFields(fields.flat().join(":"), defect);
        const theirs = libfko?.open(packet, KEYS) ?? 0;
        const ours = openPacket(packet, { ...KEYS, allowLong: true });
        const code = typeof theirs === "number" ? theirs : 0;
        codes.add(code);
        if (ours.ok) assertEquals(code, 0);
        else if (SPA_ERRORS[ours.error].code !== code) {
          assert(STRICTER.includes(ours.error), ours.error);
        }
      }),
      { numRuns: 3000 },
    );
    assert(codes.size > 20, `only ${codes.size} different outcomes`);
  },
);
