import { looksEncrypted } from "../../../lib/gpg/message_shape.ts";
import { assertEquals } from "../../assert.ts";

/** A packet with a session key for one recipient, and one byte after it. */
function message(changes: Readonly<Record<number, number>> = {}): Uint8Array {
  const bytes = new Uint8Array(3 + 20 + 1);
  bytes.set([0x85, 0, 20, 3]);
  bytes[12] = 1;
  for (const [at, byte] of Object.entries(changes)) bytes[Number(at)] = byte;
  return bytes;
}

Deno.test("a session key of version 3 for RSA or ElGamal, with a message behind it", () => {
  assertEquals(looksEncrypted(message()), true);
  assertEquals(looksEncrypted(message({ 12: 16 })), true);
  for (const changes of [{ 0: 0x84 }, { 3: 2 }, { 12: 18 }, { 2: 21 }]) {
    assertEquals(looksEncrypted(message(changes)), false, JSON.stringify(changes));
  }
  assertEquals(looksEncrypted(message().subarray(0, 13)), false);
  assertEquals(looksEncrypted(new Uint8Array()), false);
});
