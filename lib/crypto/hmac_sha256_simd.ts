/**
 * HMAC-SHA-256 with many keys, four keys at a time (`sha256_simd.ts`).
 *
 * @module
 */
import { digest, DIGESTS } from "./digest.ts";
import {
  Group,
  Layout,
  MAX_BLOCKS,
  type Sha256SimdExports,
  sha256SimdModule,
} from "./sha256_simd.ts";

const LANES = 4;
const PAGE = 65536;
const { blockLength: BLOCK, length: MAC_LENGTH } = DIGESTS.sha256;
/** The byte that ends the message, and the 64-bit length after it. */
const PADDING_LENGTH = 1 + 8;

/** Longest message in bytes that the module checks. */
export const MAX_SIMD_MESSAGE_LENGTH = MAX_BLOCKS * BLOCK - PADDING_LENGTH;

// deno-fmt-ignore
/** FIPS 180-4, 4.2.2. */
const ROUND_CONSTANTS = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/** FIPS 180-4, 5.3.3. */
const INITIAL_STATE = [
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
];

/** Compiled at first use, which takes 3 ms. `null`: this runtime cannot run it. */
let compiled: WebAssembly.Module | null | undefined;

function simdModule(): WebAssembly.Module | null {
  if (compiled === undefined) {
    // V8 has no WebAssembly in its light and interpreter-only modes, and no vectors on old processors.
    const bytes = typeof WebAssembly === "object" ? sha256SimdModule() : undefined;
    compiled = bytes !== undefined && WebAssembly.validate(bytes)
      ? new WebAssembly.Module(bytes)
      : null;
  }
  return compiled;
}

/** Whether this runtime can run {@link SimdHmacKeys}. */
export function isSimdSupported(): boolean {
  return simdModule() !== null;
}

/** Keys as hash states, in the memory of one WebAssembly instance. */
export class SimdHmacKeys {
  readonly #count: number;
  readonly #groups: number;
  readonly #view: DataView;
  readonly #message: Uint8Array;
  readonly #functions: Sha256SimdExports;

  /**
   * @param keys HMAC keys of any length, in the order in which they are numbered.
   * @throws {Error} where WebAssembly has no vectors: call {@link isSimdSupported} first.
   */
  constructor(keys: readonly Uint8Array[]) {
    const module = simdModule();
    if (module === null) throw new Error("This runtime has no WebAssembly vectors");
    this.#count = keys.length;
    this.#groups = Math.ceil(keys.length / LANES);
    const size = Layout.groups + this.#groups * Group.size;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(size / PAGE) });
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    this.#functions = instance.exports as unknown as Sha256SimdExports;
    this.#view = new DataView(memory.buffer);
    this.#message = new Uint8Array(memory.buffer, Layout.message, MAX_BLOCKS * BLOCK);

    ROUND_CONSTANTS.forEach((word, index) =>
      this.#view.setUint32(Layout.roundConstants + index * 4, word, true)
    );
    INITIAL_STATE.forEach((word, index) => {
      for (let lane = 0; lane < LANES; lane++) {
        this.#setLane(Layout.initialState, index, lane, word);
      }
    });
    for (let first = 0; first < keys.length; first += LANES) {
      this.#addGroup(first / LANES, keys.slice(first, first + LANES));
    }
  }

  /**
   * Calls `found` with the index of each key whose HMAC of the message is `mac`, in ascending order. The time depends
   * on the number of keys and the length of the message, not on the matches.
   *
   * @throws {RangeError} when the message is longer than {@link MAX_SIMD_MESSAGE_LENGTH}.
   */
  match(message: Uint8Array, mac: Uint8Array, found: (index: number) => void): void {
    if (mac.length !== MAC_LENGTH || this.#count === 0) return;
    const blocks = this.#setMessage(message);
    for (let index = 0; index < MAC_LENGTH; index += 4) {
      const word = (mac[index] ?? 0) << 24 | (mac[index + 1] ?? 0) << 16 |
        (mac[index + 2] ?? 0) << 8 | (mac[index + 3] ?? 0);
      this.#view.setInt32(Layout.wanted + index, word, true);
    }
    this.#functions.expand(blocks);
    if (this.#functions.match(blocks, this.#groups) === 0) return;
    for (let index = 0; index < this.#count; index++) {
      const group = Layout.groups + Math.floor(index / LANES) * Group.size;
      const matches = this.#view.getUint32(group + Group.matches, true);
      if ((matches >> index % LANES & 1) === 1) found(index);
    }
  }

  /** Copies the message in and pads it; returns the number of blocks. */
  #setMessage(message: Uint8Array): number {
    const { length } = message;
    if (length > MAX_SIMD_MESSAGE_LENGTH) {
      throw new RangeError(
        `A message has at most ${MAX_SIMD_MESSAGE_LENGTH} bytes here, not ${length}`,
      );
    }
    const blocks = Math.ceil((length + PADDING_LENGTH) / BLOCK);
    const end = blocks * BLOCK;
    this.#message.set(message);
    this.#message[length] = 0x80;
    this.#message.fill(0, length + 1, end);
    // The key's block is hashed first and counts too. The upper half of the length is always zero.
    this.#view.setUint32(Layout.message + end - 4, (BLOCK + length) * 8);
    return blocks;
  }

  /** Turns up to four keys into inner and outer states. A lane without a key holds the states of an empty key. */
  #addGroup(group: number, keys: readonly Uint8Array[]): void {
    const states = Layout.groups + group * Group.size;
    const { schedule, compress } = this.#functions;
    for (const [pad, offset] of [[0x36, Group.inner], [0x5c, Group.outer]] as const) {
      for (let lane = 0; lane < LANES; lane++) {
        const block = keyBlock(keys[lane] ?? new Uint8Array(0), pad);
        for (let word = 0; word < BLOCK / 4; word++) {
          this.#setLane(Layout.block, word, lane, block.getUint32(word * 4));
        }
      }
      schedule(Layout.block);
      compress(Layout.initialState, Layout.block, states + offset);
    }
  }

  #setLane(area: number, vector: number, lane: number, word: number): void {
    this.#view.setUint32(area + (vector * LANES + lane) * 4, word, true);
  }
}

/** The key, hashed first if it is longer than a block, filled with zeros and combined with the pad (RFC 2104). */
function keyBlock(key: Uint8Array, pad: number): DataView {
  const block = new Uint8Array(BLOCK);
  block.set(key.length > BLOCK ? digest("sha256", key) : key);
  for (const [index, byte] of block.entries()) block[index] = byte ^ pad;
  return new DataView(block.buffer);
}
