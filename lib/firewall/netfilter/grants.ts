/**
 * Whether grants have an effect on a Linux host: what one chain lets in another one may drop, before it or behind it.
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import type { Chain } from "../../config/chain.ts";
import { formatServices } from "../../net/service.ts";
import { ANY_SERVICE } from "../../doctor/any_service.ts";
import { over } from "../../doctor/outcome_findings.ts";
import type { Finding } from "../../doctor/finding.ts";
import { grantingPolicy, ownChain } from "./grant_chain.ts";
import { mendObstacle, type Obstacle } from "./grant_mends.ts";
import type { Ruleset } from "./ruleset.ts";
import type { Packet } from "../../doctor/packet.ts";
import { hookChain } from "../iptables/doctor/policy.ts";
import { describePlace, type Place } from "./place.ts";
import { familiesOf } from "../../doctor/questions.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { asStranger } from "./stranger.ts";
import { type Verdict, verdictsOf } from "./verdicts.ts";
import { turnsOf } from "./way.ts";

/** Whether those who knocked come through, to services of this host and, where grants may forward, through it. */
export function judgeGrants(questions: NetfilterQuestions, ruleset: Ruleset): Finding[] {
  const families = familiesOf(questions);
  const knocked = questions.services.flatMap((service) =>
    families.map((family): Packet => asStranger(questions, { service, family }))
  ).filter((packet) => !isSentElsewhere(ruleset, packet));
  const through = questions.forwarding
    ? families.map((family) => forwardedPacket(questions, family))
    : [];
  const obstacles = [...knocked, ...through]
    .flatMap((packet) => obstaclesOf(questions, ruleset, packet));
  if (obstacles.length === 0) {
    return [{ state: "good", text: "Nothing drops packets of those who knocked" }];
  }
  return obstaclesByPlace(obstacles).map((obstacle) => ({
    state: obstacle.isCertain ? "bad" : "unclear",
    text: describe(obstacle),
    repair: mendObstacle(questions, ruleset, obstacle),
  }));
}

/** What a rule of this host sends elsewhere is told of as such: no grant opens it in INPUT. */
function isSentElsewhere(ruleset: Ruleset, packet: Packet): boolean {
  return turnsOf(ruleset, packet).every(({ sender }) => sender !== undefined);
}

function forwardedPacket(questions: NetfilterQuestions, family: AddressFamily): Packet {
  const packet = asStranger(questions, { service: ANY_SERVICE, family });
  return { ...packet, hook: "forward", translated: true };
}

function obstaclesOf(questions: NetfilterQuestions, ruleset: Ruleset, packet: Packet): Obstacle[] {
  const own = ownChain(questions, ruleset, packet);
  return grantVerdicts(questions, ruleset, packet, own)
    .filter(({ fate }) => fate !== "accepted")
    .map(({ place, fate }) => ({
      place,
      isCertain: fate === "dropped",
      packets: [packet],
      ...(own === undefined || !isOfGrants(ruleset, place, packet) ? {} : { own }),
    }));
}

/** Whether it is the table in which iptables has the chains of grants. */
function isOfGrants({ commands }: Ruleset, { command, table }: Place, packet: Packet): boolean {
  return table === "filter" && command === commands[packet.family];
}

/** What all chains do to somebody who knocked: the firewall that is driven lets him in, where he comes to its rules. */
function grantVerdicts(
  { kind }: NetfilterQuestions,
  ruleset: Ruleset,
  packet: Packet,
  own: Chain | undefined,
): Verdict[] {
  const ofOthers = (owner: "fwknop" | "firewalld", met: Packet) =>
    verdictsOf(ruleset, met).filter(({ place }) => place.owner !== owner);
  if (kind === "nft") return ofOthers("fwknop", { ...packet, marked: true });
  if (own === undefined) return ofOthers("firewalld", packet);
  const { filter } = ruleset;
  const policy = filter[packet.family];
  if (policy === undefined) return verdictsOf(ruleset, packet);
  const granting = { ...filter, [packet.family]: grantingPolicy(policy, own) };
  return verdictsOf({ ...ruleset, filter: granting }, packet)
    .filter(({ place }) => policy.isPartial !== true || !isListingOf(place, packet));
}

/** Whether it is the table filter of iptables as nft lists it, without the grant. */
function isListingOf({ command, table, chain }: Place, packet: Packet): boolean {
  const name = `${packet.family === 4 ? "ip" : "ip6"} filter`;
  return command === "nft" && table === name && chain === hookChain(packet);
}

/** What one command mends is one finding. */
function obstaclesByPlace(obstacles: readonly Obstacle[]): Obstacle[] {
  const byPlace = new Map<string, Obstacle>();
  for (const obstacle of obstacles) {
    const { place: { command, table, chain }, isCertain, packets } = obstacle;
    const key = [command, table, chain, isCertain].join("\n");
    const known = byPlace.get(key);
    byPlace.set(key, { ...obstacle, packets: [...known?.packets ?? [], ...packets] });
  }
  return [...byPlace.values()];
}

function describe({ place, isCertain, packets, own }: Obstacle): string {
  const services = [...new Set(packets.map(({ service }) => service))];
  const isForwarding = packets.some(({ hook }) => hook === "forward");
  const what = isForwarding ? "NAT grants" : `Grants of ${formatServices(services)}`;
  const family = packets.every((packet) => packet.family === 6) ? over(6) : "";
  const before = own === undefined ? "" : ` before they come to ${own.name}`;
  return isCertain
    ? `${what}${family} have no effect: ${describePlace(place)} drops packets${before}`
    : `${what}${family} may have no effect: rules with other conditions in ` +
      `${describePlace(place)} decide about packets${before}`;
}
