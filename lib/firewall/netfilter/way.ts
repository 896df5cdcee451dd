/**
 * The way of a stranger's packet through a Linux host: the chains before its destination may be changed, the rules that
 * change it, and the chains behind, up to where it is dropped or arrives.
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
import type { Place } from "./place.ts";
import type { Translation } from "../../doctor/translation.ts";
import { doubted, earlyVerdicts, lateVerdicts, TRANSLATING } from "./verdicts.ts";

/** A rule that sends a packet elsewhere. */
export interface Sender {
  readonly place: Place;
  readonly translation: Translation;
}

/** One of the ways in which a packet may go on where destinations are changed. */
export interface Turn {
  /** As it is then; absent: it is dropped there, or goes where it cannot be followed. */
  readonly packet?: Packet;
  readonly isDropped?: boolean;
  /** The rule that changed it; absent: it goes on as it came. */
  readonly sender?: Sender;
}

/** Where a packet ends, and the rule that sent it there, if it is one. */
export interface End {
  readonly fate: PacketOutcome;
  readonly turn: Turn;
  /** Whether a rule may have made another packet of it, one that goes anywhere. */
  readonly isAstray: boolean;
}

/** Every way in which the packet may go. */
export function endsOf(ruleset: Ruleset, packet: Packet): End[] {
  const before = earlyVerdicts(ruleset, packet).map(({ fate }) => fate);
  const early = before.includes("astray") ? "astray" : worstOf(before);
  return turnsOf(ruleset, packet).map((turn) => {
    const late = endOf(ruleset, turn);
    const isAstray = early === "astray" || late === "astray";
    return { turn, isAstray, fate: worstOf([behind(early, late)]) };
  });
}

/** What is certain of a packet that may end in several ways; what cannot be read may always send it elsewhere. */
export function fateAmong({ unread = [] }: Ruleset, ends: readonly End[]): PacketOutcome {
  const fates = new Set(ends.map(({ fate }) => fate));
  if (unread.length > 0) fates.delete("dropped");
  const [fate = "unclear"] = fates;
  return fates.size === 1 ? fate : "unclear";
}

function behind(early: ChainOutcome, late: ChainOutcome): ChainOutcome {
  if (early === "astray" || early === "dropped") return early;
  return early === "unclear" && late === "accepted" ? early : late;
}

function endOf(ruleset: Ruleset, { packet, isDropped }: Turn): ChainOutcome {
  if (packet === undefined) return isDropped === true ? "dropped" : "astray";
  const fates = lateVerdicts(ruleset, packet).map(({ fate }) => fate);
  return fates.includes("astray") ? "astray" : worstOf(fates);
}

/** Chains of one priority: which of them is the first is not known. */
interface Group {
  readonly priority: number;
  readonly chains: readonly { readonly place: Place; readonly exits: ReadonlySet<Exit> }[];
}

/** How the packet may go on behind the rules that change destinations. */
export function turnsOf(ruleset: Ruleset, packet: Packet): Turn[] {
  const met = doubted(ruleset, packet);
  const turns: Turn[] = [];
  // What is not tracked is not translated.
  let isUntouched = met.vague?.state === true;
  let goesOn = true;
  for (const { chains } of groupsOf(ruleset, met)) {
    for (const { place, exits } of chains) {
      for (const exit of exits) {
        if (exit === "dropped") turns.push({ isDropped: true });
        else if (exit === "lost") turns.push({});
        else if (typeof exit === "object") {
          const sender = { place, translation: exit };
          turns.push(...moved(ruleset, met, exit).map((it): Turn => ({ packet: it, sender })));
        }
      }
    }
    goesOn = chains.every(({ exits }) => exits.has("accepted") || exits.has("returned"));
    if (!goesOn) break;
  }
  isUntouched ||= goesOn;
  return isUntouched ? [...turns, { packet }] : turns;
}

/** The chains that change destinations, in the order in which a packet comes to them. */
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

/** The packet behind a rule that changed it: to this host or through it, where that is not known both. */
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

/** Whether the new destination may be the old one: conntrack calls no packet translated that it did not change. */
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
