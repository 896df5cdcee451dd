/**
 * A key for tables by address, cheap enough for every packet of a flood.
 *
 * @module
 */
import type { Address } from "./address.ts";

/** Tells addresses apart: the number of an IPv4 address, the text of an IPv6 address. */
export function addressKey(address: Address): number | string {
  if (address.family === 6) return address.text;
  const [a = 0, b = 0, c = 0, d = 0] = address.bytes;
  return (a << 24 | b << 16 | c << 8 | d) >>> 0;
}
