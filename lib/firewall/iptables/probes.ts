/**
 * Probes of matches and of the targets of configured chains, before grants rely on them (`docs/spec/firewalls.md` 1.3).
 *
 * @module
 */
import { type ChainRole, knownTarget } from "../../config/chain.ts";
import type { AddressFamily } from "../../net/address.ts";
import type { Probe } from "../adapter.ts";
import { PROBE_CHAIN } from "./tear_down.ts";
import type { RoleChain } from "./view.ts";
import type { Plan } from "../plan.ts";

/** Inputs of the probes. */
export interface ProbeContext {
  readonly family: AddressFamily;
  readonly chains: readonly RoleChain[];
  /** ENABLE_IPT_COMMENT_CHECK. */
  readonly commentCheck: boolean;
  /** Prefix of the variables of the chains. */
  readonly variables: "IPT" | "FIREWD";
  /** Makes a plan of lines for one table. */
  readonly transactions: (table: string, lines: readonly string[]) => Plan;
}

/** Returns the probes of one family. Probes of what every grant needs come first. */
export function iptablesProbes(context: ProbeContext): readonly Probe[] {
  const { family, chains, commentCheck, transactions } = context;
  const name = family === 4 ? "iptables" : "ip6tables";
  const tryRule = (table: string, rule: string): Pick<Probe, "plan" | "cleanUp"> => {
    const cleanUp = transactions(table, [`-F ${PROBE_CHAIN}`, `-X ${PROBE_CHAIN}`]);
    const lines = [`:${PROBE_CHAIN} - [0:0]`, `-A ${PROBE_CHAIN} ${rule}`];
    return { plan: [...transactions(table, lines), ...cleanUp], cleanUp };
  };
  const comment: Probe = {
    feature: `comment${family}`,
    ...tryRule("filter", "-m comment --comment __TMPCOMMENT__ -j RETURN"),
    success: `${name} 'comment' match is available`,
    failure: "Warning: Could not use the 'comment' match",
    hint: "Load the kernel module xt_comment, or set ENABLE_IPT_COMMENT_CHECK N",
  };
  // ACCEPT needs no probe: it is part of the kernel's tables.
  const targets = chains.filter(({ chain }) => chain.target !== "ACCEPT")
    .map(({ role, chain: { table, target } }): Probe => {
      const variable = `${context.variables}_${role.toUpperCase()}_ACCESS`;
      return {
        feature: `${role} target${family}`,
        ...tryRule(table, `-p 6 --dport 1 -j ${target}${targetOptions(role, family)}`),
        failure: `${variable}: the target '${target}' cannot be used in the table ${table}`,
        hint: targetHint(target),
      };
    });
  const time: Probe = {
    feature: `datestop${family}`,
    ...tryRule("filter", "-m time --datestop 2038-01-01T00:00:00 -j RETURN"),
    failure: `The ${name} match 'time' is not available: rules are closed by this program only`,
  };
  const addressType: Probe = {
    feature: `to this host${family}`,
    ...tryRule("filter", "-m addrtype --dst-type LOCAL -j RETURN"),
    failure:
      `The ${name} match 'addrtype' is not available: NAT grants also redirect packets that a client sends through this host`,
  };
  const rewrites = chains.some(({ role }) => role === "dnat");
  return [...(commentCheck ? [comment] : []), ...targets, time, ...(rewrites ? [addressType] : [])];
}

/** Options that rules of the role have after their target. */
function targetOptions(role: ChainRole, family: AddressFamily): string {
  const address = family === 4 ? "192.0.2.1" : "2001:db8::1";
  if (role === "dnat") return ` --to-destination ${family === 4 ? address : `[${address}]`}:1`;
  return role === "snat" ? ` --to-source ${address}` : "";
}

function targetHint(target: string): string {
  const known = knownTarget(target);
  const chain = `make a chain '${target}' there before the server starts`;
  return known === undefined || known === target
    ? `Load its kernel module, or ${chain}`
    : `Write ${known}, or ${chain}`;
}
