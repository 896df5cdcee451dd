/**
 * Computes what each chain of a Linux host does to a packet. The packet must pass all of them.
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
import { doubtsIn, hookChain, type IptablesPolicy, outcomeIn } from "../iptables/doctor/policy.ts";
import { type IptablesTable, TABLE_PRIORITIES } from "../iptables/doctor/tables.ts";
import type { Ruleset } from "./ruleset.ts";
import { chainsOfHook, nftDoubts, nftOutcomeAt } from "../nft/doctor/policy.ts";
import type { NftChain } from "../nft/ruleset.ts";
import { NFT_TABLE } from "../nft/schema.ts";
import type { Packet } from "../../doctor/packet.ts";
import type { ChainReference } from "./chain_reference.ts";

/** The verdict of one chain. */
export interface ChainVerdict {
  readonly place: ChainReference;
  readonly outcome: ChainOutcome;
}

/** The priority at which the kernel changes destinations. */
export const TRANSLATING = -100;

/** The priority at which conntrack examines a packet: earlier rules do not know the state of its connection. */
const CONNTRACK = -200;

/**
 * Returns the verdicts of all chains on a packet whose destination no rule changes, those of the table filter first.
 */
export function verdictsOf(ruleset: Ruleset, packet: Packet): ChainVerdict[] {
  return [...lateVerdicts(ruleset, packet), ...earlyVerdicts(ruleset, packet)];
}

/** Returns the verdicts of the chains before destinations are changed. */
export function earlyVerdicts(ruleset: Ruleset, packet: Packet): ChainVerdict[] {
  const met = doubted(ruleset, packet);
  return [
    ...iptablesVerdicts(ruleset, met, (name) => name === "raw" || name === "mangle", "PREROUTING"),
    ...nftVerdicts(ruleset, met, ["ingress", "prerouting"], (priority) => priority <= TRANSLATING),
  ];
}

/** Returns the verdicts of the chains after destinations are changed, on the packet as it is then. */
export function lateVerdicts(ruleset: Ruleset, packet: Packet): ChainVerdict[] {
  const met = doubted(ruleset, packet);
  const { filter, commands, nft } = ruleset;
  const policy = filter[packet.family];
  const hook = met.hook ?? "input";
  const first: ChainVerdict[] = policy === undefined || policy.isPartial === true ? [] : [{
    place: {
      command: commands[met.family],
      table: "filter",
      chain: hookChain(met),
      // firewalld makes such a chain if its backend is iptables.
      ...(policy.chains.has("INPUT_ZONES") ? { owner: "firewalld" } : {}),
    },
    outcome: outcomeIn(policy, hookChain(met), met),
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

/**
 * Returns the packet with the facts known about this host. Parts that other rules may have changed are marked as
 * unknown.
 */
export function doubted(ruleset: Ruleset, packet: Packet): Packet {
  const { others = [], nft, filter, addresses } = ruleset;
  const known = addresses === undefined ? packet : { ...packet, locals: addresses };
  // These rules may match marks and states that other such rules changed.
  const vaguest: Packet = { ...known, vague: { ...packet.vague, mark: true, state: true } };
  const policies = [
    filter[packet.family],
    ...others.filter(({ family }) => family === packet.family).map(({ policy }) => policy),
  ].filter((policy): policy is IptablesPolicy => policy !== undefined);
  const doubts = [
    ...policies.map((policy) => doubtsIn(policy, vaguest)),
    ...(nft === undefined ? [] : [nftDoubts(nft, vaguest)]),
  ].flatMap((found) => [...found]);
  const vague = { ...packet.vague, ...Object.fromEntries(doubts.map((part) => [part, true])) };
  return { ...known, vague };
}

/** The built-in chains of that name in the other tables of iptables. */
function iptablesVerdicts(
  { others = [] }: Ruleset,
  packet: Packet,
  isAsked: (table: string) => boolean,
  chain: string,
): ChainVerdict[] {
  return others.filter((table) => isAsked(table.name) && isMet(table, packet, chain))
    .map(({ command, name, policy }) => ({
      place: { command, table: name, chain, priority: TABLE_PRIORITIES.get(name) ?? 0 },
      outcome: outcomeIn(policy, chain, at(packet, TABLE_PRIORITIES.get(name) ?? 0)),
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
): ChainVerdict[] {
  if (nft === undefined) return [];
  return hooks.flatMap((hook) =>
    chainsOfHook(nft, hook, packet)
      // Chains of type nat translate, which `packet_path.ts` examines.
      .filter(({ type, priority }) =>
        (type !== "nat" || hook === "input") && (hook === "ingress" || isAsked(priority))
      )
      .map((chain) => {
        const { table, name, priority } = chain;
        const owner = OWNERS.get(table);
        const place = { command: "nft", table, chain: name, priority };
        const before = hook === "ingress" ? CONNTRACK : priority;
        const outcome = nftOutcomeAt(nft, chain, at(packet, before));
        return {
          place: owner === undefined ? place : { ...place, owner },
          outcome: outcomeIf(comesBy(chain, packet), outcome),
        };
      })
  );
}

/** Whether a packet reaches a chain: chains of the hook ingress concern some interfaces only. */
function comesBy({ devices }: NftChain, { interfaces = [] }: Packet): Match {
  if (devices === undefined) return "yes";
  if (interfaces.length === 0) return "maybe";
  return allOf(
    interfaces.map((name) =>
      devices.some((device) => matchesInterface(device, [name]) === "yes") ? "yes" : "maybe"
    ),
  );
}

function outcomeIf(comes: Match, outcome: ChainOutcome): ChainOutcome {
  return comes === "yes" || outcome !== "dropped" ? outcome : "unclear";
}

/** The packet as chains of that priority see it. */
function at(packet: Packet, priority: number): Packet {
  return priority > CONNTRACK ? packet : { ...packet, vague: { ...packet.vague, state: true } };
}

/** Owners of tables that other rules must not be added to. */
const OWNERS: ReadonlyMap<string, NonNullable<ChainReference["owner"]>> = new Map([
  [FIREWALLD_TABLE, "firewalld"],
  [NFT_TABLE, "fwknop"],
]);

/** The outcome of the packet after all verdicts. */
export function outcomeOf(verdicts: readonly ChainVerdict[]): PacketOutcome {
  return worstOf(verdicts.map(({ outcome }) => outcome));
}

/** The chains that drop the packet or may drop it. */
export function blockers(verdicts: readonly ChainVerdict[]): ChainReference[] {
  return verdicts.filter(({ outcome }) => outcome !== "accepted").map(({ place }) => place);
}
