/**
 * What a host's own nftables rules do to a connection, from `nft -j list ruleset`, as far as they can be understood
 * without packets.
 *
 * @module
 */
import type { Service } from "../net/service.ts";
import { parseObjects, property } from "./nft_listing.ts";
import { NFT_MARK, NFT_TABLE } from "./nft_schema.ts";
import type { Fate } from "./policy.ts";

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
  /** Elements of named sets: `inet filter services` → expressions. */
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
    const set = property(object, "set");
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

/** A packet that comes in. */
export interface Arrival {
  readonly service: Service;
  readonly established: boolean;
  readonly family: 4 | 6;
}

/**
 * What the input chains do to a packet from anywhere: it must pass all of them. Our own table counts, but for what it
 * lets in for those who knocked.
 */
export function nftFateOf(policy: NftPolicy, arrival: Arrival): Fate {
  const tables = arrival.family === 4 ? /^(inet|ip) / : /^(inet|ip6) /;
  let result: Fate = "accepted";
  for (const chain of policy.chains) {
    if (chain.hook !== "input" || chain.type !== "filter" || !tables.test(chain.table)) continue;
    const end = walk(policy, chain, arrival, 0);
    const fate = end === "returned" ? (chain.policy === "drop" ? "dropped" : "accepted") : end;
    if (fate === "dropped") return "dropped";
    if (fate === "unclear") result = "unclear";
  }
  return result;
}

/** Deeper nesting is not followed. */
const MAX_DEPTH = 16;

function walk(
  policy: NftPolicy,
  chain: NftChain,
  arrival: Arrival,
  depth: number,
): Fate | "returned" {
  for (const expressions of chain.rules) {
    let match: "yes" | "no" | "maybe" = "yes";
    let end: Fate | "returned" | undefined;
    for (const expression of expressions) {
      const outcome = matches(policy, chain, expression, arrival);
      if (outcome === "no") match = "no";
      else if (outcome === "maybe" && match === "yes") match = "maybe";
      end ??= verdict(policy, chain, expression, arrival, depth);
    }
    if (match === "no" || end === undefined) continue;
    if (end === "returned") {
      const isReturn = expressions.some((it) => property(it, "return") !== undefined);
      if (isReturn && match === "yes") return "returned";
      continue;
    }
    if (match === "yes") return end;
    // What our table admits says nothing about those who did not knock.
    if (chain.table !== NFT_TABLE) return "unclear";
  }
  return "returned";
}

function verdict(
  policy: NftPolicy,
  chain: NftChain,
  expression: unknown,
  arrival: Arrival,
  depth: number,
): Fate | "returned" | undefined {
  if (has(expression, "accept")) return "accepted";
  if (has(expression, "drop") || has(expression, "reject")) return "dropped";
  if (has(expression, "return")) return "returned";
  const target = property(property(expression, "jump") ?? property(expression, "goto"), "target");
  if (target === undefined || depth === MAX_DEPTH) return undefined;
  const next = policy.chains.find(({ table, name }) => table === chain.table && name === target);
  return next === undefined ? undefined : walk(policy, next, arrival, depth + 1);
}

/** `drop` and its kind are members whose value is `null`. */
function has(expression: unknown, name: string): boolean {
  return property(expression, name) !== undefined;
}

/** Statements that are no condition (counter, log) match; conditions not understood are `maybe`. */
function matches(
  policy: NftPolicy,
  chain: NftChain,
  expression: unknown,
  arrival: Arrival,
): "yes" | "no" | "maybe" {
  const match = property(expression, "match");
  if (match === undefined) {
    // A verdict map may decide anything.
    return has(expression, "vmap") || has(expression, "limit") || has(expression, "xt")
      ? "maybe"
      : "yes";
  }
  const operator = property(match, "op");
  if (operator !== "==" && operator !== "in") return operator === "!=" ? negated(match) : "maybe";
  const right = resolveSet(policy, chain, property(match, "right"));
  const left = property(match, "left");
  const key = String(property(property(left, "meta") ?? property(left, "ct"), "key"));
  const field = `${String(property(property(left, "payload"), "protocol"))} ${
    String(property(property(left, "payload"), "field"))
  }`;
  const { service: { protocol, port }, established, family } = arrival;
  if (key === "iifname" || key === "iif") return right.includes("lo") ? "no" : "maybe";
  // Only our own table sets it, for those who knocked.
  if (key === "mark" && right.includes(NFT_MARK)) return "no";
  if (key === "l4proto") return right.includes(protocol) ? "yes" : "no";
  if (key === "nfproto") return right.includes(family === 4 ? "ipv4" : "ipv6") ? "yes" : "no";
  if (key === "state") return right.includes(established ? "established" : "new") ? "yes" : "no";
  if (field === "tcp dport" || field === "udp dport" || field === "th dport") {
    const ofProtocol = field.startsWith(protocol) || field.startsWith("th");
    return ofProtocol && right.some((item) => coversPort(item, port)) ? "yes" : "no";
  }
  if (field === "ip protocol") return right.includes(protocol) && family === 4 ? "yes" : "no";
  if (field === "ip6 nexthdr") return right.includes(protocol) && family === 6 ? "yes" : "no";
  return concatenation(left, right, arrival);
}

/** `iifname != "lo"` holds for whoever comes from outside; of other negations nothing is known. */
function negated(match: unknown): "yes" | "maybe" {
  const key = property(property(property(match, "left"), "meta"), "key");
  return (key === "iifname" || key === "iif") && property(match, "right") === "lo"
    ? "yes"
    : "maybe";
}

/** `meta l4proto . th dport @protected`: understood if it is just that. */
function concatenation(left: unknown, right: unknown[], arrival: Arrival): "yes" | "no" | "maybe" {
  const parts = property(left, "concat");
  if (!Array.isArray(parts) || parts.length !== 2) return "maybe";
  const isProtocol = property(property(parts[0], "meta"), "key") === "l4proto";
  const isPort = property(property(parts[1], "payload"), "field") === "dport";
  if (!isProtocol || !isPort) return "maybe";
  const { protocol, port } = arrival.service;
  const found = right.some((item) => {
    const pair = property(item, "concat");
    return Array.isArray(pair) && pair[0] === protocol && coversPort(pair[1], port);
  });
  return found ? "yes" : "no";
}

/** What stands on the right: one thing, a set written in place, or a set by name. */
function resolveSet(policy: NftPolicy, chain: NftChain, right: unknown): unknown[] {
  if (typeof right === "string" && right.startsWith("@")) {
    return [...policy.sets.get(`${chain.table} ${right.slice(1)}`) ?? []];
  }
  const set = property(right, "set");
  if (Array.isArray(set)) return set;
  return Array.isArray(right) ? right : [right];
}

function coversPort(item: unknown, port: number): boolean {
  const range = property(item, "range");
  if (Array.isArray(range)) return port >= Number(range[0]) && port <= Number(range[1]);
  return Number(item) === port;
}
