/**
 * What the doctor says where neither iptables nor nft lists its rules.
 *
 * @module
 */
import { describeOutcome, NOT_FOUND, type Outcome } from "../plan.ts";
import { hintFor } from "../program_hint.ts";
import type { Finding } from "../../doctor/finding.ts";

/**
 * A program that refuses is not one that is missing: to install it would help nobody.
 *
 * @param outcomes what became of the look at either program.
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
      : "Run it as root: only root may look at the firewall",
  };
}
