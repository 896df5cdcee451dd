import { assert, assertEquals, assertThrows } from "../../assert.ts";
import { DIGEST_NAMES } from "../../../lib/crypto/digest.ts";
import { generateKeys } from "../../../lib/crypto/key_generation.ts";

Deno.test("generated keys have the lengths of the C client, and 64 bytes for SHA-3", () => {
  const lengths = DIGEST_NAMES.map((hmacType) => generateKeys({ hmacType }).hmacKey.length);
  assertEquals(lengths, [16, 20, 64, 128, 128, 64, 64]);
  assertEquals(generateKeys().key.length, 32);
  assertEquals(generateKeys().hmacKey.length, 64);
});

Deno.test("generated keys have the requested lengths and differ each time", () => {
  const { key, hmacKey } = generateKeys({ keyLength: 1, hmacKeyLength: 128, hmacType: "md5" });
  assertEquals([key.length, hmacKey.length], [1, 128]);
  assert(generateKeys().key.join() !== generateKeys().key.join());
});

Deno.test("the error for a key length out of range states the length and the allowed range", () => {
  for (const keyLength of [0, 33, -1, 1.5, NaN]) {
    assertThrows(() => generateKeys({ keyLength }), {
      name: "RangeError",
      message: `Encryption key length ${keyLength} is not allowed: it must be 1 to 32 bytes`,
    });
  }
  assertThrows(() => generateKeys({ hmacKeyLength: 129 }), {
    message: "HMAC key length 129 is not allowed: it must be 1 to 128 bytes",
  });
});
