/**
 * `knock --repeat`: knocks again in intervals.
 *
 * @module
 */
import { Problem } from "../lib/client/problem.ts";
import { type OwnAddresses, readOwnAddresses } from "../lib/client/own_addresses.ts";
import { settledPlan, weighMove } from "../lib/client/repeat.ts";
import type { KnockPlan } from "../lib/client/plan.ts";
import type { Address } from "../lib/net/address.ts";
import type { Context } from "./context.ts";
import { describeProblem } from "./problem_text.ts";
import { type KnockResult, sendKnock } from "./send_knock.ts";

export { readOwnAddresses };

/** Called for each knock after the first. */
export type KnockListener = (result: KnockResult) => void;

/**
 * Knocks in intervals until the signal aborts. A knock that cannot be sent is reported, and the next one still follows:
 * networks come back. If the address of this host changed since the last knock, the address to admit is looked up
 * again, or the user is warned that it does not belong to this host any more.
 *
 * @param first the knock that opened the port.
 * @param before the addresses of this host when its packet left; they may have changed since.
 */
export async function holdOpen(
  first: KnockResult,
  before: OwnAddresses | undefined,
  plan: KnockPlan,
  context: Context,
  signal: AbortSignal,
  listener: KnockListener = () => {},
): Promise<void> {
  const { request, keys } = first.knock;
  let settled = settledPlan(plan, request, keys);
  let server: Address | undefined = first.sent?.address;
  const interval = plan.repeat * 1000;
  while (await sleep(interval, signal)) {
    // A change after this check, while the knock is made, is seen at the next one.
    const now = server === undefined ? undefined : readOwnAddresses(server);
    const move = before === undefined || now === undefined
      ? { kind: "none" as const }
      : weighMove(plan, settled, before, now);
    const isLookedUp = move.kind === "look up";
    const current = isLookedUp ? move.plan : settled;
    const result = await sendKnock(current, context, "native");
    if (result instanceof Problem) {
      context.err(describeProblem(result, "native"));
      // The next knock looks the address up.
      if (isLookedUp) continue;
    } else {
      if (isLookedUp) {
        settled = settledPlan(current, result.knock.request, keys);
        context.err(`${moved(now)}: ${result.knock.request.admitted} is admitted from now on\n`);
      }
      listener(result);
      server = result.sent?.address ?? server;
    }
    before = now ?? before;
    if (move.kind === "left") {
      context.err(
        `${moved(now)}, and each knock still admits ${move.admitted}\n` +
          "  knock with -R in place of -a (ALLOW_IP resolve in the stanza), or with the new address\n",
      );
    }
  }
}

function moved(now: OwnAddresses | undefined): string {
  return `fwknop: the address of this host changed to ${now?.source.text}`;
}

/** Whether the time passed before the signal. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve(true);
    }, milliseconds);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
