/**
 * Finds the IP packet in a frame by the type of the link, without guessing
 * (`docs/spec/server.md` 6.1 and 16, row 25).
 *
 * @module
 */

/** DLT_ numbers of libpcap (pcap-linktype(7)) that can be decoded. */
export const LinkType = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  raw: 12,
  rawOpenBsd: 14,
  pppSerial: 50,
  pppEthernet: 51,
  rawInFile: 101,
  loop: 108,
  linuxCooked: 113,
  pppWithDirection: 166,
  ipv4: 228,
  ipv6: 229,
  linuxCookedV2: 276,
} as const;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const PPPOE_SESSION = 0x8864;
/** 802.1Q, 802.1ad (QinQ), and two older numbers of QinQ. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
/** Real networks do not use more tags than this. */
const MOST_TAGS = 4;
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;

/** Whether frames of a link type can be decoded. */
export function isKnownLinkType(linkType: number): boolean {
  return Object.values<number>(LinkType).includes(linkType);
}

/**
 * The offset of the IP header in a frame, or `undefined` when the frame holds no IP packet. Reads
 * nothing beyond the frame and never throws. The IP decoder checks that the packet is whole.
 */
export function ipOffset(linkType: number, frame: Uint8Array): number | undefined {
  switch (linkType) {
    case LinkType.ethernet:
      return afterEtherType(frame, 12);
    case LinkType.linuxCooked:
      return afterEtherType(frame, 14);
    case LinkType.linuxCookedV2:
      // The protocol comes first. The payload follows after 20 bytes.
      return behind(frame, word(frame, 0), 20);
    case LinkType.raw:
    case LinkType.rawOpenBsd:
    case LinkType.rawInFile:
    case LinkType.ipv4:
    case LinkType.ipv6:
      return withVersion(frame, 0);
    case LinkType.null:
    case LinkType.loop:
      // The address family. The number of IPv6 and the byte order depend on the host that captured.
      return withVersion(frame, 4);
    case LinkType.ppp:
    case LinkType.pppSerial:
      return afterPpp(frame, 0);
    case LinkType.pppWithDirection:
      // The direction replaces the address byte.
      return afterPppProtocol(frame, 2);
    case LinkType.pppEthernet:
      return afterPppoe(frame, 0);
    default:
      return undefined;
  }
}

function word(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) << 8 | (bytes[offset + 1] ?? 0);
}

/** Reads the type at `offset` and finds the IP header after it. */
function afterEtherType(frame: Uint8Array, offset: number): number | undefined {
  const type = word(frame, offset);
  // 802.3: a length, then 802.2 LLC. Only SNAP without an organisation has an EtherType (RFC 1042).
  if (type <= 1500) {
    const isSnap = word(frame, offset + 2) === 0xaaaa && word(frame, offset + 4) === 0x0300 &&
      word(frame, offset + 6) === 0;
    return isSnap ? behind(frame, word(frame, offset + 8), offset + 10) : undefined;
  }
  return behind(frame, type, offset + 2);
}

/** The start of the IP header, given the type of the data at `offset`. */
function behind(frame: Uint8Array, type: number, offset: number): number | undefined {
  for (let tags = 0; VLAN_TAGS.has(type); tags++) {
    if (tags === MOST_TAGS) return undefined;
    type = word(frame, offset + 2);
    offset += 4;
  }
  switch (type) {
    case IPV4:
      return withVersion(frame, offset, 4);
    case IPV6:
      return withVersion(frame, offset, 6);
    case PPPOE_SESSION:
      return afterPppoe(frame, offset);
    default:
      return undefined;
  }
}

/** RFC 2516: version and type 1, code 0 (session data), session, length; then the protocol of PPP. */
function afterPppoe(frame: Uint8Array, offset: number): number | undefined {
  return word(frame, offset) === 0x1100 ? afterPppProtocol(frame, offset + 6) : undefined;
}

/** RFC 1662: the address and control bytes are optional. */
function afterPpp(frame: Uint8Array, offset: number): number | undefined {
  return afterPppProtocol(frame, word(frame, offset) === 0xff03 ? offset + 2 : offset);
}

/** RFC 1661 6.5: the first byte of the protocol is optional when it is zero; the last byte is odd. */
function afterPppProtocol(frame: Uint8Array, offset: number): number | undefined {
  const first = frame[offset] ?? 0;
  const isShort = (first & 1) === 1;
  const protocol = isShort ? first : word(frame, offset);
  const start = offset + (isShort ? 1 : 2);
  if (protocol === PPP_IPV4) return withVersion(frame, start, 4);
  if (protocol === PPP_IPV6) return withVersion(frame, start, 6);
  return undefined;
}

/** `offset` if a header of that IP version starts there. */
function withVersion(frame: Uint8Array, offset: number, wanted?: 4 | 6): number | undefined {
  const version = (frame[offset] ?? 0) >> 4;
  const isRight = wanted === undefined ? version === 4 || version === 6 : version === wanted;
  return isRight ? offset : undefined;
}
