/**
 * Finds which of many keys produced a mac, for all stanzas of a server at once.
 *
 * Only the server needs this. The client computes one HMAC with `hmac.ts`, which does not load WebAssembly.
 *
 * @module
 */
import { hmac } from "hashes/hmac";
import { type DigestName, HASHES } from "./digest.ts";
import { equalBytes } from "./equal.ts";
import { isSimdSupported, SimdHmacKeys } from "./hmac_sha256_simd.ts";

/** Keys that are ready for use. */
interface PreparedKeys {
  match(message: Uint8Array, mac: Uint8Array, found: (index: number) => void): void;
}

/** Keys of one HMAC type. They are prepared once, so a packet costs no key set-up. */
export class HmacKeySet {
  readonly type: DigestName;
  readonly #keys: PreparedKeys;

  /**
   * @param keys in the order in which they are numbered, from 0; of any length, and possibly empty.
   * @param options.simd `false`: do not use WebAssembly. Default: use it where it is supported (SHA-256 only).
   */
  constructor(type: DigestName, keys: readonly Uint8Array[], options: { simd?: boolean } = {}) {
    this.type = type;
    const simd = type === "sha256" && options.simd !== false && isSimdSupported();
    this.#keys = simd ? new SimdHmacKeys(keys) : new ClonedHmacKeys(type, keys);
  }

  /**
   * Indexes of all keys whose HMAC of the message is `mac`, ascending; empty for a mac of another length. Every key is
   * tried and compared in constant time, so the time does not reveal which key matched.
   *
   * @param message a whole text, at most 2039 bytes.
   */
  matches(message: Uint8Array, mac: Uint8Array): number[] {
    const indexes: number[] = [];
    this.#keys.match(message, mac, (index) => indexes.push(index));
    return indexes;
  }

  /** Whether {@link matches} would find a key. */
  includes(message: Uint8Array, mac: Uint8Array): boolean {
    let isFound = false;
    this.#keys.match(message, mac, () => isFound = true);
    return isFound;
  }
}

/** For every digest: hash states that already contain their key, cloned for each message. */
class ClonedHmacKeys implements PreparedKeys {
  readonly #states: readonly ReturnType<typeof hmac.create>[];

  constructor(type: DigestName, keys: readonly Uint8Array[]) {
    this.#states = keys.map((key) => hmac.create(HASHES[type], key));
  }

  match(message: Uint8Array, mac: Uint8Array, found: (index: number) => void): void {
    for (const [index, state] of this.#states.entries()) {
      if (equalBytes(state.clone().update(message).digest(), mac)) found(index);
    }
  }
}
