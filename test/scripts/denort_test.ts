import assert from "node:assert/strict";
import { bareLength, cutDenort } from "../../scripts/denort.ts";

/** A base binary, a section, and the trailer, which holds the length of section and trailer. */
function compiled(base: Uint8Array, section: Uint8Array, magic = 0x501e): Uint8Array {
  const program = new Uint8Array(base.length + section.length + 16);
  program.set(base);
  program.set(section, base.length);
  const trailer = new DataView(program.buffer, program.length - 16);
  trailer.setUint32(0, magic, true);
  trailer.setUint32(4, 0xdeadbeef, true);
  trailer.setBigUint64(8, BigInt(section.length + 16), true);
  return program;
}

const BASE = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
const SECTION = new TextEncoder().encode("d3n0l4nd and a program");

Deno.test("the base binary is the part before the section that the trailer measures", () => {
  assert.deepEqual(cutDenort(compiled(BASE, SECTION)), BASE);
});

Deno.test("a file without the trailer, or with an impossible length, is refused", () => {
  assert.throws(() => cutDenort(compiled(BASE, SECTION, 0x501f)), /not a compiled program/);
  assert.throws(() => cutDenort(BASE.subarray(0, 7)), /not a compiled program/);
  const trailer = compiled(BASE, SECTION).slice(-16);
  assert.throws(() => bareLength(trailer, 30), /section of 38 bytes in a file of 30/);
});
