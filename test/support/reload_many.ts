/**
 * A server that is reloaded many times, each time with a new firewall. Prints how many firewalls are still in memory.
 * Started with `--v8-flags=--expose-gc`; the argument is a folder for its files.
 *
 * @module
 */
import type { Firewall } from "../../lib/firewall/firewall.ts";
import { TestModeParts } from "./test_mode_parts.ts";

const RELOADS = 20;
const [folder = "."] = Deno.args;

const daemon = new TestModeParts(folder);
const change = (round: number): Promise<void> =>
  daemon.change(`ENABLE_RULE_PREPEND ${round % 2 === 0 ? "Y" : "N"}`);
const firewalls: WeakRef<Firewall>[] = [];
await change(0);
const { server } = daemon.parts;
const run = server.run();
for (let round = 1; round <= RELOADS; round++) {
  const { firewall } = daemon.parts;
  if (firewall !== undefined) firewalls.push(new WeakRef(firewall));
  await change(round);
}
await new Promise((resolve) => setTimeout(resolve));
(globalThis as unknown as { gc: () => void }).gc();
const alive = firewalls.filter((firewall) => firewall.deref() !== undefined).length;
console.log(`${alive} of ${firewalls.length}`);
server.stop();
await run;
await daemon.end();
