/**
 * IP addresses: one strict parser for every address that is read.
 *
 * @module
 */

/** The IP version of an address. */
export type AddressFamily = 4 | 6;

/**
 * An IP address in network byte order. IPv4-mapped IPv6 addresses (`::ffff:192.0.2.1`) do not occur:
 * every constructor turns them into the IPv4 address, so each host has one form.
 */
export interface Address {
  readonly family: AddressFamily;
  /** 4 or 16 bytes, network order. */
  readonly bytes: Uint8Array;
  /** Canonical text: dotted decimal, or RFC 5952 for IPv6. Equal addresses have equal texts. */
  readonly text: string;
}

/**
 * The address in 4 or 16 bytes of network order. The bytes are copied.
 *
 * @throws {RangeError} when the length is neither 4 nor 16.
 */
export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length === 4) return ipv4Address(bytes);
  if (bytes.length !== 16) {
    throw new RangeError(`An address has 4 or 16 bytes, not ${bytes.length}`);
  }
  return isMapped(bytes)
    ? ipv4Address(bytes.subarray(12))
    : { family: 6, bytes: bytes.slice(), text: formatIpv6(bytes) };
}

function ipv4Address(bytes: Uint8Array): Address {
  const [a, b, c, d] = bytes;
  return { family: 4, bytes: bytes.slice(), text: `${a}.${b}.${c}.${d}` };
}

/** Whether 16 bytes are `::ffff:a.b.c.d`. */
function isMapped(bytes: Uint8Array): boolean {
  if (bytes[10] !== 0xff || bytes[11] !== 0xff) return false;
  for (let index = 0; index < 10; index++) {
    if (bytes[index] !== 0) return false;
  }
  return true;
}

/**
 * Parses dotted decimal IPv4 or RFC 4291 IPv6 text, or returns `undefined`.
 *
 * Stricter than `inet_aton`, which the C tools use: exactly four decimal parts, no leading zeros
 * (they mean octal there), no short forms, no zone index.
 */
export function parseAddress(text: string): Address | undefined {
  const bytes = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  return bytes === undefined ? undefined : addressFromBytes(bytes);
}

/** Whether this is `0.0.0.0` or `::`, which in a message asks for the source address of the packet. */
export function isUnspecified(address: Address): boolean {
  return address.bytes.every((byte) => byte === 0);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[index] = Number(part);
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups: number[][] = [];
  for (const [index, half] of halves.entries()) {
    const parsed = parseGroups(half, index === halves.length - 1);
    if (parsed === undefined) return undefined;
    groups.push(parsed);
  }
  const head = groups[0] ?? [];
  const tail = groups[1];
  const given = head.length + (tail?.length ?? 0);
  // "::" replaces at least one group of zeros (RFC 5952 section 4.2.2 allows no less).
  if (tail === undefined ? given !== 8 : given > 7) return undefined;
  const all = [...head, ...new Array<number>(8 - given).fill(0), ...(tail ?? [])];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** 16-bit groups on one side of `::`. Only the end of the address may be dotted decimal. */
function parseGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(parseInt(part, 16));
      continue;
    }
    const ipv4 = isLast && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4 === undefined) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = ipv4;
    groups.push(a << 8 | b, c << 8 | d);
  }
  return groups;
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from(
    { length: 8 },
    (_, index) => (bytes[index * 2] ?? 0) << 8 | (bytes[index * 2 + 1] ?? 0),
  );
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.length < 2) return hex.join(":");
  return `${hex.slice(0, best.start).join(":")}::${hex.slice(best.start + best.length).join(":")}`;
}
