/**
 * What the doctor says of a Linux host's rules: those of iptables and nftables, whichever is driven.
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
import { admitService } from "./place.ts";
import { isLoopback } from "../../net/host_range.ts";
import { type NetfilterKind, type NetfilterQuestions, netfilterQuestions } from "./questions.ts";
import { judgeService } from "./services.ts";
import { judgeSessions } from "./sessions.ts";
import { asStranger } from "./stranger.ts";
import { readDevices } from "./surroundings.ts";
import { portsOfTranslations } from "./translated_ports.ts";
import { Runner } from "../runner.ts";
import { judgeTargets } from "./targets.ts";
import { judgeUnreadable } from "./unreadable.ts";
import { fateOf, hurdles, type Verdict, verdictsOf } from "./verdicts.ts";
import { turnsOf } from "./way.ts";

/** The part of the doctor of a firewall of Linux. */
export function netfilterDoctor(kind: NetfilterKind): ExamineFirewall {
  return (questions, driven) => examineNetfilter(netfilterQuestions(kind, questions, driven));
}

/** Asks the programs and judges what they list. */
export async function examineNetfilter(questions: NetfilterQuestions): Promise<Finding[]> {
  const ruleset = await readRuleset(questions);
  return "outcomes" in ruleset
    ? [judgeUnreadable(ruleset.outcomes, ownUid() === 0)]
    : judgeRuleset(settled(questions, ruleset), await withDevices(questions, ruleset));
}

/** What grants forward to an address of this host is a service of it. */
function settled(questions: NetfilterQuestions, { addresses = [] }: Ruleset): NetfilterQuestions {
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

/** With the interfaces by which packets leave that are sent on, as rules of FORWARD ask for them. */
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
      turnsOf(ruleset, asStranger(questions, { service, family }))
        .flatMap(({ packet }) => packet?.hook === "forward" ? packet.destination ?? [] : [])
    )
  );
  const all = [...targets, ...inside.flatMap(({ address }) => address ?? [])];
  const addresses = new Map<string, Address>(all.map((address) => [address.text, address]));
  const wrapper = commandWords(nft).slice(0, -1);
  const devices = await readDevices(new Runner(), wrapper, [...addresses.values()]);
  return { ...ruleset, devices };
}

/** What could not be looked at. */
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
    text: "nft is missing: what tables of nftables do, if there are any, was not looked at",
    repair: "apt-get install nftables",
  }];
}

/** What the rules of a host mean for the services. */
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

function fatesOf(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  families: readonly AddressFamily[],
): FamilyOutcome[] {
  return families.map((family) => ({
    family,
    end: fateOf(strangerVerdicts(questions, ruleset, service, family)),
  }));
}

/** What is done to the first packet of somebody who did not knock. */
function strangerVerdicts(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  family: AddressFamily,
): Verdict[] {
  return verdictsOf(ruleset, asStranger(questions, { service, family }));
}

/** Whether SPA packets come in; where they do not it may be for several chains. */
function judgeSpaPort(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
): Finding[] {
  const admitting = (family: AddressFamily) => {
    const places = hurdles(strangerVerdicts(questions, ruleset, service, family));
    return places.map((place) => admitService(place, service)).join(" && ");
  };
  return spaPortFindings(
    service,
    fatesOf(questions, ruleset, service, familiesOf(questions)),
    admitting,
  );
}
