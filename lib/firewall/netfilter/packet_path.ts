/**
 * Follows a stranger's packet through a Linux host: the chains before its destination may be changed, the rules that
 * change it, and the chains after that, until the packet is dropped or arrives.
 *
 * @module
 */
import {
  type ChainOutcome,
  type Exit,
  type PacketOutcome,
  worstOf,
} from "../../doctor/chain_walk.ts";
import { exitsIn } from "../iptables/doctor/policy.ts";
import { isLoopback } from "../../net/host_range.ts";
import type { Ruleset } from "./ruleset.ts";
import { chainsOfHook, nftExitsAt } from "../nft/doctor/policy.ts";
import type { Packet } from "../../doctor/packet.ts";
import type { ChainReference } from "./chain_reference.ts";
import type { Translation } from "../../doctor/translation.ts";
import { doubted, earlyVerdicts, lateVerdicts, TRANSLATING } from "./verdicts.ts";

/** A rule that sends a packet elsewhere. */
export interface Sender {
  readonly place: ChainReference;
  readonly translation: Translation;
}

/** One of the possible continuations of a packet after the rules that change destinations. */
export interface Branch {
  /** The packet after those rules; absent if it is dropped there, or cannot be followed. */
  readonly packet?: Packet;
  readonly isDropped?: boolean;
  /** The rule that changed the packet; absent if it is unchanged. */
  readonly sender?: Sender;
}

/** Where a packet ends, and the branch that led there. */
export interface End {
  readonly outcome: PacketOutcome;
  readonly branch: Branch;
  /** Whether a rule may have changed the packet into another one with an unknown destination. */
  readonly isAstray: boolean;
}

/** Returns every end that the packet may have. */
export function endsOf(ruleset: Ruleset, packet: Packet): End[] {
  const before = earlyVerdicts(ruleset, packet).map(({ outcome }) => outcome);
  const early = before.includes("astray") ? "astray" : worstOf(before);
  return branchesOf(ruleset, packet).map((branch) => {
    const late = endOf(ruleset, branch);
    const isAstray = early === "astray" || late === "astray";
    return { branch, isAstray, outcome: worstOf([behind(early, late)]) };
  });
}

/**
 * Returns the outcome that all ends share, or `unclear`. Rules that could not be read may send any packet elsewhere.
 */
export function agreedOutcome({ unread = [] }: Ruleset, ends: readonly End[]): PacketOutcome {
  const outcomes = new Set(ends.map(({ outcome }) => outcome));
  if (unread.length > 0) outcomes.delete("dropped");
  const [outcome = "unclear"] = outcomes;
  return outcomes.size === 1 ? outcome : "unclear";
}

function behind(early: ChainOutcome, late: ChainOutcome): ChainOutcome {
  if (early === "astray" || early === "dropped") return early;
  return early === "unclear" && late === "accepted" ? early : late;
}

function endOf(ruleset: Ruleset, { packet, isDropped }: Branch): ChainOutcome {
  if (packet === undefined) return isDropped === true ? "dropped" : "astray";
  const outcomes = lateVerdicts(ruleset, packet).map(({ outcome }) => outcome);
  return outcomes.includes("astray") ? "astray" : worstOf(outcomes);
}

/** Chains of one priority. Their order is unknown. */
interface Group {
  readonly priority: number;
  readonly chains: readonly { readonly place: ChainReference; readonly exits: ReadonlySet<Exit> }[];
}

/** Returns how the packet may continue after the rules that change destinations. */
export function branchesOf(ruleset: Ruleset, packet: Packet): Branch[] {
  const met = doubted(ruleset, packet);
  const branches: Branch[] = [];
  // Packets without connection tracking are not translated.
  let isUntouched = met.vague?.state === true;
  let goesOn = true;
  for (const { chains } of groupsOf(ruleset, met)) {
    for (const { place, exits } of chains) {
      for (const exit of exits) {
        if (exit === "dropped") branches.push({ isDropped: true });
        else if (exit === "lost") branches.push({});
        else if (typeof exit === "object") {
          const sender = { place, translation: exit };
          branches.push(...moved(ruleset, met, exit).map((it): Branch => ({ packet: it, sender })));
        }
      }
    }
    goesOn = chains.every(({ exits }) => exits.has("accepted") || exits.has("returned"));
    if (!goesOn) break;
  }
  isUntouched ||= goesOn;
  return isUntouched ? [...branches, { packet }] : branches;
}

/** Returns the chains that change destinations, in the order in which a packet passes them. */
function groupsOf({ others = [], nft }: Ruleset, packet: Packet): Group[] {
  const chains: (Group["chains"][number] & { readonly priority: number })[] = [];
  for (const { family, name, command, policy } of others) {
    if (family !== packet.family || name !== "nat") continue;
    const place = { command, table: name, chain: "PREROUTING" };
    const exits = withPolicy(
      exitsIn(policy, place.chain, packet),
      policy.policies.get(place.chain) === "DROP",
    );
    chains.push({ place, exits, priority: TRANSLATING });
  }
  for (const chain of nft === undefined ? [] : chainsOfHook(nft, "prerouting", packet)) {
    if (nft === undefined || chain.type !== "nat") continue;
    const { table, name, priority, policy, mayRest } = chain;
    const exits = withPolicy(nftExitsAt(nft, chain, packet), policy === "drop");
    const place = { command: "nft", table, chain: name, priority };
    chains.push({
      place,
      exits: mayRest === true ? new Set([...exits, "returned"]) : exits,
      priority,
    });
  }
  const priorities = [...new Set(chains.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.map((priority) => ({
    priority,
    chains: chains.filter((chain) => chain.priority === priority),
  }));
}

function withPolicy(exits: ReadonlySet<Exit>, drops: boolean): ReadonlySet<Exit> {
  if (!drops || !exits.has("returned")) return exits;
  return new Set([...[...exits].filter((exit) => exit !== "returned"), "dropped"]);
}

/** Returns the packet after a rule that changed it: to this host or through it; both if that is unknown. */
function moved(
  { addresses, devices }: Ruleset,
  packet: Packet,
  { to, port }: Translation,
): Packet[] {
  const { destination: _, leavesBy: __, ...rest } = packet;
  const base: Packet = {
    ...rest,
    translated: true,
    service: typeof port === "number" ? { ...packet.service, port } : packet.service,
    vague: {
      ...packet.vague,
      ...(port === "unknown" ? { port: true } : {}),
      ...(mayStay(packet, { to, port }) ? { translated: true } : {}),
    },
  };
  const settled = typeof port === "number" ? withoutVaguePort(base) : base;
  switch (to) {
    case "same":
      return [{ ...packet, ...settled }];
    case "here":
      return [{ ...settled, hook: "input" }];
    case "unknown":
      return [{ ...settled, hook: "input" }, { ...settled, hook: "forward" }];
    default: {
      const own: Packet = { ...settled, hook: "input", destination: to };
      const device = devices?.get(to.text);
      const through: Packet = {
        ...settled,
        hook: "forward",
        destination: to,
        ...(device === undefined ? {} : { leavesBy: device }),
      };
      if (isLoopback(to)) return [own];
      if (addresses === undefined) return [own, through];
      return [addresses.some(({ text }) => text === to.text) ? own : through];
    }
  }
}

/** Whether the new destination may equal the old one: conntrack calls a packet translated only if it changed it. */
function mayStay(
  { hook = "input", destination, service, vague = {} }: Packet,
  { to, port }: Pick<Translation, "to" | "port">,
): boolean {
  const isSamePort = typeof port === "string" || vague.port === true || port === service.port;
  const isSameHost = to === "same" || to === "unknown" || destination === undefined ||
    (to === "here" ? hook === "input" : to.text === destination.text);
  return isSamePort && isSameHost;
}

function withoutVaguePort(packet: Packet): Packet {
  const { port: _, ...vague } = packet.vague ?? {};
  return { ...packet, vague };
}
