import { assert } from "../assert.ts";
import { TARGETS, tryOnce } from "./targets.ts";

/** Tries of each target: enough for a moment. Each run starts from another seed, so that many runs cover more. */
const TRIES = 150;

for (const [name, step] of Object.entries(TARGETS)) {
  Deno.test(`mutated ${name}: nothing throws, and only valid results come out`, () => {
    const start = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    for (let count = 0; count < TRIES; count++) tryOnce(name, step, start + count);
  });
}

Deno.test("refused packets do not make memory grow", () => {
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
