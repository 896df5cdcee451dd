/**
 * A reference to a chain that decides about packets, and the commands that make it accept some of them.
 *
 * @module
 */
import type { Service } from "../../net/service.ts";
import { HEX_MARK, NFT_TABLE } from "../nft/schema.ts";
import { admittingFirewalld } from "../firewalld/commands.ts";

/** A chain on a hook of the kernel. */
export interface ChainReference {
  /** The program that lists and changes it: `iptables`, `ip6tables`, `nft`. */
  readonly command: string;
  /** `filter`; for nft `inet filter`. */
  readonly table: string;
  readonly chain: string;
  /** Set for chains of nft. */
  readonly priority?: number;
  /** The program that made it, if known. */
  readonly owner?: "firewalld" | "fwknop";
}

/** Names the chain, as the subject of a sentence. */
export function describePlace({ command, table, chain }: ChainReference): string {
  if (command === "nft") return `the chain ${chain} of table ${table}`;
  return table === "filter" ? `${chain} of ${command}` : `${chain} of ${command} -t ${table}`;
}

/** Returns the command that accepts a service in the chain. */
export function admitService(place: ChainReference, { protocol, port }: Service): string {
  if (place.owner === "fwknop") return `nft delete table ${NFT_TABLE}`;
  if (place.owner === "firewalld") return admittingFirewalld({ protocol, port });
  return putFirst(place, {
    iptables: `-p ${protocol} --dport ${port} -j ACCEPT`,
    nft: `${protocol} dport ${port} accept`,
  });
}

/** Returns the command that accepts packets that our own table of nftables accepted. */
export function admitMark(place: ChainReference): string {
  return putFirst(place, {
    iptables: `-m mark --mark ${HEX_MARK} -j ACCEPT`,
    nft: `meta mark ${HEX_MARK} accept`,
  });
}

/** Returns the command that accepts packets of established connections. */
export function admitEstablished(place: ChainReference): string {
  return putFirst(place, {
    iptables: "-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
    nft: "ct state established,related accept",
  });
}

/** Returns the command that accepts packets whose destination a rule of this host changed. */
export function admitTranslated(place: ChainReference): string {
  return putFirst(place, {
    iptables: "-m conntrack --ctstate DNAT -j ACCEPT",
    nft: "ct status dnat accept",
  });
}

/** The new rule comes before all others, so it also comes before the rule that drops. */
function putFirst(
  { command, table, chain }: ChainReference,
  rule: Readonly<Record<"iptables" | "nft", string>>,
): string {
  return command === "nft"
    ? `nft insert rule ${table} ${chain} ${rule.nft}`
    : `${command}${table === "filter" ? "" : ` -t ${table}`} -I ${chain} 1 ${rule.iptables}`;
}
