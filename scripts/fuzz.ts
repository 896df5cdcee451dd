/**
 * `deno task fuzz [SECONDS] [SEED]`: gives random and mutated input to the real parsers and the real processor, for
 * SECONDS each (default 20). A failure names its seed; `deno task fuzz 0 SEED` repeats it.
 *
 * @module
 */
import { TARGETS, tryOnce } from "../test/fuzz/targets.ts";

/** Tries between two readings of the clock. */
const BATCH = 20;

if (import.meta.main) {
  const seconds = Number(Deno.args[0] ?? 20);
  const given = Deno.args[1];
  const start = given === undefined
    ? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
    : Number(given);
  for (const [name, step] of Object.entries(TARGETS)) {
    const end = performance.now() + seconds * 1000;
    let tries = 0;
    do {
      for (let count = 0; count < (seconds === 0 ? 1 : BATCH); count++) {
        tryOnce(name, step, start + tries++);
      }
    } while (performance.now() < end);
    const heap = Deno.memoryUsage().heapUsed >> 20;
    console.log(
      `${name.padEnd(16)}${String(tries).padStart(9)} tries from seed ${start}, ${heap} MiB`,
    );
  }
}
