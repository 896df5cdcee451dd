/**
 * Addresses that do not belong to a single other host.
 *
 * @module
 */
import type { Address } from "./address.ts";
import { parsePrefix, prefixContains } from "./prefix.ts";

/** RFC 6890 and 4291; the first match gives the kind. IPv4 in the low bits of `::/96` is out of use since RFC 4291. */
const KINDS = ([
  ["an unspecified address", "0.0.0.0/8"],
  ["an unspecified address", "::/128"],
  ["a loopback address", "127.0.0.0/8"],
  ["a loopback address", "::1/128"],
  ["a broadcast address", "255.255.255.255/32"],
  ["a multicast address", "224.0.0.0/4"],
  ["a multicast address", "ff00::/8"],
  ["a reserved address", "240.0.0.0/4"],
  ["a reserved address", "::/96"],
] as const).flatMap(([kind, text]) => {
  const prefix = parsePrefix(text);
  return prefix === undefined ? [] : [{ kind, prefix }];
});

/** The name of an address's kind. */
export type SpecialKind = (typeof KINDS)[number]["kind"];

/**
 * The kind of an address from which no packet of another host can come: `a multicast address`. `undefined` for the
 * address of a host, private or not.
 */
export function specialKind(address: Address): SpecialKind | undefined {
  return KINDS.find(({ prefix }) => prefixContains(prefix, address))?.kind;
}
