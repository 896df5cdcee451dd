/**
 * SHA-256 in four lanes at once: a WebAssembly module that checks one message against many HMAC keys.
 *
 * The message and its schedule are the same for every key, so the schedule is expanded once per message. Each lane then
 * carries the state of another key through the rounds. Loops keep the module at 2.4 KB, small enough to be built at
 * first use, so the tree contains no binary.
 *
 * @module
 */
import { assembleModule, WasmCode } from "./wasm_code.ts";

/** Bytes of a vector, and of the 64 vectors of one expanded block. */
const VECTOR = 16;
const SCHEDULE = 64 * VECTOR;
const BLOCK = 64;

/** Longest message, in blocks of 64 bytes, padding included. */
export const MAX_BLOCKS = 32;

/** Offsets in the memory, in bytes. */
export const Layout = {
  /** 8 words: the mac to look for. */
  wanted: 0,
  /** 64 words. */
  roundConstants: 256,
  /** 8 vectors: the initial state of SHA-256 in every lane. */
  initialState: 512,
  /** 8 vectors: the mac of each lane. */
  result: 640,
  /** 64 vectors: the block of the second hash, or of a key. */
  block: 1024,
  /** The message with its padding. */
  message: 1024 + SCHEDULE,
  /** The expanded message. */
  schedules: 1024 + SCHEDULE + MAX_BLOCKS * BLOCK,
  /** The first group of four keys. */
  groups: 1024 + SCHEDULE + MAX_BLOCKS * (BLOCK + SCHEDULE),
} as const;

/** One group of four keys: inner states, outer states, and a word with one bit for each lane that matched. */
export const Group = { inner: 0, outer: 8 * VECTOR, matches: 16 * VECTOR, size: 17 * VECTOR };

/** The functions of the module. Addresses are in bytes; the module checks nothing. */
export interface Sha256SimdExports {
  /** Completes 16 vectors to a schedule of 64, with the round constants added. */
  readonly schedule: (block: number) => void;
  /** Processes one block: runs the state at `state` through the schedule and writes the result to `out`. */
  readonly compress: (state: number, schedule: number, out: number) => void;
  /** Copies the first `blocks` blocks of the message to all lanes and completes their schedules. */
  readonly expand: (blocks: number) => void;
  /** Sets the matches of every group. Returns all of them combined by OR: zero when no key matches. */
  readonly match: (blocks: number, groups: number) => number;
}

/** Order of the functions in the module, by which they call each other. */
const FunctionIndex = { schedule: 0, compress: 1 };

/** Bits of the inner block and the inner digest together: the length that the second hash ends with. */
const OUTER_LENGTH = (64 + 32) * 8;

/** The module's bytes. */
export function sha256SimdModule(): Uint8Array<ArrayBuffer> {
  return assembleModule([
    { name: "schedule", parameters: 1, returns: false, words: 2, vectors: 2, code: scheduleCode() },
    { name: "compress", parameters: 3, returns: false, words: 1, vectors: 9, code: compressCode() },
    { name: "expand", parameters: 1, returns: false, words: 3, vectors: 1, code: expandCode() },
    { name: "match", parameters: 2, returns: true, words: 5, vectors: 0, code: matchCode() },
  ]);
}

/** `a rotr x ^ a rotr y ^ a rotr z`; the last may be a shift. */
function sigma(
  code: WasmCode,
  local: number,
  [x, y, z]: readonly [number, number, number],
  lastIsShift = false,
): void {
  code.shiftRight(local, x).shiftLeft(local, 32 - x).vector("xor");
  code.shiftRight(local, y).vector("xor").shiftLeft(local, 32 - y).vector("xor");
  code.shiftRight(local, z).vector("xor");
  if (!lastIsShift) code.shiftLeft(local, 32 - z).vector("xor");
}

/** FIPS 180-4, 6.2.2 step 1, then adds the round constants. */
function scheduleCode(): WasmCode {
  const code = new WasmCode();
  const [block, word, count, early, late] = [0, 1, 2, 3, 4];
  code.get(block).set(word).const(48).set(count);
  code.loop(count, 1, () => {
    code.get(word).load(1 * VECTOR).set(early);
    code.get(word).load(14 * VECTOR).set(late);
    code.get(word);
    code.get(word).load(0);
    sigma(code, early, [7, 18, 3], true);
    code.vector("i32x4Add").get(word).load(9 * VECTOR).vector("i32x4Add");
    sigma(code, late, [17, 19, 10], true);
    code.vector("i32x4Add").store(16 * VECTOR);
    code.get(word).const(VECTOR).scalar("i32Add").set(word);
  });
  // The word pointer starts over at the block. The counter runs through the constants from last to first.
  code.get(block).const(63 * VECTOR).scalar("i32Add").set(word).const(256).set(count);
  code.loop(count, 4, () => {
    code.get(word).get(word).load(0);
    code.get(count).loadSplat(Layout.roundConstants - 4).vector("i32x4Add").store(0);
    code.get(word).const(VECTOR).scalar("i32Sub").set(word);
  });
  return code;
}

/** FIPS 180-4, 6.2.2 steps 2 to 4, eight rounds per pass: after eight rounds each variable has its own name again. */
function compressCode(): WasmCode {
  const code = new WasmCode();
  const [state, word, out, count, temporary] = [0, 1, 2, 3, 12];
  let names = [4, 5, 6, 7, 8, 9, 10, 11];
  names.forEach((local, index) => code.get(state).load(index * VECTOR).set(local));
  code.const(8).set(count);
  code.loop(count, 1, () => {
    for (let round = 0; round < 8; round++) {
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = names;
      code.get(h);
      sigma(code, e, [6, 11, 25]);
      code.vector("i32x4Add").get(f).get(g).get(e).vector("bitselect", "i32x4Add");
      code.get(word).load(round * VECTOR).vector("i32x4Add").tee(temporary);
      code.get(d).vector("i32x4Add").set(d);
      code.get(temporary);
      sigma(code, a, [2, 13, 22]);
      // Majority: c where a and b differ, b elsewhere.
      code.vector("i32x4Add").get(c).get(b).get(a).get(b).vector("xor", "bitselect", "i32x4Add");
      code.set(h);
      names = [h, a, b, c, d, e, f, g];
    }
    code.get(word).const(8 * VECTOR).scalar("i32Add").set(word);
  });
  names.forEach((local, index) => {
    const offset = index * VECTOR;
    code.get(out).get(local).get(state).load(offset).vector("i32x4Add").store(offset);
  });
  return code;
}

function expandCode(): WasmCode {
  const code = new WasmCode();
  const [blocks, source, target, count, word] = [0, 1, 2, 3, 4];
  code.const(Layout.message).set(source).const(Layout.schedules).set(target);
  code.loop(blocks, 1, () => {
    code.const(16).set(count);
    code.loop(count, 1, () => {
      code.get(source).loadSplat(0).set(word);
      code.get(target).reverseLanes(word).store(0);
      code.get(source).const(4).scalar("i32Add").set(source);
      code.get(target).const(VECTOR).scalar("i32Add").set(target);
    });
    code.get(target).const(16 * VECTOR).scalar("i32Sub").call(FunctionIndex.schedule);
    code.get(target).const(SCHEDULE - 16 * VECTOR).scalar("i32Add").set(target);
  });
  return code;
}

function matchCode(): WasmCode {
  const code = new WasmCode();
  const [blocks, groups, group, state, schedule, count, any] = [0, 1, 2, 3, 4, 5, 6];
  code.const(Layout.groups).set(group);
  code.loop(groups, 1, () => {
    // The inner hash. Its digest becomes the beginning of the outer block.
    code.get(group).set(state).const(Layout.schedules).set(schedule).get(blocks).set(count);
    code.loop(count, 1, () => {
      code.get(state).get(schedule).const(Layout.block).call(FunctionIndex.compress);
      code.const(Layout.block).set(state);
      code.get(schedule).const(SCHEDULE).scalar("i32Add").set(schedule);
    });
    const padding = [0x80000000, 0, 0, 0, 0, 0, 0, OUTER_LENGTH];
    padding.forEach((value, index) =>
      code.const(Layout.block).vectorConst(value).store((8 + index) * VECTOR)
    );
    code.const(Layout.block).call(FunctionIndex.schedule);
    code.get(group).const(Group.outer).scalar("i32Add").const(Layout.block).const(Layout.result);
    code.call(FunctionIndex.compress);
    // All eight words of every key are compared, even when the first ones differ.
    code.get(group);
    for (let index = 0; index < 8; index++) {
      code.const(Layout.result).load(index * VECTOR);
      code.const(Layout.wanted).loadSplat(index * 4).vector("xor");
      if (index > 0) code.vector("or");
    }
    code.vectorConst(0).vector("i32x4Eq", "i32x4Bitmask").tee(count).storeWord(
      Group.matches,
    );
    code.get(any).get(count).scalar("i32Or").set(any);
    code.get(group).const(Group.size).scalar("i32Add").set(group);
  });
  return code.get(any);
}
