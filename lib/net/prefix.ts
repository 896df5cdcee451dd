/**
 * Address prefixes, as in SOURCE and DESTINATION lists.
 *
 * @module
 */
import { type Address, type AddressFamily, addressFromBytes, parseAddress } from "./address.ts";

/** A network: an address with its host bits cleared, and the number of leading bits that are compared. */
export interface Prefix {
  readonly family: AddressFamily;
  readonly network: Address;
  /** 0 to 32 or 0 to 128 bits. */
  readonly length: number;
}

/** Bits before the IPv4 address in an IPv4-mapped address. */
const MAPPED_BITS = 96;

/**
 * Parses `address`, `address/bits` or `address/dotted mask` (IPv4 only), or returns `undefined`.
 * Host bits are cleared. `/0` is refused, as in the C daemon: the plain word for it is `ANY`
 * (`docs/spec/server.md` 5.5). After an IPv4-mapped IPv6 address the bits count as in IPv6, so
 * `::ffff:192.0.2.0/120` is `192.0.2.0/24`.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf("/");
  const addressText = slash < 0 ? text : text.slice(0, slash);
  const address = parseAddress(addressText);
  if (address === undefined) return undefined;
  const bits = address.bytes.length * 8;
  const written: AddressFamily = addressText.includes(":") ? 6 : 4;
  const hidden = written === address.family ? 0 : MAPPED_BITS;
  const given = slash < 0 ? bits + hidden : parseLength(text.slice(slash + 1), written);
  if (given === undefined) return undefined;
  const length = given - hidden;
  if (length < 1 || length > bits) return undefined;
  return { family: address.family, network: maskAddress(address, length), length };
}

/** Whether the address is in the prefix. An address of the other family never is. */
export function prefixContains(prefix: Prefix, address: Address): boolean {
  if (prefix.family !== address.family) return false;
  const network = prefix.network.bytes;
  const whole = prefix.length >> 3;
  for (let index = 0; index < whole; index++) {
    if (network[index] !== address.bytes[index]) return false;
  }
  const rest = prefix.length & 7;
  if (rest === 0) return true;
  const mask = 0xff << (8 - rest) & 0xff;
  return network[whole] === ((address.bytes[whole] ?? 0) & mask);
}

/** Canonical text: `192.0.2.0/24`; a single address has no length. */
export function formatPrefix(prefix: Prefix): string {
  const whole = prefix.length === prefix.network.bytes.length * 8;
  return whole ? prefix.network.text : `${prefix.network.text}/${prefix.length}`;
}

function maskAddress(address: Address, length: number): Address {
  const bytes = address.bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, length - index * 8));
    return byte & (0xff << (8 - kept) & 0xff);
  });
  return addressFromBytes(bytes);
}

/** Prefix length, from `24` or, for IPv4, from a contiguous mask such as `255.255.255.0`. */
function parseLength(text: string, family: AddressFamily): number | undefined {
  if (/^(0|[1-9][0-9]{0,2})$/.test(text)) return Number(text);
  const mask = family === 4 ? parseAddress(text) : undefined;
  if (mask === undefined || mask.family !== 4) return undefined;
  const bits = Array.from(mask.bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) ? bits.lastIndexOf("1") + 1 : undefined;
}
