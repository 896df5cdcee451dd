/**
 * Judges whether grants are effective on a Linux host: a packet that one chain accepts may be dropped by another chain
 * before or after it.
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
import { type Blocker, repairBlocker } from "./grant_repairs.ts";
import type { Ruleset } from "./ruleset.ts";
import type { Packet } from "../../doctor/packet.ts";
import { hookChain } from "../iptables/doctor/policy.ts";
import { type ChainReference, describePlace } from "./chain_reference.ts";
import { familiesOf } from "../../doctor/questions.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { asStranger } from "./stranger.ts";
import { type ChainVerdict, verdictsOf } from "./verdicts.ts";
import { branchesOf } from "./packet_path.ts";

/**
 * Judges whether packets of clients with a grant reach services of this host and, if grants may forward, pass through
 * it.
 */
export function judgeGrants(questions: NetfilterQuestions, ruleset: Ruleset): Finding[] {
  const families = familiesOf(questions);
  const knocked = questions.services.flatMap((service) =>
    families.map((family): Packet => asStranger(questions, { service, family }))
  ).filter((packet) => !isSentElsewhere(ruleset, packet));
  const through = questions.forwarding
    ? families.map((family) => forwardedPacket(questions, family))
    : [];
  const blockers = [...knocked, ...through]
    .flatMap((packet) => blockersOf(questions, ruleset, packet));
  if (blockers.length === 0) {
    return [{ state: "good", text: "Nothing drops packets of those who knocked" }];
  }
  return blockersByPlace(blockers).map((blocker) => ({
    state: blocker.isCertain ? "bad" : "unclear",
    text: describe(blocker),
    repair: repairBlocker(questions, ruleset, blocker),
  }));
}

/** Whether a rule of this host sends the packet elsewhere. That is reported separately: no grant opens it in INPUT. */
function isSentElsewhere(ruleset: Ruleset, packet: Packet): boolean {
  return branchesOf(ruleset, packet).every(({ sender }) => sender !== undefined);
}

function forwardedPacket(questions: NetfilterQuestions, family: AddressFamily): Packet {
  const packet = asStranger(questions, { service: ANY_SERVICE, family });
  return { ...packet, hook: "forward", translated: true };
}

function blockersOf(questions: NetfilterQuestions, ruleset: Ruleset, packet: Packet): Blocker[] {
  const own = ownChain(questions, ruleset, packet);
  return grantVerdicts(questions, ruleset, packet, own)
    .filter(({ outcome }) => outcome !== "accepted")
    .map(({ place, outcome }) => ({
      place,
      isCertain: outcome === "dropped",
      packets: [packet],
      ...(own === undefined || !isOfGrants(ruleset, place, packet) ? {} : { own }),
    }));
}

/** Whether it is the table of iptables that holds the chains of grants. */
function isOfGrants(
  { commands }: Ruleset,
  { command, table }: ChainReference,
  packet: Packet,
): boolean {
  return table === "filter" && command === commands[packet.family];
}

/**
 * What all chains do to a packet of a client with a grant. The firewall that the daemon uses accepts the packet if it
 * reaches the rules of grants.
 */
function grantVerdicts(
  { kind }: NetfilterQuestions,
  ruleset: Ruleset,
  packet: Packet,
  own: Chain | undefined,
): ChainVerdict[] {
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

/** Whether it is the table filter of iptables in nft's listing, which does not contain the grant. */
function isListingOf({ command, table, chain }: ChainReference, packet: Packet): boolean {
  const name = `${packet.family === 4 ? "ip" : "ip6"} filter`;
  return command === "nft" && table === name && chain === hookChain(packet);
}

/** Merges blockers that one command repairs into one finding. */
function blockersByPlace(blockers: readonly Blocker[]): Blocker[] {
  const byPlace = new Map<string, Blocker>();
  for (const blocker of blockers) {
    const { place: { command, table, chain }, isCertain, packets } = blocker;
    const key = [command, table, chain, isCertain].join("\n");
    const known = byPlace.get(key);
    byPlace.set(key, { ...blocker, packets: [...known?.packets ?? [], ...packets] });
  }
  return [...byPlace.values()];
}

function describe({ place, isCertain, packets, own }: Blocker): string {
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
