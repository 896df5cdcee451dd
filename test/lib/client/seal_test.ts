import { sealForSending } from "../../../lib/client/seal.ts";
import { sealPacket } from "../../../lib/spa/packet.ts";
import type { SpaMessage } from "../../../lib/spa/message.ts";
import { DIGEST_NAMES } from "../../../lib/crypto/digest_name.ts";
import type { SymmetricMode } from "../../../lib/crypto/encryption_mode.ts";
import { assertEquals } from "../../assert.ts";

const MESSAGE: SpaMessage = {
  randomValue: "1410116681015783",
  username: "alice",
  timestamp: 1795296018,
  version: "3.0.0",
  type: 1,
  message: "192.0.2.44,tcp/22",
};

const MODES: readonly SymmetricMode[] = ["cbc", "legacy", "ecb", "cfb", "ofb", "ctr"];

Deno.test("the engine's cipher and ours seal the same bytes, in every mode", async () => {
  for (const mode of MODES) {
    for (const message of ["192.0.2.44,tcp/22", "192.0.2.4,tcp/22,tcp/8443", "1.2.3.4,udp/1"]) {
      const options = {
        encryptionKey: new TextEncoder().encode("correct horse"),
        mode,
        digestName: "sha256",
        hmac: { key: new TextEncoder().encode("battery staple"), type: "sha256" },
        salt: Uint8Array.from([0x58, 0x64, 0xc2, 0x0b, 0x71, 0x8f, 0x53, 0xe0]),
      } as const;
      const ours = sealPacket({ ...MESSAGE, message }, options);
      assertEquals(await sealForSending({ ...MESSAGE, message }, options), ours, mode);
    }
  }
});

Deno.test("every digest and HMAC has the same bytes as ours, also where the engine makes it", async () => {
  for (const digestName of DIGEST_NAMES) {
    for (const length of [1, 64, 128]) {
      const options = {
        encryptionKey: new TextEncoder().encode("correct horse"),
        mode: "cbc",
        digestName,
        hmac: { key: new Uint8Array(length).fill(length), type: digestName },
        salt: new Uint8Array(8),
      } as const;
      const ours = sealPacket(MESSAGE, options);
      assertEquals(await sealForSending(MESSAGE, options), ours, `${digestName} ${length}`);
    }
  }
});

Deno.test("a message that cannot be sealed is refused with the same error", async () => {
  const options = {
    encryptionKey: new Uint8Array(33),
    mode: "cbc",
    digestName: "sha256",
    salt: new Uint8Array(8),
  } as const;
  assertEquals(await sealForSending(MESSAGE, options), sealPacket(MESSAGE, options));
});
