/**
 * Examines the rules of a Linux host, those of iptables and those of nftables, whichever the daemon uses.
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import { commandWords } from "../../config/command_words.ts";
import type { Address } from "../../net/address.ts";
import { sameService, type Service } from "../../net/service.ts";
import { ownUid } from "../../own_uid.ts";
import { type FamilyOutcome, spaPortFindings } from "../../doctor/outcome_findings.ts";
import type { Finding } from "../../doctor/finding.ts";
import { type ExamineFirewall, familiesOf, type InsideService } from "../../doctor/questions.ts";
import { judgeGrants } from "./grants.ts";
import { judgeInside } from "./inside.ts";
import { describeUnread, readRuleset, type Ruleset } from "./ruleset.ts";
import { judgeNeighbours } from "./neighbours.ts";
import { admitService } from "./chain_reference.ts";
import { isLoopback } from "../../net/host_range.ts";
import { type NetfilterKind, type NetfilterQuestions, netfilterQuestions } from "./questions.ts";
import { judgeService } from "./services.ts";
import { judgeSessions } from "./sessions.ts";
import { asStranger } from "./stranger.ts";
import { readDevices } from "./environment.ts";
import { portsOfTranslations } from "./translated_ports.ts";
import { Runner } from "../runner.ts";
import { judgeTargets } from "./targets.ts";
import { judgeUnreadable } from "./unreadable.ts";
import { blockers, type ChainVerdict, outcomeOf, verdictsOf } from "./verdicts.ts";
import { branchesOf } from "./packet_path.ts";

/** The doctor of a firewall that netfilter implements. */
export function netfilterDoctor(kind: NetfilterKind): ExamineFirewall {
  return (questions, driven) => examineNetfilter(netfilterQuestions(kind, questions, driven));
}

/** Lists the rules and judges them. */
export async function examineNetfilter(questions: NetfilterQuestions): Promise<Finding[]> {
  const ruleset = await readRuleset(questions);
  return "outcomes" in ruleset
    ? [judgeUnreadable(ruleset.outcomes, ownUid() === 0)]
    : judgeRuleset(withOwnServices(questions, ruleset), await withDevices(questions, ruleset));
}

/** Moves services that grants forward to an address of this host to the host's own services. */
function withOwnServices(
  questions: NetfilterQuestions,
  { addresses = [] }: Ruleset,
): NetfilterQuestions {
  const { inside = [], services } = questions;
  const isHere = ({ address }: InsideService) =>
    address !== undefined &&
    (isLoopback(address) || addresses.some(({ text }) => text === address.text));
  const here = inside.filter(isHere).flatMap(({ service }) => service ?? []);
  const more = here.filter((service) => !services.some((it) => sameService(it, service)));
  return {
    ...questions,
    services: [...services, ...more],
    inside: inside.filter((it) => !isHere(it)),
  };
}

/** Adds the interfaces by which forwarded packets leave, because rules of FORWARD match them. */
async function withDevices(questions: NetfilterQuestions, ruleset: Ruleset): Promise<Ruleset> {
  const { services, inside = [], nft } = questions;
  const asked = [
    ...services,
    ...(inside.length === 0 ? [] : portsOfTranslations(ruleset).flatMap((port): Service[] => [
      { protocol: "tcp", port },
      { protocol: "udp", port },
    ])),
  ];
  const targets = asked.flatMap((service) =>
    familiesOf(questions).flatMap((family) =>
      branchesOf(ruleset, asStranger(questions, { service, family }))
        .flatMap(({ packet }) => packet?.hook === "forward" ? packet.destination ?? [] : [])
    )
  );
  const all = [...targets, ...inside.flatMap(({ address }) => address ?? [])];
  const addresses = new Map<string, Address>(all.map((address) => [address.text, address]));
  const wrapper = commandWords(nft).slice(0, -1);
  const devices = await readDevices(new Runner(), wrapper, [...addresses.values()]);
  return { ...ruleset, devices };
}

/** Reports rules that could not be read. */
function judgeLook(ruleset: Ruleset): Finding[] {
  const { unread = [], lacksNft } = ruleset;
  if (unread.length > 0) {
    const text = `Some rules cannot be read, so nothing is known to be closed: ${
      describeUnread(ruleset)
    }`;
    return [{ state: "unclear", text }];
  }
  return lacksNft !== true ? [] : [{
    state: "unclear",
    text: "nft is missing: tables of nftables, if there are any, were not examined",
    repair: "apt-get install nftables",
  }];
}

/** Judges what the rules mean for the services. */
export function judgeRuleset(questions: NetfilterQuestions, ruleset: Ruleset): Finding[] {
  const { services, spaServices = [] } = questions;
  return [
    ...judgeLook(ruleset),
    ...judgeTargets(questions, ruleset),
    ...services.flatMap((service) => {
      const found = judgeService(questions, ruleset, service);
      const near = judgeNeighbours(questions, ruleset, service);
      return near === undefined ? found : [...found.filter(({ state }) => state !== "good"), near];
    }),
    ...judgeInside(questions, ruleset),
    ...judgeGrants(questions, ruleset),
    ...judgeSessions(questions, ruleset),
    ...spaServices.flatMap((service) => judgeSpaPort(questions, ruleset, service)),
  ];
}

function outcomesOf(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  families: readonly AddressFamily[],
): FamilyOutcome[] {
  return families.map((family) => ({
    family,
    end: outcomeOf(strangerVerdicts(questions, ruleset, service, family)),
  }));
}

/** What the chains do to the first packet of a stranger. */
function strangerVerdicts(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  family: AddressFamily,
): ChainVerdict[] {
  return verdictsOf(ruleset, asStranger(questions, { service, family }));
}

/** Whether SPA packets arrive. If not, several chains may be the cause. */
function judgeSpaPort(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
): Finding[] {
  const admitting = (family: AddressFamily) => {
    const places = blockers(strangerVerdicts(questions, ruleset, service, family));
    return places.map((place) => admitService(place, service)).join(" && ");
  };
  return spaPortFindings(
    service,
    outcomesOf(questions, ruleset, service, familiesOf(questions)),
    admitting,
  );
}
