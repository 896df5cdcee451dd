/**
 * What a host's own nftables rules do to a connection, from `nft -j list ruleset`, as far as they can be understood
 * without packets.
 *
 * @module
 */
import {
  DECIDED_ELSEWHERE,
  exitsOf,
  type Fate,
  fateBehind,
  type Step,
  worstOf,
} from "./chain_walk.ts";
import { elementsOf, matchesExpression, valueOf } from "./nft_condition.ts";
import { property } from "../firewall/nft_listing.ts";
import type { NftChain, NftRuleset } from "../firewall/nft_ruleset.ts";
import { NFT_TABLE } from "../firewall/nft_schema.ts";
import type { Packet } from "./packet.ts";

/** What one chain of a hook does to a packet. */
export interface NftVerdict {
  readonly chain: NftChain;
  readonly fate: Fate;
}

/** The priority of our own chains, in which the mark is set. */
const OWN_PRIORITY = -5;

/**
 * What each chain of a hook does to a packet. Our own table counts, but for what it lets in for those who knocked.
 */
export function nftVerdicts(policy: NftRuleset, packet: Packet): NftVerdict[] {
  const tables = packet.family === 4 ? /^(inet|ip) / : /^(inet|ip6) /;
  const { hook = "input" } = packet;
  return policy.chains
    .filter((it) => it.hook === hook && it.type === "filter" && tables.test(it.table))
    .map((chain) => {
      // What comes before our table sees no mark.
      const marked = packet.marked === true && seesMark(chain);
      return { chain, fate: fateAt(policy, chain, { ...packet, marked }) };
    });
}

/** Whether packets come to a chain, or to one of a table of iptables, when our table has marked them. */
export function seesMark({ priority = 0 }: { readonly priority?: number }): boolean {
  return priority > OWN_PRIORITY;
}

/** What becomes of a packet: it must pass all chains of its hook. */
export function nftFateOf(policy: NftRuleset, packet: Packet): Fate {
  return worstOf(nftVerdicts(policy, packet).map(({ fate }) => fate));
}

function fateAt(policy: NftRuleset, { table, name, policy: last }: NftChain, packet: Packet): Fate {
  const stepsOf = (wanted: string) =>
    policy.chains.filter((it) => it.table === table && it.name === wanted)
      .flatMap((it) => it.rules.flatMap((rule) => steps(policy, it, rule, packet)));
  return fateBehind(exitsOf(name, stepsOf), last === "drop" ? "dropped" : "accepted");
}

/** One rule: all its expressions must match. A verdict map is as many rules as it has elements. */
function steps(
  policy: NftRuleset,
  chain: NftChain,
  expressions: readonly unknown[],
  packet: Packet,
): readonly Step[] {
  const sets = (name: string) => policy.sets.get(`${chain.table} ${name}`) ?? [];
  const match = allOf(expressions.map((it) => matchesExpression(it, packet, sets)));
  // What our table admits says nothing about those who did not knock.
  if (match === "no" || (match === "maybe" && chain.table === NFT_TABLE)) return [];
  if (expressions.some((it) => has(it, "queue") || has(it, "synproxy"))) return DECIDED_ELSEWHERE;
  const map = expressions.map((it) => property(it, "vmap")).find((it) => it !== undefined);
  if (map === undefined) {
    return [{ match, does: expressions.map(effect).find((it) => it !== "nothing") ?? "nothing" }];
  }
  const left = property(map, "key");
  const pairs = elementsOf(property(map, "data"), sets)
    .filter((pair): pair is unknown[] => Array.isArray(pair))
    .map(([key, verdict]) => ({ right: valueOf(key), does: effect(verdict) }));
  const named = pairs.filter(({ right }) => right !== ANYTHING_ELSE).map(({ right, does }) => ({
    match: matchesExpression({ match: { op: "==", left, right } }, packet, sets),
    does,
  }));
  const others = pairs.filter(({ right }) => right === ANYTHING_ELSE)
    .map(({ does }) => ({ match: noneOf(named.map((it) => it.match)), does }));
  return [...named, ...others].map((it) => ({ ...it, match: allOf([match, it.match]) }));
}

/** The key of a map's element for what no other element is about. */
const ANYTHING_ELSE = "*";

function noneOf(matches: readonly Step["match"][]): Step["match"] {
  if (matches.includes("yes")) return "no";
  return matches.includes("maybe") ? "maybe" : "yes";
}

function allOf(matches: readonly Step["match"][]): Step["match"] {
  if (matches.includes("no")) return "no";
  return matches.includes("maybe") ? "maybe" : "yes";
}

function effect(expression: unknown): Step["does"] {
  if (has(expression, "accept")) return "accepted";
  if (has(expression, "drop") || has(expression, "reject")) return "dropped";
  if (has(expression, "return")) return "returned";
  for (const how of ["jump", "goto"] as const) {
    const target = property(property(expression, how), "target");
    if (target !== undefined) {
      return how === "jump" ? { jump: String(target) } : { goto: String(target) };
    }
  }
  return "nothing";
}

/** `drop` and its kind are members whose value is `null`. */
function has(expression: unknown, name: string): boolean {
  return property(expression, name) !== undefined;
}
