/**
 * Parses the kernel's reports of changes in nf_tables (linux/netfilter/nf_tables.h). The nf_tables variant of iptables
 * and firewalld cause them too.
 *
 * @module
 */
import { netlinkAttributes, netlinkMessages, netlinkText } from "../net/netlink.ts";

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

const FAMILY_HEADER = 4;
const SUBSYSTEM = 10; // NFNL_SUBSYS_NFTABLES, the upper byte of the type
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
  const changes: RulesetChange[] = [];
  for (const { type, body } of netlinkMessages(batch)) {
    const kind = type >> 8 === SUBSYSTEM ? KINDS[type & 0xff] : undefined;
    if (kind === undefined || body.length < FAMILY_HEADER) continue;
    const { what, isDeleted, name } = kind;
    const texts = textsIn(body.subarray(FAMILY_HEADER), name);
    changes.push({ what, isDeleted, family: FAMILIES[body[0] ?? 0] ?? "", ...texts });
  }
  return changes;
}

function textsIn(
  attributes: Uint8Array,
  nameAttribute: number,
): Pick<RulesetChange, "table" | "name"> {
  const texts = { table: "", name: "" };
  for (const { type, value } of netlinkAttributes(attributes)) {
    if (type === TABLE_ATTRIBUTE) texts.table = netlinkText(value);
    else if (type === nameAttribute) texts.name = netlinkText(value);
  }
  return texts;
}
