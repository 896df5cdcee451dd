/**
 * The finding if neither iptables nor nft lists its rules.
 *
 * @module
 */
import { describeOutcome, NOT_FOUND, type Outcome } from "../plan.ts";
import { hintFor } from "../program_hint.ts";
import type { Finding } from "../../doctor/finding.ts";

/**
 * Distinguishes a program that refuses from one that is missing: installing a program again does not help.
 *
 * @param outcomes of listing the rules with each program.
 */
export function judgeUnreadable(outcomes: readonly Outcome[], isRoot: boolean): Finding {
  const refused = outcomes.filter(({ code }) => code !== NOT_FOUND && code !== 0);
  if (refused.length === 0) {
    return {
      state: "bad",
      text: "Neither iptables nor nft can be used",
      repair: "apt-get install iptables nftables",
    };
  }
  return {
    state: "bad",
    text: `What the firewall does cannot be read: ${refused.map(describeOutcome).join("; ")}`,
    repair: isRoot
      ? hintFor(refused, isRoot)
      : "Run it as root: only root may read the rules of the firewall",
  };
}
