/**
 * The results of the npm package `ip-address` for addresses, to compare with ours
 * (`docs/decisions/0016-an-address-oracle.md`).
 *
 * @module
 */
import { Address4, Address6 } from "address-oracle";
import type { Address } from "../../lib/net/address.ts";

/** The oracle's address for one of ours. */
export function oracleOf(address: Address): Address4 | Address6 {
  return address.family === 4 ? new Address4(address.text) : new Address6(address.text);
}

/** The bytes that the oracle reads in a text; `undefined` where it reads none. */
export function oracleBytes(text: string): Uint8Array | undefined {
  if (Address4.isValid(text)) return Uint8Array.from(new Address4(text).toArray());
  if (!Address6.isValid(text)) return undefined;
  return Uint8Array.from(fullLength(new Address6(text).toUnsignedByteArray(), 16));
}

/** The text that the oracle writes for 4 or 16 bytes. */
export function oracleText(bytes: Uint8Array): string {
  return bytes.length === 4
    ? Address4.fromByteArray([...bytes]).correctForm()
    : Address6.fromUnsignedByteArray([...bytes]).correctForm();
}

/** Adds the leading zeros, which the oracle's big integer lacks. */
function fullLength(bytes: readonly number[], length: number): number[] {
  const kept = bytes.slice(-length);
  return [...new Array<number>(length - kept.length).fill(0), ...kept];
}
