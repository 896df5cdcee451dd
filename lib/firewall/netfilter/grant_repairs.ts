/**
 * Repairs of blockers: commands and settings that make grants effective although a chain of the host drops their
 * packets.
 *
 * @module
 */
import type { Chain } from "../../config/chain.ts";
import { sameService } from "../../net/service.ts";
import { closing, protecting } from "./closing.ts";
import { jumpIndex } from "./grant_chain.ts";
import { hookChain, iptablesOutcomeOf } from "../iptables/doctor/policy.ts";
import type { Ruleset } from "./ruleset.ts";
import { seesMark } from "../nft/doctor/policy.ts";
import type { Packet } from "../../doctor/packet.ts";
import {
  admitMark,
  admitService,
  admitTranslated,
  type ChainReference,
} from "./chain_reference.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { outcomeOf, verdictsOf } from "./verdicts.ts";

/** A chain that drops, or may drop, packets of clients that have a grant. */
export interface Blocker {
  readonly place: ChainReference;
  /** Whether it drops them for certain. */
  readonly isCertain: boolean;
  /** The packets that it drops; all have the same hook. */
  readonly packets: readonly Packet[];
  /** The chain of grants, if the packets do not reach it. */
  readonly own?: Chain;
}

/** Returns the command or the setting that removes a blocker. */
export function repairBlocker(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  { place, packets, own }: Blocker,
): string {
  const [packet] = packets;
  if (own !== undefined && packet !== undefined) {
    return moveJump(questions, ruleset, own, packet);
  }
  const { kind } = questions;
  if (kind === "nft" && place.owner !== "firewalld" && seesMark(place)) return admitMark(place);
  if (packet?.hook === "forward") return admitTranslated(place);
  if (kind === "iptables" && place.owner === "firewalld") {
    return "Set FIREWALL firewalld in fwknopd.conf";
  }
  return letIn(questions, ruleset, place, packets);
}

/** Moves the jump to the front of the chain that packets reach first. */
function moveJump(
  { kind }: NetfilterQuestions,
  { filter, commands }: Ruleset,
  own: Chain,
  packet: Packet,
): string {
  const first = hookChain(packet);
  const { target, table, from, name, jumpPosition } = own;
  const policy = filter[packet.family];
  const stands = policy !== undefined && jumpIndex(policy, own) !== undefined;
  if (stands && table === "filter" && from === first && jumpPosition === 1) {
    const command = commands[packet.family];
    return `${command} -D ${first} -j ${name} && ${command} -I ${first} 1 -j ${name}`;
  }
  const variable = `${kind === "firewalld" ? "FIREWD" : "IPT"}_${first}_ACCESS`;
  const value = [target, "filter", first, 1, name, 1].join(", ");
  return `Set ${variable} ${value} in fwknopd.conf and start fwknop again`;
}

/**
 * Accepts the packets in another firewall. Another firewall may accept everything only if the one that the daemon uses
 * drops strangers, so that comes first.
 */
function letIn(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  place: ChainReference,
  packets: readonly Packet[],
): string {
  const admitting = packets.map(({ service }) => admitService(place, service));
  const open = place.owner === "fwknop"
    ? []
    : packets.filter((packet) => !isClosed(questions, ruleset, packet));
  if (questions.kind === "nft" && open.length > 0) {
    const setting = protecting(questions, ruleset, open.map(({ service }) => service));
    return `${setting}; when fwknop has started again: ${inOrder(admitting)}`;
  }
  const closes = open.map(({ service, family }) => closing(questions, ruleset, service, family));
  return inOrder([...closes, ...admitting]);
}

/** Joins the commands; each appears once. */
function inOrder(commands: readonly string[]): string {
  return [...new Set(commands)].join(" && ");
}

/** Whether the firewall that the daemon uses drops strangers on its own. */
function isClosed(
  { kind, protect }: NetfilterQuestions,
  ruleset: Ruleset,
  packet: Packet,
): boolean {
  if (kind === "nft") {
    const own = verdictsOf(ruleset, packet).filter(({ place }) => place.owner === "fwknop");
    return protect.some((it) => sameService(it, packet.service)) || outcomeOf(own) === "dropped";
  }
  if (kind === "firewalld") {
    const own = verdictsOf(ruleset, packet).filter(({ place }) => place.owner === "firewalld");
    return outcomeOf(own) === "dropped";
  }
  const policy = ruleset.filter[packet.family];
  return policy !== undefined && iptablesOutcomeOf(policy, packet) === "dropped";
}
