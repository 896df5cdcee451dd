import { Signals } from "../../../lib/daemon/signals.ts";
import { assert, assertEquals } from "../../assert.ts";
import { until } from "../../support/namespace.ts";

/** Sends the signal to this process, and waits until its own listener got it, and so every signal before it. */
async function send(signal: Deno.Signal): Promise<void> {
  let isHeard = false;
  const hear = (): void => void (isHeard = true);
  Deno.addSignalListener(signal, hear);
  Deno.kill(Deno.pid, signal);
  await until(`${signal} is heard`, () => isHeard);
  Deno.removeSignalListener(signal, hear);
}

Deno.test("a signal that comes before its handler is set waits for the handler", async () => {
  using signals = new Signals();
  signals.hold(["SIGHUP", "SIGUSR2"]);
  await send("SIGHUP");
  const runs: string[] = [];
  signals.on("SIGUSR2", () => void runs.push("revoke"));
  signals.on("SIGHUP", () => void runs.push("reload"));
  await signals.settle();
  assertEquals(runs, ["reload"]);
});

Deno.test("handlers run one after the other, and one run handles all signals that came while it waited", async () => {
  using signals = new Signals();
  let running = 0;
  let runs = 0;
  const first = Promise.withResolvers<void>();
  signals.on("SIGHUP", async () => {
    assertEquals(++running, 1);
    runs++;
    await first.promise;
    running--;
  });
  for (let count = 0; count < 5; count++) await send("SIGHUP");
  let isSettled = false;
  const settled = signals.settle().then(() => isSettled = true);
  assert(!isSettled);
  first.resolve();
  await settled;
  assertEquals(runs, 2);
});
