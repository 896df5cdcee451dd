/**
 * The seven digest functions of the format, for message digests and HMACs, with their names and facts.
 *
 * @module
 */
import { md5, sha1 } from "hashes/legacy";
import { sha256, sha384, sha512 } from "hashes/sha2";
import { sha3_256, sha3_512 } from "hashes/sha3";

import type { DigestName } from "./digest_name.ts";

export {
  DIGEST_NAMES,
  type DigestFacts,
  type DigestName,
  DIGESTS,
  parseDigestName,
} from "./digest_name.ts";

/** The hash functions themselves, for HMAC states. */
export const HASHES = { md5, sha1, sha256, sha384, sha512, sha3_256, sha3_512 } as const;

/** The digest of the bytes; `DIGESTS[name].length` bytes long. */
export function digest(name: DigestName, bytes: Uint8Array): Uint8Array {
  return HASHES[name](bytes);
}
