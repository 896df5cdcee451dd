/**
 * Which addresses can belong to exactly one other host.
 *
 * @module
 */
import type { Address } from "./address.ts";
import { parsePrefix, type Prefix, prefixContains } from "./prefix.ts";

/** RFC 1122 3.2.1.3 and RFC 4291 2.5.3. */
const LOOPBACK = prefixes("127.0.0.0/8", "::1/128");

/** "This network", multicast and broadcast (RFC 1122 3.2.1.3, RFC 1112, RFC 4291 2.5.2 and 2.7). */
const NO_HOST = prefixes("0.0.0.0/8", "224.0.0.0/4", "255.255.255.255", "::/128", "ff00::/8");

/** RFC 4291 2.5.6: the address means another host on each link. */
const LINK_LOCAL = prefixes("fe80::/10");

/** Whether packets to the address never leave the sending host. */
export function isLoopback(address: Address): boolean {
  return LOOPBACK.some((prefix) => prefixContains(prefix, address));
}

/** Whether the address means no single host: unspecified, multicast, or the limited broadcast. */
export function isNoHost(address: Address): boolean {
  return NO_HOST.some((prefix) => prefixContains(prefix, address));
}

/** Whether the address means one host only together with an interface. */
export function isLinkLocal(address: Address): boolean {
  return LINK_LOCAL.some((prefix) => prefixContains(prefix, address));
}

function prefixes(...texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}
