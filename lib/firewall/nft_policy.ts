/**
 * What a host's own nftables rules do to a connection, from `nft -j list ruleset`, as far as they can be understood
 * without packets.
 *
 * @module
 */
import { DECIDED_ELSEWHERE, exitsOf, type Fate, fateBehind, type Step } from "./chain_walk.ts";
import { type Arrival, elementsOf, matchesExpression, valueOf } from "./nft_condition.ts";
import { parseObjects, property } from "./nft_listing.ts";
import { NFT_TABLE } from "./nft_schema.ts";

/** Whether the table of the nft adapter is there. */
export function hasOwnTable(ruleset: string): boolean {
  return parseNftPolicy(ruleset).chains.some(({ table }) => table === NFT_TABLE);
}

/** Whether a chain is one of those that the nf_tables variant of iptables makes, which iptables shows better. */
export function isCompatible({ table, name }: NftChain): boolean {
  const isOf = /^ip6? (filter|nat|mangle|raw|security)$/.test(table);
  return isOf && /^(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING)$/.test(name);
}

/** Whether somebody else filters what comes in, other than by iptables. */
export function hasInputHook(ruleset: string): boolean {
  return parseNftPolicy(ruleset).chains.some(({ table, name, hook, type }) =>
    table !== NFT_TABLE && hook === "input" && type === "filter" && !isOfIptables(table, name)
  );
}

/** iptables-nft keeps its tables here too, and leaves them when they are empty: `ip filter` with `INPUT` and so on. */
function isOfIptables(table: string, chain: string): boolean {
  return /^ip6? (filter|mangle|raw|security|nat)$/.test(table) && /^[A-Z]+$/.test(chain);
}

/** One chain and its rules in order. */
export interface NftChain {
  /** `inet filter`. */
  readonly table: string;
  readonly name: string;
  /** Absent: a chain that others jump to. */
  readonly hook?: string;
  readonly type?: string;
  readonly priority: number;
  readonly policy: string;
  /** The expressions of each rule. */
  readonly rules: unknown[][];
}

/** A ruleset with what matters of it. */
export interface NftPolicy {
  readonly chains: readonly NftChain[];
  /** Elements of named sets and maps: `inet filter services` → expressions, or pairs of them. */
  readonly sets: ReadonlyMap<string, readonly unknown[]>;
}

/** Reads `nft -j list ruleset`; anything else is a ruleset without chains. */
export function parseNftPolicy(text: string): NftPolicy {
  const chains: NftChain[] = [];
  const sets = new Map<string, readonly unknown[]>();
  for (const object of parseObjects(text) ?? []) {
    const chain = property(object, "chain");
    if (chain !== undefined) {
      chains.push({
        table: tableOf(chain),
        name: String(property(chain, "name")),
        ...optionalText(chain, "hook"),
        ...optionalText(chain, "type"),
        priority: Number(property(chain, "prio") ?? 0),
        policy: String(property(chain, "policy") ?? "accept"),
        rules: [],
      });
    }
    const set = property(object, "set") ?? property(object, "map");
    const elements = property(set, "elem");
    if (set !== undefined) {
      const name = `${tableOf(set)} ${String(property(set, "name"))}`;
      sets.set(name, Array.isArray(elements) ? elements : []);
    }
    const rule = property(object, "rule");
    const expressions = property(rule, "expr");
    const holder = chains.find(({ table, name }) =>
      table === tableOf(rule) && name === property(rule, "chain")
    );
    if (Array.isArray(expressions)) holder?.rules.push(expressions);
  }
  return { chains, sets };
}

function tableOf(object: unknown): string {
  // Chains and rules name their table; its family stands beside.
  return `${String(property(object, "family"))} ${String(property(object, "table"))}`;
}

function optionalText<K extends string>(object: unknown, key: K): { [P in K]?: string } {
  const value = property(object, key);
  return typeof value === "string" ? { [key]: value } as { [P in K]: string } : {};
}

/**
 * What the chains of a hook do to a packet from anywhere: it must pass all of them. Our own table counts, but for what it
 * lets in for those who knocked.
 */
export function nftFateOf(policy: NftPolicy, arrival: Arrival): Fate {
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
  policy: NftPolicy,
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
