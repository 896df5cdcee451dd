/**
 * Judges whether the targets of grants in iptables exist.
 *
 * @module
 */
import { CHAIN_ROLES } from "../../config/chain.ts";
import type { Finding } from "../../doctor/finding.ts";
import { hasTarget } from "../iptables/doctor/policy.ts";
import type { Ruleset } from "./ruleset.ts";
import type { NetfilterQuestions } from "./questions.ts";

/**
 * Returns one finding for each variable whose target is neither a target of iptables nor a chain: no rule can use it.
 */
export function judgeTargets(
  { kind, chains = {} }: NetfilterQuestions,
  { filter, others = [], commands }: Ruleset,
): Finding[] {
  const prefix = kind === "firewalld" ? "FIREWD" : "IPT";
  return CHAIN_ROLES.flatMap((role): Finding[] => {
    const chain = role === "input" || role === "forward" ? chains[role] : undefined;
    if (chain === undefined) return [];
    const policy = chain.table === "filter"
      ? filter[4]
      : others.find(({ name, command }) => name === chain.table && command === commands[4])?.policy;
    if (policy === undefined || hasTarget(policy, chain.target)) return [];
    const { table, from, jumpPosition, name } = chain;
    const right = ["ACCEPT", table, from, jumpPosition, name, 1].join(", ");
    const variable = `${prefix}_${role.toUpperCase()}_ACCESS`;
    return [{
      state: "bad",
      text:
        `${variable} names the target "${chain.target}", which is neither a target of iptables ` +
        "nor a chain: every grant fails",
      repair: `Set ${variable} ${right} in fwknopd.conf`,
    }];
  });
}
