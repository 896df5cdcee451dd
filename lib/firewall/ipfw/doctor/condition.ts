/**
 * Whether a rule of ipfw matches a packet, from the words of its listing (ipfw(8) of FreeBSD).
 *
 * @module
 */
import type { AddressFamily } from "../../../net/address.ts";
import type { Service } from "../../../net/service.ts";
import { allOf, type Match } from "../../../doctor/chain_walk.ts";
import { matchesForeign } from "../../../doctor/foreign_address.ts";

/** A packet that any stranger sends to a service of this host. */
export interface IpfwPacket {
  readonly service: Service;
  readonly family: AddressFamily;
  /** Whether it belongs to an established connection; otherwise it is a first packet. */
  readonly established: boolean;
}

/**
 * Whether all conditions of a rule hold.
 *
 * @param words after the action: `tcp from any to me dst-port 22 setup`.
 * @returns `maybe` if one is not understood, such as an interface, an address or a table.
 */
export function matchesIpfw(words: readonly string[], packet: IpfwPacket): Match {
  const from = words.indexOf("from");
  const to = words.indexOf("to", from);
  if (from < 0 || to < 0) return "maybe";
  const [source = [], destination = []] = [words.slice(from + 1, to), words.slice(to + 1)];
  const length = groupLength(destination);
  return allOf([
    matchesProtocol(words.slice(0, from), packet),
    matchesSource(source, packet),
    matchesDestination(destination.slice(0, length), packet),
    matchesOptions(destination.slice(length), packet),
  ]);
}

/** Number of words of the first operand: `me`, `not me`, `{ 192.0.2.1 or 192.0.2.2 }`. */
function groupLength(words: readonly string[]): number {
  const negated = words[0] === "not" ? 1 : 0;
  if (!(words[negated] ?? "").startsWith("{")) return negated + 1;
  const end = words.findIndex((word) => word.endsWith("}"));
  return end < 0 ? words.length : end + 1;
}

/** `ip`, `tcp`, `{ tcp or udp }`. */
function matchesProtocol(words: readonly string[], { service, family }: IpfwPacket): Match {
  if (words.includes("not")) return "maybe";
  const names = words.flatMap((word) => word.split(/[{}]/))
    .filter((word) => word !== "" && word !== "or");
  const own = new Set(["ip", "all", `ip${family}`, `ipv${family}`, service.protocol]);
  return names.some((name) => own.has(name)) ? "yes" : "no";
}

function matchesSource([address = "", ...more]: readonly string[], { family }: IpfwPacket): Match {
  // A stranger may send from any port.
  if (address === "any") return more.length === 0 ? "yes" : "maybe";
  if (address === "me" || address === "me6") return "no";
  return matchesAddresses(address, family);
}

function matchesDestination(
  [address = "", ...more]: readonly string[],
  { family }: IpfwPacket,
): Match {
  if (more.length > 0) return "maybe";
  if (address === "any" || address === "me") return "yes";
  if (address === "me6") return family === 6 ? "yes" : "no";
  return matchesAddresses(address, family);
}

/** `192.0.2.1,198.51.100.0/24`. */
function matchesAddresses(list: string, family: AddressFamily): Match {
  const matches = list.split(",").map((address) => matchesForeign(address, family));
  return matches.includes("maybe") ? "maybe" : "no";
}

/** Options that do not match packets to services: outgoing packets, ICMP. */
const OTHERS: ReadonlySet<string> = new Set(["out", "xmit", "icmptypes", "icmp6types"]);

function matchesOptions(words: readonly string[], packet: IpfwPacket): Match {
  const { service, established } = packet;
  const isTcp = service.protocol === "tcp";
  const matches: Match[] = [];
  let at = 0;
  // In the older form the ports follow the address directly.
  if (/^[0-9]/.test(words[0] ?? "")) matches.push(coversPort(words[at++] ?? "", service.port));
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    const negated = word === "not";
    const name = negated ? words[++at] ?? "" : word;
    let match: Match = "maybe";
    if (OTHERS.has(name)) match = "no";
    else if (name === "in" || name === "keep-state" || name === "record-state") match = "yes";
    else if (name.startsWith(":")) continue;
    else if (name === "via" || name === "recv") {
      const interfaceName = words[++at] ?? "";
      match = /^lo[0-9*]*$/.test(interfaceName) ? "no" : interfaceName === "any" ? "yes" : "maybe";
    } else if (name === "dst-port") match = coversPort(words[++at] ?? "", service.port);
    else if (name === "proto") match = matchesProtocol([words[++at] ?? ""], packet);
    else if (name === "setup") match = isTcp && !established ? "yes" : "no";
    else if (name === "established") match = isTcp && established ? "yes" : "no";
    else if (name === "limit") {
      // The number of existing connections is unknown.
      while (at + 1 < words.length && !/^[0-9]+$/.test(words[at] ?? "")) at++;
    } else if (name === "frag" && !/[!,]|^(df|mf|rf|offset)$/.test(words[at + 1] ?? "")) {
      match = "no";
    } else if (name.startsWith("{")) {
      while (at < words.length && !(words[at] ?? "").endsWith("}")) at++;
    }
    matches.push(!negated || match === "maybe" ? match : match === "yes" ? "no" : "yes");
  }
  return allOf(matches);
}

/** `22`, `22,80,8000-8010`; a name may mean any port. */
function coversPort(list: string, port: number): Match {
  const ranges = list.split(",").map((part) => part.split("-"));
  if (!ranges.flat().every((text) => /^[0-9]{1,5}$/.test(text))) return "maybe";
  const covers = ranges.some(([low = "", high = low]) =>
    port >= Number(low) && port <= Number(high)
  );
  return covers ? "yes" : "no";
}
