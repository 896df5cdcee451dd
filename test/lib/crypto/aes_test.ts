import { assert, assertEquals } from "../../assert.ts";
import fc from "property-testing";
import { decryptAes, encryptAes } from "../../../lib/crypto/aes.ts";
import { randomBytes } from "../../../lib/crypto/random.ts";
import type { SymmetricMode } from "../../../lib/crypto/encryption_mode.ts";
import { testWhere } from "../../support/needs.ts";

/** openssl's names of our modes. */
const OPENSSL_NAMES: Readonly<Record<SymmetricMode, string>> = {
  ecb: "ecb",
  cbc: "cbc",
  cfb: "cfb",
  ofb: "ofb",
  ctr: "ctr",
  legacy: "cbc",
};
const MODES = Object.keys(OPENSSL_NAMES) as SymmetricMode[];

const key = randomBytes(32);
const iv = randomBytes(16);

function runOpenssl(args: readonly string[], input: Uint8Array): Promise<Uint8Array> {
  const child = new Deno.Command("openssl", {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  return Promise.all([writer.write(input).then(() => writer.close()), child.output()])
    .then(([, { stdout, success }]) => {
      assert(success, `openssl ${args.join(" ")} failed`);
      return stdout;
    });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

for (const mode of MODES) {
  Deno.test(`AES ${mode} decrypts its own ciphertext at every length`, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (plaintext) => {
      const ciphertext = encryptAes(mode, key, iv, plaintext);
      assertEquals(ciphertext.length, plaintext.length + 16 - plaintext.length % 16);
      assertEquals(decryptAes(mode, key, iv, ciphertext), plaintext);
    }));
  });

  testWhere(
    `AES ${mode} agrees with openssl in both directions`,
    { programs: ["openssl"] },
    async () => {
      const cipher = `-aes-256-${OPENSSL_NAMES[mode]}`;
      const secrets = ["-K", hex(key), ...mode === "ecb" ? [] : ["-iv", hex(iv)]];
      for (const length of [0, 1, 15, 16, 17, 111]) {
        const plaintext = randomBytes(length);
        const ciphertext = encryptAes(mode, key, iv, plaintext);
        // openssl pads only in the block modes. In the other modes our padding is part of its text.
        const theirs = await runOpenssl(["enc", "-d", cipher, "-nopad", ...secrets], ciphertext);
        assertEquals(theirs.subarray(0, length), plaintext);
        const count = 16 - length % 16;
        assertEquals(theirs.subarray(length), new Uint8Array(count).fill(count));
        const back = await runOpenssl(["enc", "-e", cipher, "-nopad", ...secrets], theirs);
        assertEquals(back, ciphertext);
      }
    },
  );

  Deno.test(`AES ${mode} accepts any ciphertext, and its plaintext encrypts to the same`, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (ciphertext) => {
      const plaintext = decryptAes(mode, key, iv, ciphertext);
      if (ciphertext.length % 16 !== 0 || ciphertext.length === 0) {
        assertEquals(plaintext, undefined);
      } else if (plaintext !== undefined) {
        assertEquals(encryptAes(mode, key, iv, plaintext), ciphertext);
      }
    }));
  });
}

Deno.test("the CTR counter carries over all sixteen bytes", () => {
  const last = new Uint8Array(16).fill(0xff);
  const zero = new Uint8Array(16);
  const plaintext = new Uint8Array(31);
  const wrapped = encryptAes("ctr", key, last, plaintext).subarray(16);
  const direct = encryptAes("ctr", key, zero, plaintext.subarray(16));
  assertEquals(wrapped, direct);
});

Deno.test("only PKCS#7 padding is removed", () => {
  const withEnd = (...end: number[]): Uint8Array => {
    const block = new Uint8Array(16).fill(0x41);
    block.set(end, 16 - end.length);
    // In ECB, the first block of a longer text is this block, encrypted separately.
    return encryptAes("ecb", key, iv, block).subarray(0, 16);
  };
  const decrypt = (...end: number[]) => decryptAes("ecb", key, iv, withEnd(...end))?.length;
  assertEquals(decrypt(1), 15);
  assertEquals(decrypt(2, 2), 14);
  assertEquals(decrypt(...new Array(16).fill(16)), 0);
  for (const end of [[0], [17], [2], [1, 2], [3, 2, 3], [16], [255]]) {
    assertEquals(decrypt(...end), undefined, String(end));
  }
});

Deno.test("only mode legacy returns a text without padding unchanged", () => {
  const text = new Uint8Array(32).fill(0x41);
  for (const [mode, length] of [["legacy", 32], ["cbc", undefined]] as const) {
    const unpadded = encryptAes(mode, key, iv, text).subarray(0, 32);
    assertEquals(decryptAes(mode, key, iv, unpadded)?.length, length);
    assertEquals(decryptAes(mode, key, iv, encryptAes(mode, key, iv, text))?.length, 32);
  }
});
