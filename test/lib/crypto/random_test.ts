import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { randomBytes, randomDigits, randomPort } from "../../../lib/crypto/random.ts";

Deno.test("randomDigits returns the requested number of digits, every digit in every place", () => {
  const seen = Array.from({ length: 16 }, () => new Set<string>());
  for (let round = 0; round < 500; round++) {
    const digits = randomDigits(16);
    assertMatch(digits, /^[0-9]{16}$/);
    seen.forEach((set, place) => set.add(digits.charAt(place)));
  }
  // 500 draws miss a given digit in a given place with probability 1e-23.
  for (const set of seen) assertEquals(set.size, 10);
  assertEquals(randomDigits(0), "");
});

Deno.test("randomPort stays within 10000 to 65534 and uses the whole range", () => {
  const ports = Array.from({ length: 5000 }, randomPort);
  assert(ports.every((port) => Number.isInteger(port) && port >= 10000 && port <= 65534));
  for (let low = 10000; low < 65535; low += 1000) {
    // 5000 draws miss a range of a thousand ports with probability 1e-39 (535 ports: 1e-21).
    assert(ports.some((port) => port >= low && port < low + 1000), `no port from ${low}`);
  }
});

Deno.test("randomBytes returns different bytes each time", () => {
  assertEquals(randomBytes(8).length, 8);
  assert(randomBytes(16).join() !== randomBytes(16).join());
});
