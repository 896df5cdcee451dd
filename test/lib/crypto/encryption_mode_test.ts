import { assertEquals } from "../../assert.ts";
import { parseDigestName } from "../../../lib/crypto/digest.ts";
import { parseEncryptionMode } from "../../../lib/crypto/encryption_mode.ts";

Deno.test("cipher modes are parsed in any case; PCBC, which was never implemented, is refused", () => {
  const names = [
    "CBC",
    "cbc",
    "Ecb",
    "CFB",
    "OFB",
    "CTR",
    "Asymmetric",
    "legacy",
    "PCBC",
    "",
    "gcm",
  ];
  assertEquals(names.map(parseEncryptionMode), [
    "cbc",
    "cbc",
    "ecb",
    "cfb",
    "ofb",
    "ctr",
    "asymmetric",
    "legacy",
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("digest names are parsed in any case", () => {
  const names = ["MD5", "sha1", "SHA256", "Sha384", "sha512", "SHA3_256", "sha3_512", "sha3", ""];
  assertEquals(names.map(parseDigestName), [
    "md5",
    "sha1",
    "sha256",
    "sha384",
    "sha512",
    "sha3_256",
    "sha3_512",
    undefined,
    undefined,
  ]);
});
