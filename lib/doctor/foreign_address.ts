/**
 * Whether addresses in a rule are about packets that come from other hosts to this one.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";

/** The loopback, multicast and broadcast: neither a stranger nor the address he reaches this host by. */
const NEVER = /^(127\.|::1(\/128)?$|22[4-9]\.|23[0-9]\.|255\.255\.255\.255|ff[0-9a-f]{2}:)/i;

/** @param text an address or a prefix as firewalls list them. */
export function matchesForeign(text: string, family: AddressFamily): "no" | "maybe" {
  if (NEVER.test(text)) return "no";
  const other = family === 4 ? /^[0-9a-f]*:/i : /^[0-9]{1,3}\./;
  return other.test(text) ? "no" : "maybe";
}
