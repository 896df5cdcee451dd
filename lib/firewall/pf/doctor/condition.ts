/**
 * Whether a rule of pf matches a packet, from the words of its listing (pf.conf(5) of FreeBSD and macOS).
 *
 * @module
 */
import type { AddressFamily } from "../../../net/address.ts";
import type { Service } from "../../../net/service.ts";
import type { Step } from "../../../doctor/chain_walk.ts";
import { matchesForeign } from "../../../doctor/foreign_address.ts";
import { portOfName } from "../port_names.ts";

/** The first packet that any stranger sends to a service of this host. */
export interface PfPacket {
  readonly service: Service;
  readonly family: AddressFamily;
}

/** Splits a line into words, quoted texts and texts in parentheses. */
export function pfWords(line: string): string[] {
  return line.match(/"[^"]*"|\([^()]*\)|[^\s()"]+/g) ?? [];
}

/** Words that are not conditions. */
const SILENT: ReadonlySet<string> = new Set(
  "in quick all drop return return-rst return-icmp return-icmp6 log no keep modulate synproxy state allow-opts"
    .split(" "),
);

/** Words that are not conditions and take one argument. */
const SILENT_PAIRS: ReadonlySet<string> = new Set(
  ["label", "tag", "queue", "set", "reply-to", "ridentifier"],
);

/** Words that match other packets than the first one to a port. */
const OTHERS: ReadonlySet<string> = new Set(["out", "fragment", "icmp-type", "icmp6-type"]);

/**
 * Whether all conditions of a rule hold.
 *
 * @returns `maybe` if one is not understood, such as an interface, an address, a table or another route.
 */
export function matchesPf(
  words: readonly string[],
  { service, family }: PfPacket,
): Step["match"] {
  let certain = true;
  const word = (at: number) => words[at] ?? "";
  for (let at = 0; at < words.length; at++) {
    const now = word(at);
    let match: Step["match"] = "yes";
    if (OTHERS.has(now)) return "no";
    if (SILENT.has(now) || now.startsWith("(")) continue;
    if (SILENT_PAIRS.has(now)) at++;
    else if (now === "inet" || now === "inet6") {
      match = (now === "inet6") === (family === 6) ? "yes" : "no";
    } else if (now === "on") {
      const negated = word(at + 1) === "!";
      at += negated ? 2 : 1;
      const isLoopback = /^lo[0-9]*$/.test(word(at));
      match = !isLoopback ? "maybe" : negated ? "yes" : "no";
    } else if (now === "proto") {
      match = word(++at) === service.protocol ? "yes" : "no";
    } else if (now === "flags") {
      match = service.protocol === "udp" || admitsSyn(word(at + 1)) ? "yes" : "no";
      at++;
    } else if (now === "from" || now === "to") {
      const length = addressLength(words, at + 1);
      match = matchesAddress(words.slice(at + 1, at + 1 + length), now, family);
      at += length;
      if (match !== "no" && word(at + 1) === "port") {
        const port = readPort(words, at + 2);
        at += 1 + port.length;
        // A stranger may send from any port.
        const holds = now === "from" ? undefined : port.admits?.(service.port);
        if (holds === false) return "no";
        if (holds === undefined) match = "maybe";
      }
    } else match = "maybe";
    if (match === "no") return "no";
    if (match === "maybe") certain = false;
  }
  return certain ? "yes" : "maybe";
}

/**
 * Whether `S/SA` and the like match a packet with SYN only: of the flags after the slash, exactly those before it are
 * set.
 */
function admitsSyn(flags: string): boolean {
  const [set = "", mask] = flags.split("/");
  return mask === undefined ? flags === "any" : set === (mask.includes("S") ? "S" : "");
}

/** `any`, `! 10.0.0.0/8`, `10.0.0.1 - 10.0.0.9`. */
function addressLength(words: readonly string[], at: number): number {
  const length = words[at] === "!" ? 2 : 1;
  return words[at + length] === "-" ? length + 2 : length;
}

function matchesAddress(
  [address = "", ...more]: readonly string[],
  end: "from" | "to",
  family: AddressFamily,
): Step["match"] {
  if (more.length > 0) return "maybe";
  if (address === "any" || (end === "to" && address === "(self)")) return "yes";
  // A client that receives answers has a route.
  if (address === "no-route" || address === "urpf-failed") return "no";
  return matchesForeign(address, family);
}

interface PortCondition {
  /** Number of words. */
  readonly length: number;
  /** Absent if the name of a port is unknown. */
  readonly admits?: (port: number) => boolean;
}

type Compare = (port: number, left: number, right: number) => boolean;

/** Operators before a port. */
const UNARY: ReadonlyMap<string, Compare> = new Map([
  ["=", (port, value) => port === value],
  ["!=", (port, value) => port !== value],
  ["<", (port, value) => port < value],
  ["<=", (port, value) => port <= value],
  [">", (port, value) => port > value],
  [">=", (port, value) => port >= value],
]);

/** Operators between two ports, both exclusive. */
const BINARY: ReadonlyMap<string, Compare> = new Map([
  ["><", (port, low, high) => port > low && port < high],
  ["<>", (port, low, high) => port < low || port > high],
]);

/** `= ssh`, `>= 1024`, `22:30`, `1 >< 5`, `22`. */
function readPort(words: readonly string[], at: number): PortCondition {
  const [first = "", second = "", third = ""] = words.slice(at, at + 3);
  const unary = UNARY.get(first);
  if (unary !== undefined) return condition(2, unary, second, second);
  const binary = BINARY.get(second);
  if (binary !== undefined) return condition(3, binary, first, third);
  const [low = "", high = low] = first.split(":");
  return condition(1, (port, low, high) => port >= low && port <= high, low, high);
}

function condition(length: number, compare: Compare, left: string, right: string): PortCondition {
  const [low, high] = [portOfName(left), portOfName(right)];
  return low === undefined || high === undefined
    ? { length }
    : { length, admits: (port) => compare(port, low, high) };
}
