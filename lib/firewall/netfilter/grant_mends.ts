/**
 * What makes grants have an effect where something on a Linux host stands in their way.
 *
 * @module
 */
import type { Chain } from "../../config/chain.ts";
import { sameService } from "../../net/service.ts";
import { closing, protecting } from "./closing.ts";
import { jumpIndex } from "./grant_chain.ts";
import { hookChain, iptablesFateOf } from "../iptables/doctor/policy.ts";
import type { Ruleset } from "./ruleset.ts";
import { seesMark } from "../nft/doctor/policy.ts";
import type { Packet } from "../../doctor/packet.ts";
import { admitMark, admitService, admitTranslated, type Place } from "./place.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { fateOf, verdictsOf } from "./verdicts.ts";

/** A chain that does not let those pass for certain who knocked. */
export interface Obstacle {
  readonly place: Place;
  /** Whether it drops them whatever else they are. */
  readonly isCertain: boolean;
  /** The packets it is about; all of one hook. */
  readonly packets: readonly Packet[];
  /** The chain of grants that they should have come to before. */
  readonly own?: Chain;
}

/** The command, or the setting. */
export function mendObstacle(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  { place, packets, own }: Obstacle,
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

/** To the front of the chain that packets come to first. */
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

/** Another firewall may let everybody in where the one that is driven keeps strangers out, and not before. */
function letIn(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  place: Place,
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

/** Each command once. */
function inOrder(commands: readonly string[]): string {
  return [...new Set(commands)].join(" && ");
}

/** Whether the firewall that is driven keeps strangers out by itself. */
function isClosed(
  { kind, protect }: NetfilterQuestions,
  ruleset: Ruleset,
  packet: Packet,
): boolean {
  if (kind === "nft") {
    const own = verdictsOf(ruleset, packet).filter(({ place }) => place.owner === "fwknop");
    return protect.some((it) => sameService(it, packet.service)) || fateOf(own) === "dropped";
  }
  if (kind === "firewalld") {
    const own = verdictsOf(ruleset, packet).filter(({ place }) => place.owner === "firewalld");
    return fateOf(own) === "dropped";
  }
  const policy = ruleset.filter[packet.family];
  return policy !== undefined && iptablesFateOf(policy, packet) === "dropped";
}
