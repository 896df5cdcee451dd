/**
 * Signs the sums of a release as `minisign -S -l` does, with a secret key that `minisign -G -W` made, and makes such
 * keys for tests.
 *
 *     deno task sign SHA256SUMS SECRET_KEY
 *
 * @module
 */
import { VERSION } from "../lib/version.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import { concatBytes, textBytes } from "../lib/crypto/bytes.ts";
import { keyId } from "../lib/release/minisign.ts";

/** Texts of a key pair in minisign's files. */
export interface KeyPair {
  readonly publicKey: string;
  readonly secretKey: string;
}

const ALGORITHM = textBytes("Ed");
/** Where an unencrypted secret key has its parts, in bytes: `Ed`, no key derivation, `B2`, 48 bytes for it, the key. */
const SECRET = {
  derivation: [2, 4],
  id: [54, 62],
  seed: [62, 94],
  public: [94, 126],
  length: 158,
} as const;
/** Before the seed of an Ed25519 key in PKCS#8 (RFC 8410, section 7). */
const PKCS8_HEAD = new Uint8Array([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

/**
 * The signature file of the sums.
 *
 * @param secretKey the text of a file that `minisign -G -W` made.
 * @throws {Error} for a key with a password, or anything else.
 */
export async function signSums(
  sums: Uint8Array,
  secretKey: string,
  version: string = VERSION,
): Promise<string> {
  const { id, seed } = readSecretKey(secretKey);
  const key = await crypto.subtle.importKey(
    "pkcs8",
    new Uint8Array(concatBytes(PKCS8_HEAD, seed)),
    "Ed25519",
    false,
    ["sign"],
  );
  const sign = async (bytes: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes.slice()));
  const signature = await sign(sums);
  const comment = `fwknop ${version}`;
  const globalSignature = await sign(concatBytes(signature, textBytes(comment)));
  return [
    `untrusted comment: signature of the release fwknop ${version}`,
    base64(concatBytes(ALGORITHM, id, signature)),
    `trusted comment: ${comment}`,
    base64(globalSignature),
    "",
  ].join("\n");
}

/** A new key pair without a password. For tests: a maintainer makes keys with minisign. */
export async function makeKeyPair(): Promise<KeyPair> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign"]) as CryptoKeyPair;
  const seed = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey))
    .slice(PKCS8_HEAD.length);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const id = crypto.getRandomValues(new Uint8Array(8));
  const secret = new Uint8Array(SECRET.length);
  secret.set(ALGORITHM);
  secret.set(textBytes("B2"), SECRET.derivation[1]);
  secret.set(id, SECRET.id[0]);
  secret.set(seed, SECRET.seed[0]);
  secret.set(publicKey, SECRET.public[0]);
  return {
    publicKey: `untrusted comment: minisign public key ${keyId(id)}\n${
      base64(concatBytes(ALGORITHM, id, publicKey))
    }\n`,
    secretKey: `untrusted comment: minisign secret key for tests\n${base64(secret)}\n`,
  };
}

function readSecretKey(text: string): { id: Uint8Array; seed: Uint8Array } {
  const [, line = ""] = text.split("\n");
  const bytes = Uint8Array.from(
    /^[A-Za-z0-9+/]+=*$/.test(line) ? atob(line) : "",
    (it) => it.charCodeAt(0),
  );
  if (bytes.length !== SECRET.length || bytes[0] !== ALGORITHM[0] || bytes[1] !== ALGORITHM[1]) {
    throw new Error("This is not a secret key of minisign");
  }
  if (bytes.slice(...SECRET.derivation).some((byte) => byte !== 0)) {
    throw new Error(
      "This secret key has a password: sign with minisign -S -l, or take it off with minisign -C -W",
    );
  }
  return { id: bytes.slice(...SECRET.id), seed: bytes.slice(...SECRET.seed) };
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

if (import.meta.main) {
  const [sums, secretKey, ...more] = Deno.args;
  try {
    if (sums === undefined || secretKey === undefined || more.length > 0) {
      throw new Error("usage: deno task sign SHA256SUMS SECRET_KEY");
    }
    const text = await signSums(Deno.readFileSync(sums), Deno.readTextFileSync(secretKey));
    Deno.writeTextFileSync(`${sums}.minisig`, text);
    console.log(`${sums}.minisig`);
  } catch (error) {
    console.error(`sign: ${reasonOf(error)}`);
    Deno.exit(1);
  }
}
