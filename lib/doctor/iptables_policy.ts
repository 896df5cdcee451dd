/**
 * What a host's iptables policy does to a connection, as far as its rules can be understood without packets.
 *
 * @module
 */
import { DECIDED_ELSEWHERE, exitsOf, type Fate, fateBehind, type Step } from "./chain_walk.ts";
import { type ListedRule, type Listing, parseListing } from "../firewall/iptables_listing.ts";
import { matchesIptables } from "./iptables_condition.ts";
import type { Packet } from "./packet.ts";

/** One table: its chains and the policies of the built-in ones. */
export interface Policy {
  readonly chains: Listing;
  /** `ACCEPT` or `DROP` by chain. */
  readonly policies: ReadonlyMap<string, string>;
}

/** Reads `iptables -t TABLE -S`. */
export function parsePolicy(text: string): Policy {
  const policies = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, chain, policy] = /^-P (\S+) ([A-Z]+)$/.exec(line) ?? [];
    if (chain !== undefined && policy !== undefined) policies.set(chain, policy);
  }
  return { chains: parseListing(text), policies };
}

/** The chain that a packet meets first in the table filter. */
export function hookChain({ hook }: Packet): "INPUT" | "FORWARD" {
  return hook === "forward" ? "FORWARD" : "INPUT";
}

/** What the table filter does to a packet. */
export function iptablesFateOf(policy: Policy, packet: Packet): Fate {
  const chain = hookChain(packet);
  const otherwise = policy.policies.get(chain) === "DROP" ? "dropped" : "accepted";
  return fateIn(policy, chain, packet, otherwise);
}

/**
 * What a chain does to a packet.
 *
 * @param otherwise what becomes of one that no rule decided about.
 */
export function fateIn(
  policy: Policy,
  chain: string,
  packet: Packet,
  otherwise: "accepted" | "dropped",
): Fate {
  const stepsOf = (name: string) =>
    (policy.chains.get(name) ?? []).flatMap((rule) => steps(policy, rule, packet));
  return fateBehind(exitsOf(chain, stepsOf), otherwise);
}

/** The same policy with one more rule, in the words of `iptables -S`, at an index of a chain. */
export function withRule(
  { chains, policies }: Policy,
  chain: string,
  index: number,
  words: readonly string[],
): Policy {
  const rule: ListedRule = { chain, words, text: words.join(" ") };
  const rules = (chains.get(chain) ?? []).toSpliced(index, 0, rule);
  return { policies, chains: new Map([...chains, [chain, rules]]) };
}

function steps(policy: Policy, rule: ListedRule, packet: Packet): readonly Step[] {
  const match = matchesIptables(rule.words, packet);
  // A rule of ours admits those who knocked; it says nothing about anybody else.
  const isOurs = rule.words.some((word) => word.startsWith("_exp_"));
  if (match === "no" || (match === "maybe" && isOurs)) return [];
  const at = rule.words.findIndex((word) => /^-[jg]$/.test(word));
  const [how = "", target = ""] = rule.words.slice(at, at + 2);
  return /^(NF)?QUEUE$|^SYNPROXY$/.test(target)
    ? DECIDED_ELSEWHERE
    : [{ match, does: effect(policy, how, target) }];
}

function effect(policy: Policy, how: string, target: string): Step["does"] {
  if (target === "ACCEPT") return "accepted";
  if (target === "DROP" || target === "REJECT") return "dropped";
  if (target === "RETURN") return "returned";
  // LOG, MARK and the like let the packet go on.
  if (!policy.chains.has(target)) return "nothing";
  return how === "-g" ? { goto: target } : { jump: target };
}
