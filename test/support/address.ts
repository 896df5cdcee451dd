/**
 * Addresses for tests.
 *
 * @module
 */
import { type Address, parseAddress } from "../../lib/net/address.ts";

/** Parses an address that must be valid. */
export function anAddress(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new RangeError(`Not an address: ${text}`);
  return address;
}
