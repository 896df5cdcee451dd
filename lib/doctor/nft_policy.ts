/**
 * What a host's own nftables rules do to a connection, from `nft -j list ruleset`, as far as they can be understood
 * without packets.
 *
 * @module
 */
import { DECIDED_ELSEWHERE, exitsOf, type Fate, fateBehind, type Step } from "./chain_walk.ts";
import { type Arrival, elementsOf, matchesExpression, valueOf } from "./nft_condition.ts";
import { property } from "../firewall/nft_listing.ts";
import type { NftChain, NftRuleset } from "../firewall/nft_ruleset.ts";
import { NFT_TABLE } from "../firewall/nft_schema.ts";

/**
 * What the chains of a hook do to a packet from anywhere: it must pass all of them. Our own table counts, but for what it
 * lets in for those who knocked.
 */
export function nftFateOf(policy: NftRuleset, arrival: Arrival): Fate {
  const tables = arrival.family === 4 ? /^(inet|ip) / : /^(inet|ip6) /;
  const { hook = "input" } = arrival;
  let result: Fate = "accepted";
  for (const chain of policy.chains) {
    if (chain.hook !== hook || chain.type !== "filter" || !tables.test(chain.table)) continue;
    const stepsOf = (name: string) =>
      policy.chains.filter((it) => it.table === chain.table && it.name === name)
        .flatMap((it) => it.rules.flatMap((rule) => steps(policy, it, rule, arrival)));
    const otherwise = chain.policy === "drop" ? "dropped" : "accepted";
    const fate = fateBehind(exitsOf(chain.name, stepsOf), otherwise);
    if (fate === "dropped") return "dropped";
    if (fate === "unclear") result = "unclear";
  }
  return result;
}

/** One rule: all its expressions must match. A verdict map is as many rules as it has elements. */
function steps(
  policy: NftRuleset,
  chain: NftChain,
  expressions: readonly unknown[],
  arrival: Arrival,
): readonly Step[] {
  const sets = (name: string) => policy.sets.get(`${chain.table} ${name}`) ?? [];
  const match = allOf(expressions.map((it) => matchesExpression(it, arrival, sets)));
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
    match: matchesExpression({ match: { op: "==", left, right } }, arrival, sets),
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
