/**
 * Computes what a table of iptables does to a packet, as far as its rules are understood.
 *
 * @module
 */
import {
  type ChainOutcome,
  DECIDED_ELSEWHERE,
  type Exit,
  exitsOf,
  NOT_UNDERSTOOD,
  outcomeBehind,
  type PacketOutcome,
  type Step,
  worstOf,
} from "../../../doctor/chain_walk.ts";
import { type ListedRule, logicalLines, parseListing, type TableListing } from "../listing.ts";
import { matchesIptables } from "./condition.ts";
import { type Condition, optionOf, readRule } from "./words.ts";
import type { Packet } from "../../../doctor/packet.ts";
import { parseEndpoint, readPort, type Translation } from "../../../doctor/translation.ts";
import { EXPIRY_PREFIX } from "../../rule_comment.ts";

/** One table: its chains and the policies of the built-in ones. */
export interface IptablesPolicy {
  readonly chains: TableListing;
  /** `ACCEPT` or `DROP`, by chain. */
  readonly policies: ReadonlyMap<string, string>;
  /** Whether iptables does not list all of it; then the listing of nftables is judged. */
  readonly isPartial?: boolean;
}

/** Reads `iptables -t TABLE -S`. */
export function parsePolicy(text: string): IptablesPolicy {
  const policies = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const [, chain, policy] = /^-P (\S+) ([A-Z]+)$/.exec(line) ?? [];
    if (chain !== undefined && policy !== undefined) policies.set(chain, policy);
  }
  return { chains: parseListing(text), policies };
}

/** The first chain that a packet reaches in the table filter. */
export function hookChain({ hook }: Packet): "INPUT" | "FORWARD" {
  return hook === "forward" ? "FORWARD" : "INPUT";
}

/** What the table filter does to a packet. */
export function iptablesOutcomeOf(policy: IptablesPolicy, packet: Packet): PacketOutcome {
  return worstOf([outcomeIn(policy, hookChain(packet), packet)]);
}

/** What one of the built-in chains does to a packet. */
export function outcomeIn(policy: IptablesPolicy, chain: string, packet: Packet): ChainOutcome {
  const otherwise = policy.policies.get(chain) === "DROP" ? "dropped" : "accepted";
  return outcomeBehind(exitsIn(policy, chain, packet), otherwise);
}

/** Returns how a packet may leave a chain. */
export function exitsIn(policy: IptablesPolicy, chain: string, packet: Packet): ReadonlySet<Exit> {
  return exitsOf(
    chain,
    (name) => (policy.chains.get(name) ?? []).flatMap((rule) => steps(policy, rule, packet)),
  );
}

/** Returns the policy with one more rule, in the words of `iptables -S`, at an index of a chain. */
export function withRule(
  { chains, policies }: IptablesPolicy,
  chain: string,
  index: number,
  words: readonly string[],
): IptablesPolicy {
  const rule: ListedRule = { chain, words, text: words.join(" ") };
  const rules = (chains.get(chain) ?? []).toSpliced(index, 0, rule);
  return { policies, chains: new Map([...chains, [chain, rules]]) };
}

function steps(policy: IptablesPolicy, rule: ListedRule, packet: Packet): readonly Step[] {
  const { conditions, target, isGoto, options } = readRule(rule.words);
  const match = matchesIptables(conditions, packet);
  if (match === "no" || target === undefined) return [];
  if (policy.chains.has(target)) {
    return [{ match, does: isGoto ? { goto: target } : { jump: target } }];
  }
  const does = effect(target, options, rule.text);
  if (does === undefined) {
    return HANDING_OVER.has(target) ? DECIDED_ELSEWHERE : NOT_UNDERSTOOD;
  }
  if (does === "dropped" && conditions.some(isOddHeader)) return [];
  // A rule of ours concerns only the client with that grant.
  const isOurs = rule.words.some((word) => word.startsWith(EXPIRY_PREFIX));
  return match === "maybe" && isOurs && does !== "dropped" ? [] : [{ match, does }];
}

/**
 * Whether the condition is the routing header that old routers obeyed, and that ufw drops. No client sends it, and a
 * stranger can leave it out.
 */
function isOddHeader({ option, value, negated }: Condition): boolean {
  return option === "--rt-type" && value === "0" && !negated;
}

/** The effect of a target; `undefined` if the target is not understood. */
function effect(
  target: string,
  options: readonly string[],
  rule: string,
): Exit | "nothing" | undefined {
  const to = (place: Pick<Translation, "to" | "port">): Translation => ({ ...place, rule });
  switch (target) {
    case "ACCEPT":
      return "accepted";
    case "DROP":
    case "REJECT":
      return "dropped";
    case "RETURN":
      return "returned";
    case "DNAT":
      return to(parseEndpoint(optionOf(options, "--to-destination") ?? "unknown"));
    case "REDIRECT": {
      const ports = optionOf(options, "--to-ports");
      return to({ to: "here", port: ports === undefined ? "same" : readPort(ports) });
    }
    case "NETMAP":
      return to({ to: "unknown", port: "same" });
    default:
      return PASSING.has(target) ? "nothing" : undefined;
  }
}

/** Whether rules may use the target: a known target of iptables, or a chain of the table. */
export function hasTarget({ chains }: IptablesPolicy, target: string): boolean {
  return chains.has(target) || HANDING_OVER.has(target) || effect(target, [], "") !== undefined;
}

/** Targets that pass the packet to another program. */
const HANDING_OVER: ReadonlySet<string> = new Set(["QUEUE", "NFQUEUE", "SYNPROXY", "TPROXY"]);

/** Targets after which the packet continues unchanged. */
const PASSING: ReadonlySet<string> = new Set(
  "LOG NFLOG ULOG MARK CONNMARK CLASSIFY CT NOTRACK SET TOS DSCP ECN TTL HL TCPMSS TCPOPTSTRIP CHECKSUM AUDIT SECMARK CONNSECMARK RATEEST TRACE LED IDLETIMER HMARK TEE SNAT MASQUERADE"
    .split(" "),
);

/** Returns the parts of a packet that a rule of the table may change, so that they are unknown afterwards. */
export function doubtsIn(policy: IptablesPolicy, packet: Packet): ReadonlySet<"mark" | "state"> {
  const doubts = new Set<"mark" | "state">();
  for (const { words } of [...policy.chains.values()].flat()) {
    const { conditions, target = "", options } = readRule(words);
    const isUntracking = target === "NOTRACK" || (target === "CT" && options.includes("--notrack"));
    const isMarking = target === "MARK" ||
      (target === "CONNMARK" && options.includes("--restore-mark")) ||
      options.includes("--map-mark");
    if (!isUntracking && !isMarking) continue;
    if (matchesIptables(conditions, packet) === "no") continue;
    doubts.add(isUntracking ? "state" : "mark");
  }
  return doubts;
}
