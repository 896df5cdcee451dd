/**
 * What each of a Linux host's chains does to a packet: it must get past all of them.
 *
 * @module
 */
import {
  allOf,
  type ChainOutcome,
  type Match,
  type PacketOutcome,
  worstOf,
} from "../../doctor/chain_walk.ts";
import { matchesInterface } from "../../doctor/address_match.ts";
import { FIREWALLD_TABLE } from "../firewalld/commands.ts";
import { doubtsIn, fateIn, hookChain, type Policy } from "../iptables/doctor/policy.ts";
import { type IptablesTable, TABLE_PRIORITIES } from "../iptables/doctor/tables.ts";
import type { Ruleset } from "./ruleset.ts";
import { chainsOfHook, nftDoubts, nftFateAt } from "../nft/doctor/policy.ts";
import type { NftChain } from "../nft/ruleset.ts";
import { NFT_TABLE } from "../nft/schema.ts";
import type { Packet } from "../../doctor/packet.ts";
import type { Place } from "./place.ts";

/** What one chain does. */
export interface Verdict {
  readonly place: Place;
  readonly fate: ChainOutcome;
}

/** The priority at which the kernel changes destinations. */
export const TRANSLATING = -100;

/** The priority at which conntrack looks at a packet: rules before know nothing of its state. */
const CONNTRACK = -200;

/** The chains that a packet comes to whose way no rule changes, those of the table filter first. */
export function verdictsOf(ruleset: Ruleset, packet: Packet): Verdict[] {
  return [...lateVerdicts(ruleset, packet), ...earlyVerdicts(ruleset, packet)];
}

/** The chains before destinations are changed. */
export function earlyVerdicts(ruleset: Ruleset, packet: Packet): Verdict[] {
  const met = doubted(ruleset, packet);
  return [
    ...iptablesVerdicts(ruleset, met, (name) => name === "raw" || name === "mangle", "PREROUTING"),
    ...nftVerdicts(ruleset, met, ["ingress", "prerouting"], (priority) => priority <= TRANSLATING),
  ];
}

/** The chains behind that: the packet is as it is then. */
export function lateVerdicts(ruleset: Ruleset, packet: Packet): Verdict[] {
  const met = doubted(ruleset, packet);
  const { filter, commands, nft } = ruleset;
  const policy = filter[packet.family];
  const hook = met.hook ?? "input";
  const first: Verdict[] = policy === undefined || policy.isPartial === true ? [] : [{
    place: {
      command: commands[met.family],
      table: "filter",
      chain: hookChain(met),
      // A chain that firewalld makes where its backend is iptables.
      ...(policy.chains.has("INPUT_ZONES") ? { owner: "firewalld" } : {}),
    },
    fate: fateIn(policy, hookChain(met), met),
  }];
  return [
    ...first,
    ...iptablesVerdicts(ruleset, met, (name) => name !== "nat" && name !== "raw", hookChain(met)),
    ...(nft === undefined ? [] : [
      ...nftVerdicts(ruleset, met, ["prerouting"], (priority) => priority > TRANSLATING),
      ...nftVerdicts(ruleset, met, [hook], () => true),
    ]),
  ];
}

/** The packet, without what rules of others may have made such that it cannot be told; with what is known of this host. */
export function doubted(ruleset: Ruleset, packet: Packet): Packet {
  const { others = [], nft, filter, addresses } = ruleset;
  const known = addresses === undefined ? packet : { ...packet, locals: addresses };
  // Such rules may look at what others of their kind have made.
  const vaguest: Packet = { ...known, vague: { ...packet.vague, mark: true, state: true } };
  const policies = [
    filter[packet.family],
    ...others.filter(({ family }) => family === packet.family).map(({ policy }) => policy),
  ].filter((policy): policy is Policy => policy !== undefined);
  const doubts = [
    ...policies.map((policy) => doubtsIn(policy, vaguest)),
    ...(nft === undefined ? [] : [nftDoubts(nft, vaguest)]),
  ].flatMap((found) => [...found]);
  const vague = { ...packet.vague, ...Object.fromEntries(doubts.map((part) => [part, true])) };
  return { ...known, vague };
}

/** The built-in chains of that name in the tables other than the one that is driven. */
function iptablesVerdicts(
  { others = [] }: Ruleset,
  packet: Packet,
  isAsked: (table: string) => boolean,
  chain: string,
): Verdict[] {
  return others.filter((table) => isAsked(table.name) && isMet(table, packet, chain))
    .map(({ command, name, policy }) => ({
      place: { command, table: name, chain, priority: TABLE_PRIORITIES.get(name) ?? 0 },
      fate: fateIn(policy, chain, at(packet, TABLE_PRIORITIES.get(name) ?? 0)),
    }));
}

function isMet({ family, policy }: IptablesTable, packet: Packet, chain: string): boolean {
  return family === packet.family && policy.chains.has(chain);
}

function nftVerdicts(
  { nft }: Ruleset,
  packet: Packet,
  hooks: readonly string[],
  isAsked: (priority: number) => boolean,
): Verdict[] {
  if (nft === undefined) return [];
  return hooks.flatMap((hook) =>
    chainsOfHook(nft, hook, packet)
      // Those of the type nat translate, which is looked at elsewhere.
      .filter(({ type, priority }) =>
        (type !== "nat" || hook === "input") && (hook === "ingress" || isAsked(priority))
      )
      .map((chain) => {
        const { table, name, priority } = chain;
        const owner = OWNERS.get(table);
        const place = { command: "nft", table, chain: name, priority };
        const before = hook === "ingress" ? CONNTRACK : priority;
        const fate = nftFateAt(nft, chain, at(packet, before));
        return {
          place: owner === undefined ? place : { ...place, owner },
          fate: fateBy(comesBy(chain, packet), fate),
        };
      })
  );
}

/** Whether a packet comes to a chain at all: those of the hook ingress are about some interfaces. */
function comesBy({ devices }: NftChain, { interfaces = [] }: Packet): Match {
  if (devices === undefined) return "yes";
  if (interfaces.length === 0) return "maybe";
  return allOf(
    interfaces.map((name) =>
      devices.some((device) => matchesInterface(device, [name]) === "yes") ? "yes" : "maybe"
    ),
  );
}

function fateBy(comes: Match, fate: ChainOutcome): ChainOutcome {
  return comes === "yes" || fate !== "dropped" ? fate : "unclear";
}

/** As chains of that priority see it. */
function at(packet: Packet, priority: number): Packet {
  return priority > CONNTRACK ? packet : { ...packet, vague: { ...packet.vague, state: true } };
}

/** Whose rules no others should be put into. */
const OWNERS: ReadonlyMap<string, NonNullable<Place["owner"]>> = new Map([
  [FIREWALLD_TABLE, "firewalld"],
  [NFT_TABLE, "fwknop"],
]);

/** What becomes of the packet at last. */
export function fateOf(verdicts: readonly Verdict[]): PacketOutcome {
  return worstOf(verdicts.map(({ fate }) => fate));
}

/** The places where it does not get past for certain. */
export function hurdles(verdicts: readonly Verdict[]): Place[] {
  return verdicts.filter(({ fate }) => fate !== "accepted").map(({ place }) => place);
}
