/**
 * Whether the addresses in a rule of Linux are about a packet.
 *
 * @module
 */
import type { Address } from "../net/address.ts";
import { parsePrefix, prefixContains } from "../net/prefix.ts";
import { allOf, decided, type Match } from "./chain_walk.ts";
import { matchesForeign } from "./foreign_address.ts";
import type { Packet } from "./packet.ts";

/** @param text an address or a prefix, as firewalls list them. */
export function matchesSource(text: string, { family }: Packet): Match {
  return matchesForeign(text, family);
}

/**
 * Whether a packet goes to one of these addresses: to the one that is known, to any of this host's, or to any of
 * another host's.
 *
 * @param text an address or a prefix, as firewalls list them.
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

/** The packet may go to the one address or to the other. */
function atLeastMaybe(match: Match): Match {
  return match === "no" ? "maybe" : match;
}

/** Whether a packet that comes by one of the interfaces comes by that one; `eth+` and `eth*` stand for many. */
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

/** Whether a packet leaves by that interface. */
export function matchesOutput(pattern: string, { leavesBy, hook }: Packet): Match {
  return hook !== "forward" || leavesBy === undefined
    ? "maybe"
    : decided(coversName(pattern, leavesBy));
}

function coversName(pattern: string, name: string): boolean {
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Whether a packet goes to this host, as rules about the type of an address ask. */
export function isLocalDestination({ hook = "input" }: Packet): Match {
  return decided(hook === "input");
}

/** Addresses that no packet from another host has as its destination. */
export function isLoopback({ family, bytes, text }: Address): boolean {
  return family === 4 ? bytes[0] === 127 : text === "::1";
}
