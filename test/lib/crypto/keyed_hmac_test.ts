import { assert, assertEquals, assertThrows } from "../../assert.ts";
import fc from "property-testing";
import { DIGEST_NAMES } from "../../../lib/crypto/digest.ts";
import { hmac } from "../../../lib/crypto/hmac.ts";
import {
  isSimdSupported,
  MAX_SIMD_MESSAGE_LENGTH,
  SimdHmacKeys,
} from "../../../lib/crypto/hmac_sha256_simd.ts";
import { HmacKeySet } from "../../../lib/crypto/keyed_hmac.ts";
import { randomBytes } from "../../../lib/crypto/random.ts";
import { sha256SimdModule } from "../../../lib/crypto/sha256_simd.ts";

const aKey = fc.uint8Array({ maxLength: 136 });

for (const type of DIGEST_NAMES) {
  for (const simd of type === "sha256" ? [true, false] : [false]) {
    const way = simd ? "four at a time" : "one by one";
    Deno.test(`HMAC-${type} finds the keys that produced a mac, ${way}`, () => {
      fc.assert(
        fc.property(
          fc.array(aKey, { minLength: 1, maxLength: 9 }),
          fc.uint8Array({ maxLength: 300 }),
          fc.nat(),
          (keys, message, number) => {
            const chosen = keys[number % keys.length] ?? new Uint8Array(0);
            const mac = hmac(type, chosen, message);
            const expected = keys.flatMap((key, index) =>
              hmac(type, key, message).join() === mac.join() ? [index] : []
            );
            assertEquals(new HmacKeySet(type, keys, { simd }).matches(message, mac), expected);
          },
        ),
        { numRuns: 60 },
      );
    });
  }
}

Deno.test("key sets agree with plain HMAC for keys of every length, four at a time", () => {
  // Odd bytes: for HMAC a key and the same key followed by zeros are equal.
  const keys = Array.from(
    { length: 137 },
    (_, length) => randomBytes(length).map((byte) => byte | 1),
  );
  const set = new HmacKeySet("sha256", keys);
  const message = randomBytes(177);
  for (const [index, key] of keys.entries()) {
    assertEquals(set.matches(message, hmac("sha256", key, message)), [index]);
  }
});

Deno.test("key sets agree with plain HMAC for messages around a block, four at a time", () => {
  const keys = [randomBytes(64), randomBytes(20), randomBytes(100)];
  const set = new HmacKeySet("sha256", keys);
  const lengths = [
    0,
    1,
    54,
    55,
    56,
    57,
    63,
    64,
    65,
    119,
    120,
    128,
    1499,
    1509,
    MAX_SIMD_MESSAGE_LENGTH,
  ];
  // Long before short and short after long: no byte of an earlier message may remain.
  for (const length of [...lengths, ...lengths.toReversed()]) {
    const message = randomBytes(length);
    for (const [index, key] of keys.entries()) {
      assertEquals(set.matches(message, hmac("sha256", key, message)), [index], `${length} bytes`);
    }
  }
});

Deno.test("a mac that differs in one bit anywhere matches no key", () => {
  for (const simd of [true, false]) {
    const keys = Array.from({ length: 5 }, () => randomBytes(32));
    const set = new HmacKeySet("sha256", keys, { simd });
    const message = randomBytes(171);
    const mac = hmac("sha256", keys[4] ?? randomBytes(0), message);
    for (let bit = 0; bit < mac.length * 8; bit++) {
      const changed = mac.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ 1 << (bit & 7);
      assertEquals(set.matches(message, changed), []);
    }
    assertEquals(set.matches(message, mac), [4]);
  }
});

Deno.test("equal keys are all found, in order", () => {
  const key = randomBytes(64);
  const other = randomBytes(64);
  const message = randomBytes(40);
  for (const simd of [true, false]) {
    const set = new HmacKeySet("sha256", [key, other, key, other, key, key], { simd });
    assertEquals(set.matches(message, hmac("sha256", key, message)), [0, 2, 4, 5]);
    assertEquals(set.matches(message, hmac("sha256", other, message)), [1, 3]);
  }
});

Deno.test("the lanes without a key in the last group never match", () => {
  const set = new HmacKeySet("sha256", [randomBytes(8)]);
  const message = randomBytes(40);
  assertEquals(set.matches(message, hmac("sha256", new Uint8Array(0), message)), []);
});

Deno.test("an empty key set, and a mac of another length, match nothing", () => {
  const key = randomBytes(16);
  const message = randomBytes(40);
  for (const simd of [true, false]) {
    assertEquals(new HmacKeySet("sha256", [], { simd }).matches(message, randomBytes(32)), []);
    const set = new HmacKeySet("sha256", [key], { simd });
    const mac = hmac("sha256", key, message);
    for (const length of [0, 31]) assertEquals(set.matches(message, mac.subarray(0, length)), []);
  }
});

Deno.test("two key sets share nothing", () => {
  const [first, second] = [randomBytes(16), randomBytes(16)];
  const message = randomBytes(40);
  const sets = [new HmacKeySet("sha256", [first]), new HmacKeySet("sha256", [second])];
  assertEquals(sets.map((set) => set.matches(message, hmac("sha256", first, message))), [[0], []]);
  assertEquals(sets.map((set) => set.matches(message, hmac("sha256", second, message))), [[], [0]]);
});

Deno.test("a message that is too long for the module is an error, not an overflow", () => {
  const keys = new SimdHmacKeys([randomBytes(16)]);
  assertThrows(
    () => keys.match(new Uint8Array(MAX_SIMD_MESSAGE_LENGTH + 1), new Uint8Array(32), () => {}),
    { name: "RangeError", message: "A message has at most 2039 bytes here, not 2040" },
  );
});

Deno.test("a key set grows beyond one page of memory", () => {
  const keys = Array.from({ length: 1000 }, () => randomBytes(64));
  const set = new HmacKeySet("sha256", keys);
  const message = randomBytes(177);
  for (const index of [0, 3, 4, 500, 998, 999]) {
    const key = keys[index] ?? randomBytes(0);
    assertEquals(set.matches(message, hmac("sha256", key, message)), [index]);
  }
});

Deno.test("this runtime has vectors, and the module is small and always the same", () => {
  assert(isSimdSupported());
  const bytes = sha256SimdModule();
  assert(bytes.length < 3000, `${bytes.length} bytes`);
  assertEquals(sha256SimdModule(), bytes);
});
