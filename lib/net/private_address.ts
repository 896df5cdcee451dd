/**
 * Addresses that are not routed on the internet.
 *
 * @module
 */
import type { Address } from "./address.ts";
import { parsePrefix, type Prefix, prefixContains } from "./prefix.ts";

/** RFC 1918, 3927, 4193, 4291 and 6598, and loopback. */
const PRIVATE: readonly Prefix[] = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
].flatMap((text) => parsePrefix(text) ?? []);

/** Whether packets from this address reach hosts elsewhere only after address translation, if at all. */
export function isPrivate(address: Address): boolean {
  return PRIVATE.some((prefix) => prefixContains(prefix, address));
}
