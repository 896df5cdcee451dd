/**
 * Matches the addresses and interfaces in a rule of Linux against a packet.
 *
 * @module
 */
import { isLoopback } from "../net/host_range.ts";
import { parsePrefix, prefixContains } from "../net/prefix.ts";
import { allOf, decided, type Match } from "./chain_walk.ts";
import { matchesForeign } from "./foreign_address.ts";
import type { Packet } from "./packet.ts";

/** @param text an address or a prefix in the form of a firewall listing. */
export function matchesSource(text: string, { family }: Packet): Match {
  return matchesForeign(text, family);
}

/**
 * Whether the destination of a packet matches. The destination is known, or any address of this host, or any address of
 * another host.
 *
 * @param text an address or a prefix in the form of a firewall listing.
 */
export function matchesDestination(text: string, packet: Packet): Match {
  const { destination, family, hook = "input", locals } = packet;
  const prefix = parsePrefix(text);
  if (prefix === undefined) {
    return destination === undefined ? matchesForeign(text, family) : "maybe";
  }
  if (destination !== undefined) return decided(prefixContains(prefix, destination));
  const known = (locals ?? []).filter((address) =>
    address.family === family && !isLoopback(address)
  );
  if (prefix.family !== family) return "no";
  if (known.length === 0) return matchesForeign(text, family);
  const covered = known.map((address) => decided(prefixContains(prefix, address)));
  if (hook === "input") return covered.includes("yes") ? atLeastMaybe(allOf(covered)) : "no";
  const isSingle = prefix.length === prefix.network.bytes.length * 8;
  return isSingle && covered.includes("yes") ? "no" : matchesForeign(text, family);
}

/** The packet may go to any of several addresses, so a mismatch with one of them does not decide. */
function atLeastMaybe(match: Match): Match {
  return match === "no" ? "maybe" : match;
}

/** Whether a packet that enters by one of the interfaces matches the pattern; `eth+` and `eth*` match a prefix. */
export function matchesInterface(
  pattern: string,
  interfaces: readonly string[] | undefined,
): Match {
  if (pattern === "lo") return "no";
  if (interfaces === undefined || interfaces.length === 0) return "maybe";
  const matches = interfaces.map((name) => decided(coversName(pattern, name)));
  if (matches.includes("yes")) return atLeastMaybe(allOf(matches));
  return "no";
}

/** Whether the packet leaves by an interface that matches the pattern. */
export function matchesOutput(pattern: string, { leavesBy, hook }: Packet): Match {
  return hook !== "forward" || leavesBy === undefined
    ? "maybe"
    : decided(coversName(pattern, leavesBy));
}

function coversName(pattern: string, name: string): boolean {
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Whether the packet goes to this host, for rules about the type of an address. */
export function isLocalDestination({ hook = "input" }: Packet): Match {
  return decided(hook === "input");
}
