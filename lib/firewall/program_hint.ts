/**
 * Hints for a firewall program that does not work.
 *
 * @module
 */
import type { Outcome } from "./plan.ts";

/** The hint that fits how its commands ended. */
export function hintFor(outcomes: readonly Outcome[], isRoot: boolean): string {
  const absent = outcomes.find(({ notStarted }) => notStarted !== undefined);
  if (absent?.notStarted === "exhausted") {
    return "Raise the limits of the server: LimitNOFILE=, TasksMax= and MemoryMax= in its unit, or ulimit";
  }
  if (absent !== undefined) {
    return "Install the program, or name the right one with FIREWALL_EXE";
  }
  if (!isRoot) return "Start as root: only root may change the firewall";
  const bad = outcomes.find(({ code }) => code !== 0);
  return bad === undefined
    ? "With -v -v every command is shown as it is run"
    : `Try by hand: ${bad.words.join(" ")}`;
}
