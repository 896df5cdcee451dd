import { assert, assertEquals } from "../../assert.ts";
import { encodeBase64 } from "../../../lib/crypto/base64.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { DIGEST_NAMES, type DigestName, DIGESTS } from "../../../lib/crypto/digest.ts";
import { decodeFields } from "../../../lib/spa/fields.ts";
import { computeMac, splitMac, verifyMac } from "../../../lib/spa/mac.ts";
import { guessCipher, removePrefix, restorePrefix } from "../../../lib/spa/prefix.ts";
import { screenPacket } from "../../../lib/spa/screen.ts";

interface GpgVector {
  readonly id: string;
  readonly packet: string;
  readonly hmac: { readonly type: DigestName; readonly key: { readonly text: string } } | null;
  readonly decoded: {
    readonly encoded_data: string;
    readonly digest: string;
    readonly message: string;
    readonly hmac: string | null;
  };
}

const gpgVectors: readonly GpgVector[] = JSON.parse(
  Deno.readTextFileSync(new URL("../../vectors/spa-vectors-gpg.json", import.meta.url)),
).positive;

Deno.test("a mac is split off by the length of its type, and at least 36 characters stay", () => {
  for (const type of DIGEST_NAMES) {
    const mac = new Uint8Array(DIGESTS[type].length).fill(7);
    const text = "8".repeat(36);
    assertEquals(splitMac(text + encodeBase64(mac), type), { ok: true, value: { text, mac } });
    const short = splitMac(text.slice(1) + encodeBase64(mac), type);
    assert(!short.ok && short.error === "INVALID_DATA_HMAC_ENCMSGLEN_VALIDFAIL");
  }
});

Deno.test("a mac that is not canonical base64 is a mismatch", () => {
  const mac = encodeBase64(new Uint8Array(32));
  for (const changed of [mac.slice(0, -1) + "B", mac.slice(0, -1) + "=", "=" + mac.slice(1)]) {
    const split = splitMac("8".repeat(36) + changed, "sha256");
    assert(!split.ok && split.error === "INVALID_DATA_HMAC_COMPAREFAIL");
  }
});

Deno.test("a mac of its own text verifies; one of another type, key or text does not", () => {
  const hmac = { type: "sha256" as const, key: textBytes("hmackey1") };
  const split = splitMac("8".repeat(36) + computeMac("full text", hmac), "sha256");
  assert(split.ok);
  const { mac } = split.value;
  assert(verifyMac("full text", mac, hmac));
  assert(!verifyMac("Full text", mac, hmac));
  assert(!verifyMac("full text", mac, { ...hmac, type: "sha3_256" }));
  assert(!verifyMac("full text", mac, { ...hmac, type: "md5" }));
  assert(!verifyMac("full text", mac, { ...hmac, key: textBytes("hmackey2") }));
});

Deno.test("prefixes are removed and restored; a text without a prefix has nothing to remove", () => {
  assertEquals(restorePrefix("9YZ", "rijndael"), "U2FsdGVkX19YZ");
  assertEquals(removePrefix("U2FsdGVkX19YZ", "rijndael"), "9YZ");
  assertEquals(restorePrefix("EMA", "gpg"), "hQEMA");
  assertEquals(removePrefix("hIEMA", "gpg"), undefined);
});

Deno.test("the cipher is guessed from 400 characters on", () => {
  assertEquals([399, 400].map(guessCipher), ["rijndael", "gpg"]);
});

for (const vector of gpgVectors) {
  Deno.test(`${vector.id} has the right mac and fields, except GnuPG's own part`, () => {
    const { packet, hmac, decoded } = vector;
    assert(screenPacket(textBytes(packet)).ok);
    assertEquals(guessCipher(packet.length), "gpg");
    if (hmac !== null) {
      const split = splitMac(packet, hmac.type);
      assert(split.ok);
      const fullText = restorePrefix(split.value.text, "gpg");
      const settings = { type: hmac.type, key: textBytes(hmac.key.text) };
      assert(verifyMac(fullText, split.value.mac, settings));
      assertEquals(computeMac(fullText, settings), decoded.hmac);
    }
    const fields = decodeFields(textBytes(`${decoded.encoded_data}:${decoded.digest}`));
    assert(fields.ok);
    assertEquals(fields.value.message.message, decoded.message);
  });
}
