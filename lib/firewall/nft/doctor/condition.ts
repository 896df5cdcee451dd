/**
 * Whether a packet matches one expression of an nftables rule, as far as the rule alone shows.
 *
 * @module
 */
import {
  isLocalDestination,
  matchesDestination,
  matchesInterface,
  matchesOutput,
  matchesSource,
} from "../../../doctor/address_match.ts";
import { allOf, anyOf, decided, type Match, opposite } from "../../../doctor/chain_walk.ts";
import { PROTOCOL_NUMBERS } from "../../../net/service.ts";
import { property } from "../listing.ts";
import { NFT_MARK } from "../schema.ts";
import type { Packet } from "../../../doctor/packet.ts";

/** Returns the elements of a named set of the same table; empty if there is no such set. */
export type NamedSets = (name: string) => readonly unknown[];

/** Statements that are not conditions. Any other expression may be one: limits, quotas, additions to sets. */
const STATEMENTS: ReadonlySet<string> = new Set(
  ["accept", "drop", "reject", "return", "continue", "jump", "goto", "vmap", "queue", "synproxy"]
    .concat(["counter", "log", "mangle", "notrack", "dup", "last", "secmark", "comment"])
    .concat(["ct helper", "ct timeout", "ct expectation", "dnat", "redirect", "snat", "masquerade"])
    .concat(["tproxy", "fwd"]),
);

/**
 * Whether the expression matches. Statements without a condition (counter, log) match; conditions that are not
 * understood are `maybe`.
 */
export function matchesExpression(
  expression: unknown,
  packet: Packet,
  sets: NamedSets,
): Match {
  const match = property(expression, "match");
  if (match === undefined) {
    return Object.keys(expression ?? {}).every((name) => STATEMENTS.has(name)) ? "yes" : "maybe";
  }
  const [operator, left] = [String(property(match, "op")), property(match, "left")];
  if (!OPERATORS.has(operator)) return "maybe";
  const met = matchesValue(left, elementsOf(property(match, "right"), sets), packet);
  const isFlag = (operator === "in" || operator === "!") && isTranslation(match, packet);
  const known = met === "maybe" && isFlag ? "yes" : met;
  return operator.startsWith("!") && hasHeader(left, packet) === "yes" ? opposite(known) : known;
}

/** `!`: none of these flags is set. */
const OPERATORS: ReadonlySet<string> = new Set(["==", "in", "!=", "!"]);

/** Whether the expression asks for a flag of conntrack's status that the packet certainly has. */
function isTranslation(match: unknown, { translated, vague = {} }: Packet): boolean {
  return translated === true && vague.state !== true && vague.translated !== true &&
    property(property(property(match, "left"), "ct"), "key") === "status" &&
    [property(match, "right")].flat().includes("dnat");
}

/** Whether the value on the left is one of those on the right. */
export function matchesValue(left: unknown, right: readonly unknown[], packet: Packet): Match {
  const header = hasHeader(left, packet);
  if (header === "no") return "no";
  return allOf([header, meets(left, right, packet)]);
}

function meets(left: unknown, right: readonly unknown[], packet: Packet): Match {
  const parts = property(left, "concat");
  if (Array.isArray(parts)) return meetsEach(parts, right, packet);
  const oneOf = (matches: (item: unknown) => Match) => anyOf(right.map(matches));
  const named = (known: readonly unknown[]) =>
    oneOf((item) => typeof item === "object" ? "maybe" : decided(known.includes(item)));
  const { service: { protocol, port }, established, family, marked, translated, vague = {} } =
    packet;
  // A host without names of protocols lists numbers.
  const protocols = [protocol, PROTOCOL_NUMBERS[protocol]];
  const key = String(property(property(left, "meta"), "key"));
  switch (key) {
    case "iifname":
    case "iif":
      return oneOf((item) =>
        typeof item === "string" ? matchesInterface(item, packet.interfaces) : "maybe"
      );
    case "oifname":
    case "oif":
      return oneOf((item) => typeof item === "string" ? matchesOutput(item, packet) : "maybe");
    case "l4proto":
      return vague.protocol === true ? "maybe" : named(protocols);
    case "nfproto":
      return named([family === 4 ? "ipv4" : "ipv6"]);
    case "mark":
      // Only our own table sets this mark, for clients with a grant. The mark of a connection is different.
      if (vague.mark === true) return "maybe";
      if (marked === true) return right.includes(NFT_MARK) ? "yes" : "maybe";
      return right.every((it) => it === NFT_MARK) ? "no" : "maybe";
  }
  switch (String(property(property(left, "ct"), "key"))) {
    case "state":
      return vague.state === true ? "maybe" : named([established ? "established" : "new"]);
    // A packet that was sent directly to a port of this host was not translated.
    case "status":
      if (vague.state === true || vague.translated === true) return "maybe";
      // The whole status has other flags too.
      if (translated === true) return "maybe";
      return right.every((it) => it === "dnat") ? "no" : "maybe";
  }
  const payload = property(left, "payload");
  switch (`${String(property(payload, "protocol"))} ${String(property(payload, "field"))}`) {
    case "tcp dport":
    case "udp dport":
    case "th dport":
      return vague.port === true ? "maybe" : oneOf((item) => coversPort(item, port));
    case "ip protocol":
      return vague.protocol === true ? "maybe" : named(protocols);
    case "ip6 nexthdr":
      // The sender may put other IPv6 headers before that of the protocol.
      return oneOf((item) =>
        LAST_HEADERS.has(String(item)) && !protocols.map(String).includes(String(item))
          ? "no"
          : "maybe"
      );
    case "ip saddr":
    case "ip6 saddr":
      return oneOf((item) => covers(item, (text) => matchesSource(text, packet)));
    case "ip daddr":
    case "ip6 daddr":
      return oneOf((item) => covers(item, (text) => matchesDestination(text, packet)));
  }
  return meetsRoute(property(left, "fib"), right, packet);
}

/** Headers that no TCP or UDP header follows, in nft's names. */
const LAST_HEADERS: ReadonlySet<string> = new Set(
  ["tcp", "udp", "udplite", "sctp", "dccp", "icmpv6", "ipv6-icmp", "icmp", "igmp"],
);

/**
 * What the routing table says: for a destination, whether it is this host; for a source, whether there is a route back.
 */
function meetsRoute(fib: unknown, right: readonly unknown[], packet: Packet): Match {
  const flags = property(fib, "flags");
  const has = (flag: string) => flags === flag || (Array.isArray(flags) && flags.includes(flag));
  const result = property(fib, "result");
  if (result === "type" && has("daddr")) {
    if (right.length === 1 && right[0] === "local") return isLocalDestination(packet);
    return right.every((it) => it === "multicast" || it === "broadcast") ? "no" : "maybe";
  }
  // A client that receives answers has a route.
  if (result === "oif" && has("saddr") && right.every((it) => it === false)) return "no";
  return "maybe";
}

/** `meta l4proto . th dport @protected`: whether all parts of one element match. */
function meetsEach(parts: readonly unknown[], right: readonly unknown[], packet: Packet): Match {
  return anyOf(right.map((item) => {
    const values = property(item, "concat");
    return Array.isArray(values) && values.length === parts.length
      ? allOf(parts.map((part, at) => matchesValue(part, [values[at]], packet)))
      : "maybe";
  }));
}

/** An address or a prefix; a range is not examined. */
function covers(item: unknown, matches: (text: string) => Match): Match {
  const prefix = property(item, "prefix");
  if (prefix !== undefined) {
    return matches(`${String(property(prefix, "addr"))}/${String(property(prefix, "len"))}`);
  }
  return typeof item === "string" ? matches(item) : "maybe";
}

/** Whether the packet has that header. A rule about fields of another header does not match. */
function hasHeader(left: unknown, packet: Packet): Match {
  const parts = property(left, "concat");
  if (Array.isArray(parts)) return allOf(parts.map((part) => hasHeader(part, packet)));
  const { service: { protocol }, family, vague = {} } = packet;
  const header = String(property(property(left, "payload"), "protocol"));
  if (header === "ip" || header === "ip6") return decided((header === "ip") === (family === 4));
  if (!TRANSPORTS.has(header)) return "yes";
  return vague.protocol === true ? "maybe" : decided(header === protocol);
}

const TRANSPORTS: ReadonlySet<string> = new Set(
  ["tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmpv6", "igmp", "esp", "ah", "comp"],
);

/** The elements on the right: a single value, an anonymous set, or a named set. */
export function elementsOf(right: unknown, sets: NamedSets): unknown[] {
  if (typeof right === "string" && right.startsWith("@")) return sets(right.slice(1)).map(valueOf);
  const set = property(right, "set");
  if (Array.isArray(set)) return set.map(valueOf);
  return Array.isArray(right) ? right : [right];
}

/**
 * Returns the value of an element; one with a comment or a counter is an object around it. Whether an element that
 * times out still exists when a packet arrives is unknown.
 */
export function valueOf(element: unknown): unknown {
  const inner = property(element, "elem");
  if (property(inner, "expires") !== undefined) return ENDING;
  return property(inner, "val") ?? element;
}

/** Stands for an element that times out. */
const ENDING: unknown = { ends: true };

function coversPort(item: unknown, port: number): Match {
  const range = property(item, "range");
  if (Array.isArray(range)) return decided(port >= Number(range[0]) && port <= Number(range[1]));
  return typeof item === "number" ? decided(item === port) : "maybe";
}
