/**
 * What the doctor says of a Linux host's rules: those of iptables and nftables, whichever is driven.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import { formatService, sameService, type Service } from "../net/service.ts";
import { ownUid } from "../own_uid.ts";
import { closing } from "./closing.ts";
import { judgePublished, publishedPorts } from "./docker.ts";
import { type FamilyFate, serviceFindings, spaPortFindings } from "./fate_findings.ts";
import type { Finding } from "./finding.ts";
import { examineFirewalld } from "./firewalld.ts";
import { judgeGrants } from "./grants.ts";
import { readRuleset, type Ruleset } from "./linux_ruleset.ts";
import { admitService } from "./place.ts";
import { type DoctorQuestions, familiesOf } from "./questions.ts";
import { judgeSessions } from "./sessions.ts";
import { judgeUnreadable } from "./unreadable.ts";
import { fateOf, hurdles, type Verdict, verdictsOf } from "./verdicts.ts";

/** Asks the programs and judges what they list. */
export async function examineLinux(questions: DoctorQuestions): Promise<Finding[]> {
  const { firewalld } = questions;
  const own = firewalld === undefined ? [] : await examineFirewalld(firewalld);
  const ruleset = await readRuleset(questions);
  return "outcomes" in ruleset
    ? [...own, judgeUnreadable(ruleset.outcomes, ownUid() === 0)]
    : [...own, ...judgeRuleset(questions, ruleset)];
}

/** What the rules of a host mean for the services. */
export function judgeRuleset(questions: DoctorQuestions, ruleset: Ruleset): Finding[] {
  const { services, spaServices = [] } = questions;
  return [
    ...services.flatMap((service) => judgeService(questions, ruleset, service)),
    ...judgeGrants(questions, ruleset),
    ...judgeSessions(questions, ruleset),
    ...spaServices.flatMap((service) => judgeSpaPort(questions, ruleset, service)),
  ];
}

function judgeService(questions: DoctorQuestions, ruleset: Ruleset, service: Service): Finding[] {
  const families = familiesOf(questions);
  const published = publishedPorts(ruleset, service);
  // Over IPv6 a program of Docker's listens, as any service does.
  const six = families.filter((family) => family === 6);
  const findings = published.flatMap((port) => [
    judgePublished(ruleset, port),
    ...(six.length > 0 ? judgeOwn(questions, ruleset, port.outside, six) : []),
  ]);
  // What has the number inside of a container only may be a service of this host outside.
  return published.some(({ outside }) => sameService(outside, service))
    ? findings
    : [...findings, ...judgeOwn(questions, ruleset, service, families)];
}

/** A service of the host itself, to which packets pass INPUT. */
function judgeOwn(
  questions: DoctorQuestions,
  ruleset: Ruleset,
  service: Service,
  families: readonly AddressFamily[],
): Finding[] {
  if (questions.protect.some((it) => sameService(it, service))) {
    const text = `${formatService(service)} is closed by NFT_PROTECT to those who do not knock`;
    return [{ state: "good", text }];
  }
  const fates = fatesOf(ruleset, service, families);
  return serviceFindings(service, fates, (family) => closing(questions, ruleset, service, family));
}

function fatesOf(
  ruleset: Ruleset,
  service: Service,
  families: readonly AddressFamily[],
): FamilyFate[] {
  return families.map((family) => ({
    family,
    end: fateOf(strangerVerdicts(ruleset, service, family)),
  }));
}

/** What is done to the first packet of somebody who did not knock. */
function strangerVerdicts(ruleset: Ruleset, service: Service, family: AddressFamily): Verdict[] {
  return verdictsOf(ruleset, { service, family, established: false });
}

/** Whether SPA packets come in; where they do not it may be for several chains. */
function judgeSpaPort(questions: DoctorQuestions, ruleset: Ruleset, service: Service): Finding[] {
  const admitting = (family: AddressFamily) => {
    const places = hurdles(strangerVerdicts(ruleset, service, family));
    return places.map((place) => admitService(place, service)).join(" && ");
  };
  return spaPortFindings(service, fatesOf(ruleset, service, familiesOf(questions)), admitting);
}
