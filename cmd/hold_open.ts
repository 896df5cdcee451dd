/**
 * `knock --repeat`: knocking again and again while something else goes on.
 *
 * @module
 */
import { Problem } from "../lib/client/problem.ts";
import { repeatInterval, settledSettings } from "../lib/client/repeat.ts";
import type { Settings } from "../lib/client/settings.ts";
import type { Context } from "./context.ts";
import { describeProblem } from "./problem_text.ts";
import { type KnockResult, sendKnock } from "./send_knock.ts";

/** What is done with each knock after the first. */
export type KnockListener = (result: KnockResult) => void;

/**
 * Knocks in intervals until the signal aborts. A knock that cannot be sent is told and not the last: networks come back.
 *
 * @param first the knock that opened the port.
 */
export async function holdOpen(
  first: KnockResult,
  settings: Settings,
  context: Context,
  signal: AbortSignal,
  listener: KnockListener = () => {},
): Promise<void> {
  const { request, keys } = first.knock;
  const settled = settledSettings(settings, request, keys);
  const interval = repeatInterval(settings) * 1000;
  while (await sleep(interval, signal)) {
    const result = await sendKnock(settled, context, "native");
    if (result instanceof Problem) context.err(describeProblem(result, "native"));
    else listener(result);
  }
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
