/**
 * A chain that decides about packets, and the commands that make it let some of them pass.
 *
 * @module
 */
import type { Service } from "../../net/service.ts";
import { HEX_MARK, NFT_TABLE } from "../nft/schema.ts";
import { admittingFirewalld } from "../firewalld/commands.ts";

/** A chain on a hook of the kernel. */
export interface Place {
  /** The program that shows and changes it: `iptables`, `ip6tables`, `nft`. */
  readonly command: string;
  /** `filter`, or with nft `inet filter`. */
  readonly table: string;
  readonly chain: string;
  /** Of a chain of nft. */
  readonly priority?: number;
  /** Who made it, if anybody who is known. */
  readonly owner?: "firewalld" | "fwknop";
}

/** In words, to be a subject. */
export function describePlace({ command, table, chain }: Place): string {
  if (command === "nft") return `the chain ${chain} of table ${table}`;
  return table === "filter" ? `${chain} of ${command}` : `${chain} of ${command} -t ${table}`;
}

/** Lets a service in there. */
export function admitService(place: Place, { protocol, port }: Service): string {
  if (place.owner === "fwknop") return `nft delete table ${NFT_TABLE}`;
  if (place.owner === "firewalld") return admittingFirewalld({ protocol, port });
  return putFirst(place, {
    iptables: `-p ${protocol} --dport ${port} -j ACCEPT`,
    nft: `${protocol} dport ${port} accept`,
  });
}

/** Lets in what our own table of nftables has let in. */
export function admitMark(place: Place): string {
  return putFirst(place, {
    iptables: `-m mark --mark ${HEX_MARK} -j ACCEPT`,
    nft: `meta mark ${HEX_MARK} accept`,
  });
}

/** Lets connections live on. */
export function admitEstablished(place: Place): string {
  return putFirst(place, {
    iptables: "-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
    nft: "ct state established,related accept",
  });
}

/** Lets through what a rule of this host has sent elsewhere. */
export function admitTranslated(place: Place): string {
  return putFirst(place, {
    iptables: "-m conntrack --ctstate DNAT -j ACCEPT",
    nft: "ct status dnat accept",
  });
}

/** In front of all rules there: wherever the one stands that drops, it comes later. */
function putFirst(
  { command, table, chain }: Place,
  rule: Readonly<Record<"iptables" | "nft", string>>,
): string {
  return command === "nft"
    ? `nft insert rule ${table} ${chain} ${rule.nft}`
    : `${command}${table === "filter" ? "" : ` -t ${table}`} -I ${chain} 1 ${rule.iptables}`;
}
