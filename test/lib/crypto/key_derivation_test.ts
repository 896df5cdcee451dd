import { assertEquals, assertThrows } from "../../assert.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { deriveKey } from "../../../lib/crypto/key_derivation.ts";
import { hexBytes } from "../../support/vectors.ts";

const SALT = hexBytes("5864c20b718f53e0");

Deno.test("key derivation agrees with the worked example of the specification", () => {
  const { key, iv } = deriveKey(textBytes("correct horse"), SALT, "cbc");
  assertEquals(key, hexBytes("6110d5e71a49c6ff11766eb5beb0e264c8422d627518f6801a016be7db360c62"));
  assertEquals(iv, hexBytes("ad0a580ec338790287c978e40eefb8b1"));
});

Deno.test("legacy mode fills short keys with the character 0 and cuts long ones to 16 bytes", () => {
  const derive = (text: string) => deriveKey(textBytes(text), SALT, "legacy");
  const plain = (text: string) => deriveKey(textBytes(text), SALT, "cbc");
  assertEquals(derive("secret"), plain("secret0000000000"));
  assertEquals(derive("sixteen bytes ok"), plain("sixteen bytes ok"));
  assertEquals(derive("sixteen bytes ok, and more"), plain("sixteen bytes ok"));
});

Deno.test("a key without 1 to 32 bytes and a salt without 8 bytes are errors", () => {
  for (const length of [0, 33]) {
    assertThrows(() => deriveKey(new Uint8Array(length), SALT, "cbc"), {
      name: "RangeError",
      message: `An encryption key has 1 to 32 bytes, not ${length}`,
    });
  }
  assertThrows(() => deriveKey(new Uint8Array(1), new Uint8Array(7), "cbc"), {
    message: "A salt has 8 bytes, not 7",
  });
});
