import { assert } from "../assert.ts";
import { TARGETS, tryOnce } from "./targets.ts";

/** Tries of each target: a moment's worth. Another start each time, so that many runs see much. */
const TRIES = 150;

for (const [name, step] of Object.entries(TARGETS)) {
  Deno.test(`mutated ${name}: nothing throws and nothing wrong comes out`, () => {
    const start = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    for (let count = 0; count < TRIES; count++) tryOnce(name, step, start + count);
  });
}

Deno.test("memory stays where it was, however much is refused", () => {
  const [packets] = Object.entries(TARGETS);
  assert(packets !== undefined);
  const [name, step] = packets;
  const run = (from: number): number => {
    for (let seed = from; seed < from + 200; seed++) tryOnce(name, step, seed);
    return Deno.memoryUsage().heapUsed;
  };
  run(0);
  const growth = run(200) - run(400);
  assert(Math.abs(growth) < 64 << 20, `${growth} bytes`);
});
