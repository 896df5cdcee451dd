import { assertEquals } from "../../assert.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { DIGEST_NAMES, type DigestName, DIGESTS } from "../../../lib/crypto/digest.ts";
import { hmac } from "../../../lib/crypto/hmac.ts";
import { hexBytes } from "../../support/vectors.ts";

Deno.test("HMAC agrees with RFC 2202 and RFC 4231, test case 2", () => {
  const macs: Partial<Record<DigestName, string>> = {
    md5: "750c783e6ab0b503eaa86e310a5db738",
    sha1: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    sha384: "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c7" +
      "8b3239ecfab21649",
    sha512: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a" +
      "6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
  };
  for (const [name, mac] of Object.entries(macs)) {
    const actual = hmac(
      name as DigestName,
      textBytes("Jefe"),
      textBytes("what do ya want for nothing?"),
    );
    assertEquals(actual, hexBytes(mac), name);
  }
});

Deno.test("HMAC hashes keys longer than a block first: RFC 4231, test case 6", () => {
  const key = new Uint8Array(131).fill(0xaa);
  const text = textBytes("Test Using Larger Than Block-Size Key - Hash Key First");
  assertEquals(
    hmac("sha256", key, text),
    hexBytes("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
  );
});

Deno.test("macs have the length in the table of digests", () => {
  for (const name of DIGEST_NAMES) {
    const { length, base64Length } = DIGESTS[name];
    assertEquals(hmac(name, new Uint8Array(1), new Uint8Array(1)).length, length);
    assertEquals(Math.ceil(length * 8 / 6), base64Length);
  }
});
