/**
 * Whether a packet meets one expression of an nftables rule, as far as that can be told without packets.
 *
 * @module
 */
import type { Protocol } from "../net/service.ts";
import { opposite, type Step } from "./chain_walk.ts";
import { matchesForeign } from "./foreign_address.ts";
import { property } from "../firewall/nft_listing.ts";
import { NFT_MARK } from "../firewall/nft_schema.ts";
import type { Packet } from "./packet.ts";

/** Elements of a named set of the table at hand; none where there is no such set. */
export type NamedSets = (name: string) => readonly unknown[];

/** What a rule does on the way. Whatever else is no match may be a condition: limits, quotas, additions to sets. */
const STATEMENTS: ReadonlySet<string> = new Set(
  ["accept", "drop", "reject", "return", "continue", "jump", "goto", "vmap", "queue", "synproxy"]
    .concat(["counter", "log", "mangle", "notrack", "dup", "last", "secmark", "comment"])
    .concat(["ct helper", "ct timeout", "ct expectation"]),
);

/** Statements that are no condition (counter, log) match; conditions not understood are `maybe`. */
export function matchesExpression(
  expression: unknown,
  packet: Packet,
  sets: NamedSets,
): Step["match"] {
  const match = property(expression, "match");
  if (match === undefined) {
    return Object.keys(expression ?? {}).every((name) => STATEMENTS.has(name)) ? "yes" : "maybe";
  }
  const operator = property(match, "op");
  if (operator !== "==" && operator !== "in" && operator !== "!=") return "maybe";
  const left = property(match, "left");
  const header = String(property(property(left, "payload"), "protocol"));
  if (!mayHave(header, packet.service.protocol, packet.family)) return "no";
  const met = meets(left, elementsOf(property(match, "right"), sets), packet);
  return operator === "!=" ? opposite(met) : met;
}

/** Whether what stands on the left is one of those on the right. */
function meets(left: unknown, right: unknown[], packet: Packet): Step["match"] {
  const key = String(property(property(left, "meta") ?? property(left, "ct"), "key"));
  const payload = property(left, "payload");
  const field = `${String(property(payload, "protocol"))} ${String(property(payload, "field"))}`;
  const { service: { protocol, port }, established, family, marked, translated } = packet;
  if (key === "iifname" || key === "iif") return right.every((it) => it === "lo") ? "no" : "maybe";
  // Only our own table sets it, for those who knocked; a connection's mark is another thing.
  if (key === "mark" && property(left, "meta") !== undefined) {
    if (marked === true) return right.includes(NFT_MARK) ? "yes" : "maybe";
    return right.every((it) => it === NFT_MARK) ? "no" : "maybe";
  }
  if (key === "l4proto") return right.includes(protocol) ? "yes" : "no";
  if (key === "nfproto") return right.includes(family === 4 ? "ipv4" : "ipv6") ? "yes" : "no";
  // Who comes straight to a port of this host was not sent there by a rule of it.
  if (key === "status") {
    if (translated === true) return right.includes("dnat") ? "yes" : "maybe";
    return right.every((it) => it === "dnat") ? "no" : "maybe";
  }
  if (key === "state") return right.includes(established ? "established" : "new") ? "yes" : "no";
  if (field === "tcp dport" || field === "udp dport" || field === "th dport") {
    return right.some((item) => coversPort(item, port)) ? "yes" : "no";
  }
  if (field === "ip protocol" || field === "ip6 nexthdr") {
    return right.includes(protocol) ? "yes" : "no";
  }
  if (ADDRESSES.has(field)) return anyStranger(right, family);
  return concatenation(left, right, packet);
}

const ADDRESSES: ReadonlySet<string> = new Set(
  ["ip saddr", "ip daddr", "ip6 saddr", "ip6 daddr"],
);

/** Whether a packet from another host may have one of these addresses. */
function anyStranger(addresses: readonly unknown[], family: 4 | 6): "no" | "maybe" {
  const isNever = (item: unknown): boolean => {
    const address = property(property(item, "prefix"), "addr") ?? item;
    return typeof address === "string" && matchesForeign(address, family) === "no";
  };
  return addresses.every(isNever) ? "no" : "maybe";
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

/** `meta l4proto . th dport @protected`: understood if it is just that. */
function concatenation(left: unknown, right: unknown[], packet: Packet): "yes" | "no" | "maybe" {
  const parts = property(left, "concat");
  if (!Array.isArray(parts) || parts.length !== 2) return "maybe";
  const isProtocol = property(property(parts[0], "meta"), "key") === "l4proto";
  const isPort = property(property(parts[1], "payload"), "field") === "dport";
  if (!isProtocol || !isPort) return "maybe";
  const { protocol, port } = packet.service;
  const found = right.some((item) => {
    const pair = property(item, "concat");
    return Array.isArray(pair) && pair[0] === protocol && coversPort(pair[1], port);
  });
  return found ? "yes" : "no";
}

/** What stands on the right: one thing, a set written in place, or a set by name. */
export function elementsOf(right: unknown, sets: NamedSets): unknown[] {
  if (typeof right === "string" && right.startsWith("@")) return sets(right.slice(1)).map(valueOf);
  const set = property(right, "set");
  if (Array.isArray(set)) return set.map(valueOf);
  return Array.isArray(right) ? right : [right];
}

/** An element of a set; one with a comment, a counter or a timeout is an object around it. */
export function valueOf(element: unknown): unknown {
  return property(property(element, "elem"), "val") ?? element;
}

function coversPort(item: unknown, port: number): boolean {
  const range = property(item, "range");
  if (Array.isArray(range)) return port >= Number(range[0]) && port <= Number(range[1]);
  return Number(item) === port;
}
