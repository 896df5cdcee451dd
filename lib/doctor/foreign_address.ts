/**
 * Whether an address in a rule can match packets from other hosts to this host.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";

/** Loopback, multicast and broadcast: neither the address of a client nor one by which it reaches this host. */
const NEVER = /^(127\.|::1(\/128)?$|22[4-9]\.|23[0-9]\.|255\.255\.255\.255|ff[0-9a-f]{2}:)/i;

/** @param text an address or a prefix in the form of a firewall listing. */
export function matchesForeign(text: string, family: AddressFamily): "no" | "maybe" {
  if (NEVER.test(text)) return "no";
  const other = family === 4 ? /^[0-9a-f]*:/i : /^[0-9]{1,3}\./;
  return other.test(text) ? "no" : "maybe";
}
