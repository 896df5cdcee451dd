/**
 * Parses the kernel's reports of changes in nf_tables (linux/netfilter/nf_tables.h). The nf_tables variant of iptables
 * and firewalld cause them too.
 *
 * @module
 */

/** One object that was created or deleted. */
export interface RulesetChange {
  readonly what: "table" | "chain" | "rule" | "set" | "element";
  readonly isDeleted: boolean;
  /** `inet`, `ip`, `ip6`; empty for the families that no adapter uses. */
  readonly family: string;
  readonly table: string;
  /** The name of the chain or set, or of the chain or set that holds the rule or element; empty for a table. */
  readonly name: string;
}

const MESSAGE_HEADER = 16;
const FAMILY_HEADER = 4;
const ATTRIBUTE_HEADER = 4;
const SUBSYSTEM = 10; // NFNL_SUBSYS_NFTABLES, the upper byte of the type
/** An attribute's number without the flags NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const ATTRIBUTE_MASK = 0x3fff;
const TABLE_ATTRIBUTE = 1; // of every object
const FAMILIES: Readonly<Record<number, string>> = { 1: "inet", 2: "ip", 10: "ip6" };

/** By `NFT_MSG_…`: the object, and the attribute that holds its name; 0: it has no name beside the table's. */
const KINDS: Readonly<
  Record<number, Pick<RulesetChange, "what" | "isDeleted"> & { name: number }>
> = {
  0: { what: "table", isDeleted: false, name: 0 },
  2: { what: "table", isDeleted: true, name: 0 },
  3: { what: "chain", isDeleted: false, name: 3 },
  5: { what: "chain", isDeleted: true, name: 3 },
  6: { what: "rule", isDeleted: false, name: 2 },
  8: { what: "rule", isDeleted: true, name: 2 },
  9: { what: "set", isDeleted: false, name: 2 },
  11: { what: "set", isDeleted: true, name: 2 },
  12: { what: "element", isDeleted: false, name: 2 },
  14: { what: "element", isDeleted: true, name: 2 },
};

/**
 * The changes in a batch of netlink messages, in order. Messages of other kinds are skipped. Never throws: parsing ends
 * at a length that exceeds its container.
 */
export function parseRulesetChanges(batch: Uint8Array): RulesetChange[] {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  const changes: RulesetChange[] = [];
  for (let offset = 0; offset + MESSAGE_HEADER <= batch.length;) {
    const length = view.getUint32(offset, true);
    if (length < MESSAGE_HEADER || offset + length > batch.length) break;
    const type = view.getUint16(offset + 4, true);
    const kind = type >> 8 === SUBSYSTEM ? KINDS[type & 0xff] : undefined;
    if (kind !== undefined && length >= MESSAGE_HEADER + FAMILY_HEADER) {
      const body = offset + MESSAGE_HEADER;
      const { what, isDeleted, name } = kind;
      const texts = readTexts(view, body + FAMILY_HEADER, offset + length, name);
      changes.push({ what, isDeleted, family: FAMILIES[view.getUint8(body)] ?? "", ...texts });
    }
    offset += align(length);
  }
  return changes;
}

function align(length: number): number {
  return (length + 3) & ~3;
}

function readTexts(
  view: DataView,
  offset: number,
  end: number,
  nameAttribute: number,
): Pick<RulesetChange, "table" | "name"> {
  const texts = { table: "", name: "" };
  while (offset + ATTRIBUTE_HEADER <= end) {
    const length = view.getUint16(offset, true);
    if (length < ATTRIBUTE_HEADER || offset + length > end) break;
    const attribute = view.getUint16(offset + 2, true) & ATTRIBUTE_MASK;
    if (attribute === TABLE_ATTRIBUTE) texts.table = readText(view, offset, length);
    else if (attribute === nameAttribute) texts.name = readText(view, offset, length);
    offset += align(length);
  }
  return texts;
}

function readText(view: DataView, offset: number, length: number): string {
  const start = view.byteOffset + offset + ATTRIBUTE_HEADER;
  const bytes = new Uint8Array(view.buffer, start, length - ATTRIBUTE_HEADER);
  const zero = bytes.indexOf(0);
  return new TextDecoder().decode(zero < 0 ? bytes : bytes.subarray(0, zero));
}
