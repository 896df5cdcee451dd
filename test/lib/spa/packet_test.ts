import { assert, assertEquals, assertThrows } from "../../assert.ts";
import fc from "property-testing";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { DIGEST_NAMES, type DigestName } from "../../../lib/crypto/digest.ts";
import type { EncryptionMode } from "../../../lib/crypto/encryption_mode.ts";
import { randomBytes } from "../../../lib/crypto/random.ts";
import type { SpaErrorName } from "../../../lib/spa/error.ts";
import type { SpaMessage } from "../../../lib/spa/message.ts";
import { openFullText, openPacket, type SealOptions, sealPacket } from "../../../lib/spa/packet.ts";
import { messageReplayDigest, packetReplayDigest } from "../../../lib/spa/replay_digest.ts";
import { screenPacket } from "../../../lib/spa/screen.ts";
import {
  anyText,
  base64Text,
  digestName,
  MODES,
  packetHmac,
  spaMessage,
} from "../../support/arbitrary.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const MESSAGE: SpaMessage = {
  randomValue: "1234567890123456",
  username: "alice",
  timestamp: 1_800_000_000,
  version: "3.0.0",
  type: 1,
  message: "192.0.2.44,tcp/22",
};
const OPTIONS: SealOptions = {
  encryptionKey: textBytes("correct horse"),
  mode: "cbc",
  digestName: "sha256",
  hmac: { type: "sha256", key: textBytes("battery staple") },
  salt: textBytes("12345678"),
};
const { hmac: _hmac, ...OPTIONS_WITHOUT_HMAC } = OPTIONS;

function seal(changes: Partial<SealOptions> = {}, message: Partial<SpaMessage> = {}): string {
  const sealed = sealPacket({ ...MESSAGE, ...message }, { ...OPTIONS, ...changes });
  assert(sealed.ok, JSON.stringify(sealed));
  return sealed.value.packetText;
}

function sealError(
  changes: Partial<SealOptions>,
  message: Partial<SpaMessage> = {},
): SpaErrorName | "sealed" {
  const sealed = sealPacket({ ...MESSAGE, ...message }, { ...OPTIONS, ...changes });
  return sealed.ok ? "sealed" : sealed.error;
}

/** A command message whose plaintext with an MD5 digest has the given length. */
function commandOfLength(plaintextLength: number): Partial<SpaMessage> {
  // All but the base64 of the message: user "a", time, version, type, digest.
  const rest = "1234567890123456:YQ:1800000000:3.0.0:0::".length + 22;
  // n characters of base64 hold floor(3n/4) bytes. Lengths of 1 mod 4 do not occur.
  const bytes = Math.floor((plaintextLength - rest) * 3 / 4);
  return { type: 0, username: "a", message: "1.2.3.4,".padEnd(bytes, "x") };
}

Deno.test("a sealed message opens to itself, for every digest, HMAC and mode", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      spaMessage(60),
      digestName,
      packetHmac,
      fc.constantFrom(...MODES),
      fc.uint8Array({ minLength: 1, maxLength: 32 }),
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
      (message, name, hmac, mode, encryptionKey, salt) => {
        const keys = { encryptionKey, mode, hmac };
        const sealed = sealPacket(message, { ...keys, digestName: name, salt });
        if (!sealed.ok) {
          // Long messages need a command stanza, short ones a longer version or user name.
          assert(["INVALID_DATA_ENCRYPT_TYPE_UNKNOWN", "SPA_MSG_BAD_DATA"].includes(sealed.error));
          return;
        }
        const { packetText, fullText, encodedData, digest, mac } = sealed.value;
        assert(packetText.length >= 140 && packetText.length < 400);
        assertEquals(screenPacket(textBytes(packetText)), {
          ok: true,
          value: { text: packetText },
        });
        const opened = openPacket(packetText, keys);
        const expected = { message, digestName: name, digest, encodedData, fullText };
        assertEquals(opened, {
          ok: true,
          value: mac === undefined ? expected : { ...expected, mac },
        });
        seen.add(name).add(`hmac ${hmac?.type}`).add(mode);
      },
    ),
    { numRuns: 400 },
  );
  assertEquals(seen.size, 7 + 8 + 6);
});

Deno.test("with an HMAC, a packet with any one character changed neither opens nor throws", () => {
  const { salt: _salt, digestName: _digest, ...keys } = OPTIONS;
  const packet = seal();
  for (let index = 0; index < packet.length; index++) {
    for (const character of ALPHABET + "=:\0\u20ac") {
      if (character === packet.charAt(index)) continue;
      const changed = packet.slice(0, index) + character + packet.slice(index + 1);
      const opened = openPacket(changed, keys);
      assert(!opened.ok);
      assertEquals(opened.error, "INVALID_DATA_HMAC_COMPAREFAIL", changed);
    }
  }
});

Deno.test("with any HMAC, a change of one character anywhere is refused before decryption", () => {
  for (const type of DIGEST_NAMES) {
    const hmac = { type, key: randomBytes(20) };
    const packet = seal({ hmac, digestName: "md5" });
    for (let index = 0; index < packet.length; index++) {
      const value = ALPHABET.indexOf(packet.charAt(index));
      const changed = packet.slice(0, index) + ALPHABET[value ^ 1] + packet.slice(index + 1);
      const opened = openPacket(changed, { ...OPTIONS, hmac });
      assert(!opened.ok);
      assertEquals(opened.error, "INVALID_DATA_HMAC_COMPAREFAIL", `${type} at ${index}`);
    }
  }
});

Deno.test("with an HMAC, inserted, missing and exchanged characters are refused", () => {
  const packet = seal();
  fc.assert(fc.property(fc.nat(packet.length), fc.constantFrom(...ALPHABET), (index, character) => {
    const inserted = packet.slice(0, index) + character + packet.slice(index);
    assert(!openPacket(inserted, OPTIONS).ok);
    const missing = packet.slice(0, index) + packet.slice(index + 1);
    if (missing !== packet) assert(!openPacket(missing, OPTIONS).ok);
  }));
});

for (const mode of MODES) {
  Deno.test(`without an HMAC, in ${mode}, a message has one text: no variant opens to it`, () => {
    const options = { ...OPTIONS_WITHOUT_HMAC, mode };
    const packet = seal({ hmac: undefined, mode });
    const original = openPacket(packet, options);
    assert(original.ok);
    const variants = [packet + "=", packet + "==AAAA", packet + "A", packet + "AAAA"];
    for (let index = 0; index < packet.length; index++) {
      for (let bit = 1; bit < 64; bit <<= 1) {
        const value = ALPHABET.indexOf(packet.charAt(index)) ^ bit;
        variants.push(packet.slice(0, index) + ALPHABET[value] + packet.slice(index + 1));
      }
    }
    for (const variant of variants) {
      const opened = openPacket(variant, options);
      assert(!opened.ok || opened.value.encodedData !== original.value.encodedData, variant);
    }
  });
}

Deno.test("a packet without its mac, for a stanza without HMAC, is another text of the same message", () => {
  const packet = seal();
  const stripped = packet.slice(0, -43);
  const withMac = openPacket(packet, OPTIONS);
  const without = openPacket(stripped, OPTIONS_WITHOUT_HMAC);
  assert(withMac.ok && without.ok);
  assert(packetReplayDigest(packet) !== packetReplayDigest(stripped));
  assertEquals(
    messageReplayDigest(withMac.value.encodedData),
    messageReplayDigest(without.value.encodedData),
  );
});

Deno.test("openPacket accepts any text of any length without throwing", () => {
  const anyHmac = fc.constantFrom(OPTIONS.hmac, undefined);
  const mode = fc.constantFrom<EncryptionMode>(...MODES, "asymmetric");
  const text = fc.oneof(
    anyText(1600),
    base64Text(0, 1600),
    // Whole blocks after a prefix that reads Salted__.
    base64Text(150, 150).map((text) => `8${text}`),
  );
  fc.assert(
    fc.property(text, anyHmac, mode, fc.boolean(), (text, hmac, mode, allowLong) => {
      const encryptionKey = OPTIONS.encryptionKey;
      assert(!openPacket(text, { encryptionKey, hmac, mode, allowLong }).ok);
      assert(!openFullText(text, { encryptionKey, mode }).ok);
    }),
    { numRuns: 300 },
  );
});

Deno.test("keys of the wrong length, equal keys and unknown modes are refused", () => {
  const key = (length: number) => randomBytes(length);
  const hmac = (length: number) => ({ type: "sha256" as const, key: key(length) });
  assertEquals(sealError({ encryptionKey: key(0) }), "INVALID_KEY_LEN");
  assertEquals(sealError({ encryptionKey: key(33) }), "INVALID_KEY_LEN");
  assertEquals(sealError({ hmac: hmac(0) }), "INVALID_HMAC_KEY_LEN");
  assertEquals(sealError({ hmac: hmac(129) }), "INVALID_HMAC_KEY_LEN");
  assertEquals(sealError({ hmac: hmac(128) }), "sealed");
  assertEquals(sealError({ mode: "asymmetric" }), "INVALID_DATA_ENCRYPT_MODE_VALIDFAIL");
  const same = key(20);
  assertEquals(
    sealError({ encryptionKey: same, hmac: { type: "md5", key: same.slice() } }),
    "IDENTICAL_KEYS",
  );
  assertThrows(() => sealError({ salt: key(7) }), RangeError);

  const packet = seal();
  const openError = (changes: Partial<SealOptions>) => {
    const opened = openPacket(packet, { ...OPTIONS, ...changes });
    return opened.ok || opened.error;
  };
  assertEquals(openError({ encryptionKey: key(0) }), "INVALID_KEY_LEN");
  assertEquals(openError({ encryptionKey: key(33) }), "INVALID_KEY_LEN");
  assertEquals(openError({ hmac: hmac(0) }), "INVALID_HMAC_KEY_LEN");
  assertEquals(openError({ hmac: hmac(137) }), "INVALID_HMAC_KEY_LEN");
  assertEquals(openError({ hmac: hmac(136) }), "INVALID_DATA_HMAC_COMPAREFAIL");
  assertEquals(openError({ mode: "asymmetric" }), "INVALID_DATA_ENCRYPT_MODE_VALIDFAIL");
});

Deno.test("an HMAC failure comes before any error that depends on decryption", () => {
  const hmac = { type: "sha256" as const, key: randomBytes(8) };
  const opened = openPacket(seal(), { ...OPTIONS, hmac, encryptionKey: randomBytes(8) });
  assert(!opened.ok);
  assertEquals(opened.error, "INVALID_DATA_HMAC_COMPAREFAIL");
});

Deno.test("a text with its prefix left on, or of the wrong length, does not open", () => {
  const openError = (text: string) => {
    const opened = openPacket(text, OPTIONS);
    return opened.ok || opened.error;
  };
  assertEquals(openError(`U2FsdGVkX1${seal()}`), "SPA_MSG_BAD_DATA");
  assertEquals(openError("A".repeat(35)), "INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL");
  assertEquals(openError("A".repeat(1500)), "INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL");
  assertEquals(openError("A".repeat(78)), "INVALID_DATA_HMAC_ENCMSGLEN_VALIDFAIL");
  assertEquals(openError("A".repeat(79)), "INVALID_DATA_HMAC_COMPAREFAIL");
});

Deno.test("the longest messages are those of the specification's table", () => {
  // HMAC; longest plaintext and packet text for an ordinary stanza; the same for a stanza with commands.
  const table: [DigestName | undefined, number, number, number, number][] = [
    [undefined, 287, 396, 287, 396],
    ["md5", 271, 396, 271, 396],
    ["sha1", 255, 380, 271, 401],
    ["sha256", 255, 396, 271, 417],
    ["sha3_256", 255, 396, 271, 417],
    ["sha384", 239, 396, 271, 438],
    ["sha512", 223, 396, 271, 460],
    ["sha3_512", 223, 396, 271, 460],
  ];
  for (const [type, plaintext, packet, longPlaintext, longPacket] of table) {
    const hmac = type === undefined ? undefined : { type, key: randomBytes(40) };
    const options = { hmac, digestName: "md5" as const };
    for (
      const [commandStanza, limit, length] of [
        [false, plaintext, packet],
        [true, longPlaintext, longPacket],
      ] as const
    ) {
      const name = `${type}, commands ${commandStanza}`;
      const longest = seal({ ...options, commandStanza }, commandOfLength(limit));
      assertEquals(longest.length, length, name);
      assert(openPacket(longest, { ...OPTIONS, hmac, allowLong: commandStanza }).ok, name);
      // 18 more characters always reach into the next block.
      assertEquals(
        sealError({ ...options, commandStanza }, commandOfLength(limit + 18)),
        "INVALID_DATA_ENCRYPT_TYPE_UNKNOWN",
        name,
      );
    }
  }
});

Deno.test("a message that fits only in GnuPG mode is too long, as in the C client's test mode", () => {
  const message = `1.2.3.4,${"x".repeat(190)}`;
  assertEquals(sealError({}, { type: 0, message }), "INVALID_DATA_ENCRYPT_TYPE_UNKNOWN");
});

Deno.test("a packet that is too short for any server is not sealed", () => {
  const tiny = { username: "a", timestamp: 1, version: "3", message: "1.1.1.1,tcp/1" };
  assertEquals(sealError({ hmac: undefined, digestName: "md5" }, tiny), "SPA_MSG_BAD_DATA");
});
