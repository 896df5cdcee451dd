/**
 * Assembles WebAssembly: only the instructions and sections that `sha256_simd.ts` needs
 * (WebAssembly Core Specification 2.0, section 5).
 *
 * @module
 */

/** Opcodes that take all operands from the stack. */
const SCALAR = { i32Add: 0x6a, i32Sub: 0x6b, i32Or: 0x72 } as const;

/** The same for vectors. */
const VECTOR = {
  and: 0x4e,
  or: 0x50,
  xor: 0x51,
  bitselect: 0x52,
  i32x4Add: 0xae,
  i32x4Eq: 0x37,
  i32x4Bitmask: 0xa4,
} as const;

const END = 0x0b;
const VECTOR_PREFIX = 0xfd;
/** Alignments of memory accesses, as powers of two. */
const VECTOR_ALIGNMENT = 4;
const WORD_ALIGNMENT = 2;
/** The block type of a loop that leaves nothing on the stack. */
const EMPTY_BLOCK = 0x40;
/** Runtime types. */
const I32 = 0x7f;
const V128 = 0x7b;

/** A list of bytes, and the encodings of numbers. */
class ByteList {
  protected readonly bytes: number[] = [];

  get length(): number {
    return this.bytes.length;
  }

  byte(value: number): this {
    this.bytes.push(value);
    return this;
  }

  /** LEB128. */
  unsigned(value: number): this {
    for (; value > 127; value >>>= 7) this.bytes.push(value & 127 | 128);
    return this.byte(value);
  }

  /** Signed LEB128. */
  signed(value: number): this {
    for (; value < -64 || value > 63; value >>= 7) this.bytes.push(value & 127 | 128);
    return this.byte(value & 127);
  }

  name(text: string): this {
    this.unsigned(text.length);
    for (let index = 0; index < text.length; index++) this.byte(text.charCodeAt(index));
    return this;
  }

  append(other: ByteList): this {
    for (const byte of other.bytes) this.bytes.push(byte);
    return this;
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.bytes);
  }
}

/** The body of one function, instruction by instruction. Each method returns the body itself. */
export class WasmCode extends ByteList {
  scalar(name: keyof typeof SCALAR): this {
    return this.byte(SCALAR[name]);
  }

  vector(...names: readonly (keyof typeof VECTOR)[]): this {
    for (const name of names) this.#vector(VECTOR[name]);
    return this;
  }

  get(local: number): this {
    return this.byte(0x20).unsigned(local);
  }

  set(local: number): this {
    return this.byte(0x21).unsigned(local);
  }

  tee(local: number): this {
    return this.byte(0x22).unsigned(local);
  }

  const(value: number): this {
    return this.byte(0x41).signed(value);
  }

  /** Four lanes with the same value. */
  vectorConst(value: number): this {
    this.#vector(0x0c);
    for (let lane = 0; lane < 4; lane++) {
      this.byte(value & 255).byte(value >>> 8 & 255).byte(value >>> 16 & 255).byte(value >>> 24);
    }
    return this;
  }

  /** Loads 16 bytes at the address on the stack plus `offset`. */
  load(offset: number): this {
    return this.#vector(0x00).byte(VECTOR_ALIGNMENT).unsigned(offset);
  }

  /** Loads 4 bytes into every lane. */
  loadSplat(offset: number): this {
    return this.#vector(0x09).byte(WORD_ALIGNMENT).unsigned(offset);
  }

  store(offset: number): this {
    return this.#vector(0x0b).byte(VECTOR_ALIGNMENT).unsigned(offset);
  }

  storeWord(offset: number): this {
    return this.byte(0x36).byte(WORD_ALIGNMENT).unsigned(offset);
  }

  /** A local, with the bytes of each lane in reverse order. */
  reverseLanes(local: number): this {
    this.get(local).get(local).#vector(0x0d);
    for (let index = 0; index < 16; index++) this.byte(index ^ 3);
    return this;
  }

  shiftLeft(local: number, count: number): this {
    return this.get(local).const(count).#vector(0xab);
  }

  shiftRight(local: number, count: number): this {
    return this.get(local).const(count).#vector(0xad);
  }

  call(functionIndex: number): this {
    return this.byte(0x10).unsigned(functionIndex);
  }

  /** Runs `body`, subtracts `step` from the counter, and repeats until the counter is zero. */
  loop(counter: number, step: number, body: () => void): this {
    this.byte(0x03).byte(EMPTY_BLOCK);
    body();
    this.get(counter).const(step).scalar("i32Sub").tee(counter);
    return this.byte(0x0d).unsigned(0).byte(END);
  }

  #vector(opcode: number): this {
    return this.byte(VECTOR_PREFIX).unsigned(opcode);
  }
}

/** One function of a module. All functions are exported. */
export interface WasmFunction {
  readonly name: string;
  /** Number of i32 parameters. */
  readonly parameters: number;
  /** Whether it returns an i32. */
  readonly returns: boolean;
  /** Locals after the parameters: i32 first, then v128. */
  readonly words: number;
  readonly vectors: number;
  readonly code: WasmCode;
}

/** The bytes of a module with these functions and an imported memory, `env.memory`. */
export function assembleModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const count = functions.length;
  const types = new ByteList().unsigned(count);
  const indexes = new ByteList().unsigned(count);
  const exports = new ByteList().unsigned(count);
  const bodies = new ByteList().unsigned(count);
  for (const [index, item] of functions.entries()) {
    types.byte(0x60).unsigned(item.parameters);
    for (let parameter = 0; parameter < item.parameters; parameter++) types.byte(I32);
    types.unsigned(item.returns ? 1 : 0);
    if (item.returns) types.byte(I32);
    indexes.unsigned(index);
    exports.name(item.name).byte(0x00).unsigned(index);
    const body = new ByteList().unsigned(2);
    body.unsigned(item.words).byte(I32).unsigned(item.vectors).byte(V128);
    body.append(item.code).byte(END);
    bodies.unsigned(body.length).append(body);
  }
  const imports = new ByteList().unsigned(1).name("env").name("memory");
  imports.byte(0x02).byte(0x00).unsigned(1);
  const module = new ByteList();
  for (const byte of [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]) module.byte(byte);
  const sections = [[1, types], [2, imports], [3, indexes], [7, exports], [10, bodies]] as const;
  for (const [id, content] of sections) {
    module.byte(id).unsigned(content.length).append(content);
  }
  return module.toBytes();
}
