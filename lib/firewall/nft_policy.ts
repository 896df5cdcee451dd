/**
 * What a host's own nftables rules do to a connection, from `nft -j list ruleset`, as far as they can be understood
 * without packets.
 *
 * @module
 */
import type { Protocol, Service } from "../net/service.ts";
import { exitsOf, type Fate, fateBehind, type Step } from "./chain_walk.ts";
import { parseObjects, property } from "./nft_listing.ts";
import { NFT_MARK, NFT_TABLE } from "./nft_schema.ts";

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

/** A packet that comes in, or goes through. */
export interface Arrival {
  readonly service: Service;
  readonly established: boolean;
  readonly family: 4 | 6;
  /** Absent: for this host. */
  readonly hook?: "input" | "forward";
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
): Step[] {
  const match = allOf(expressions.map((it) => matches(policy, chain, it, arrival)));
  // What our table admits says nothing about those who did not knock.
  if (match === "no" || (match === "maybe" && chain.table === NFT_TABLE)) return [];
  const map = expressions.map((it) => property(it, "vmap")).find((it) => it !== undefined);
  if (map === undefined) {
    return [{ match, does: expressions.map(effect).find((it) => it !== "nothing") ?? "nothing" }];
  }
  const left = property(map, "key");
  return resolveSet(policy, chain, property(map, "data")).flatMap((pair): Step[] => {
    if (!Array.isArray(pair)) return [];
    const [right, verdict] = pair;
    const condition = { match: { op: "==", left, right } };
    return [{
      match: allOf([match, matches(policy, chain, condition, arrival)]),
      does: effect(verdict),
    }];
  });
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

/** Statements that are no condition (counter, log) match; conditions not understood are `maybe`. */
function matches(
  policy: NftPolicy,
  chain: NftChain,
  expression: unknown,
  arrival: Arrival,
): Step["match"] {
  const match = property(expression, "match");
  if (match === undefined) {
    return has(expression, "limit") || has(expression, "xt") ? "maybe" : "yes";
  }
  const operator = property(match, "op");
  if (operator !== "==" && operator !== "in") return operator === "!=" ? negated(match) : "maybe";
  const right = resolveSet(policy, chain, property(match, "right"));
  const left = property(match, "left");
  const key = String(property(property(left, "meta") ?? property(left, "ct"), "key"));
  const header = String(property(property(left, "payload"), "protocol"));
  const field = `${header} ${String(property(property(left, "payload"), "field"))}`;
  const { service: { protocol, port }, established, family } = arrival;
  if (!mayHave(header, protocol, family)) return "no";
  if (key === "iifname" || key === "iif") return right.includes("lo") ? "no" : "maybe";
  // Only our own table sets it, for those who knocked.
  if (key === "mark" && right.includes(NFT_MARK)) return "no";
  if (key === "l4proto") return right.includes(protocol) ? "yes" : "no";
  if (key === "nfproto") return right.includes(family === 4 ? "ipv4" : "ipv6") ? "yes" : "no";
  // Who comes straight to a port of this host was not sent there by a rule of it.
  if (key === "status" && right.includes("dnat")) return "no";
  if (key === "state") return right.includes(established ? "established" : "new") ? "yes" : "no";
  if (field === "tcp dport" || field === "udp dport" || field === "th dport") {
    return right.some((item) => coversPort(item, port)) ? "yes" : "no";
  }
  if (field === "ip protocol" || field === "ip6 nexthdr") {
    return right.includes(protocol) ? "yes" : "no";
  }
  return concatenation(left, right, arrival);
}

/** Whether a packet has that header at all: a rule about the fields of another one is not about it. */
function mayHave(header: string, protocol: Protocol, family: 4 | 6): boolean {
  if (header === "ip") return family === 4;
  if (header === "ip6") return family === 6;
  return !TRANSPORTS.has(header) || header === protocol;
}

const TRANSPORTS: ReadonlySet<string> = new Set(
  ["tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmpv6", "igmp", "esp", "ah", "comp"],
);

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
