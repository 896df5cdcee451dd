/**
 * Checks whether iptables lists its tables completely. Its nf_tables variant silently leaves out what nft can add to
 * these tables and iptables cannot express: it lists a rule with a set without that condition.
 *
 * @module
 */
import { property } from "../listing.ts";
import { isCompatible, type NftChain } from "../ruleset.ts";

/** Whether the listing of iptables shows the table completely. */
export function isFaithful(chains: readonly NftChain[], table: string): boolean {
  return chains.filter((chain) => chain.table === table).every((chain) =>
    chain.mayRest !== true && standsRight(chain) && chain.rules.flat().every(isOfIptables)
  );
}

/** Whether a chain with a name of iptables is at the hook that iptables reports. */
function standsRight(chain: NftChain): boolean {
  return !isCompatible(chain) || chain.hook === chain.name.toLowerCase();
}

function isOfIptables(expression: unknown): boolean {
  const [[name = "", value] = []] = Object.entries(expression ?? {});
  switch (name) {
    case "match":
      return isWord(value);
    case "counter":
      return typeof value !== "string";
    case "log":
      return property(value, "group") !== undefined;
    case "mangle":
      return property(property(property(value, "key"), "meta"), "key") === "nftrace";
    default:
      return /^(xt|limit|accept|drop|return|jump|goto)$/.test(name);
  }
}

/** Whether iptables can express the condition. */
function isWord(match: unknown): boolean {
  const [left, right] = [property(match, "left"), property(match, "right")];
  const masked = property(left, "&");
  const field = Array.isArray(masked) ? masked[0] : left;
  const [payload, meta] = [property(field, "payload"), property(property(field, "meta"), "key")];
  const name = payload === undefined
    ? `meta ${String(meta)}`
    : `${String(property(payload, "protocol"))} ${String(property(payload, "field"))}`;
  if (Array.isArray(masked)) return MASKED.test(name);
  // Whether any of these flags is set, or none; not a comparison of all flags.
  if (name === "tcp flags") return /^(in|!)$/.test(String(property(match, "op")));
  if (property(right, "range") !== undefined) return PORTS.test(name);
  if (property(right, "prefix") !== undefined) return ADDRESSES.test(name);
  if (typeof right === "string" && right.startsWith("@")) return false;
  return /^(string|number)$/.test(typeof right) && PLAIN.test(name);
}

const PORTS = /^(tcp|udp) [sd]port$/;
const ADDRESSES = /^ip6? [sd]addr$/;
const MASKED = /^(tcp flags|ip frag-off|ip6? [sd]addr|meta mark)$/;
const PLAIN =
  /^((tcp|udp) [sd]port|ip6? [sd]addr|ip protocol|ip ttl|ip6 hoplimit|icmp type|icmpv6 type|meta (l4proto|[io]if|[io]ifname|mark|pkttype))$/;
