/**
 * What the doctor says of a host's ipfw rules.
 *
 * @module
 */
import { commandWords } from "../../../config/command_words.ts";
import type { AddressFamily } from "../../../net/address.ts";
import { formatService, type Service } from "../../../net/service.ts";
import { type DoctorQuestions, familiesOf } from "../../../doctor/questions.ts";
import {
  type FamilyOutcome,
  over,
  serviceFindings,
  sessionFindings,
  spaPortFindings,
} from "../../../doctor/outcome_findings.ts";
import type { Finding } from "../../../doctor/finding.ts";
import {
  CHECK_STATE,
  deciderOf,
  dropperOf,
  ipfwOutcomeOf,
  type IpfwRule,
  mayEnd,
  parseIpfwPolicy,
} from "./policy.ts";
import { describeOutcome } from "../../plan.ts";
import { ANY_SERVICE } from "../../../doctor/any_service.ts";
import { hintFor } from "../../program_hint.ts";
import type { IpfwSettings } from "../adapter.ts";
import { Runner } from "../../runner.ts";

/** How far what is said of ipfw can be relied upon. */
const UNTRIED: Finding = {
  state: "unclear",
  text: "What follows was never checked against a real ipfw: its rules are read as ipfw(8) " +
    "describes them",
  repair: "ipfw list",
};

/** What of the settings the doctor looks at ipfw by. */
export type IpfwQuestions = Pick<IpfwSettings, "command" | "start" | "checkState">;

/** The switches of ipfw(8). */
const SWITCHES: Readonly<Record<AddressFamily, string>> = {
  4: "net.inet.ip.fw.enable",
  6: "net.inet6.ip6.fw.enable",
};

/** Asks ipfw and the kernel and judges what they say. */
export async function examineIpfw(
  questions: DoctorQuestions,
  settings: IpfwQuestions,
): Promise<Finding[]> {
  const runner = new Runner();
  const list = await runner.run({ words: [...commandWords(settings.command), "list"] });
  if (list.code !== 0) {
    const text = `What ipfw does cannot be read: ${describeOutcome(list)}`;
    return [{ state: "bad", text, repair: hintFor([list], true) }];
  }
  const off: AddressFamily[] = [];
  for (const family of familiesOf(questions)) {
    const { stdout } = await runner.run({ words: ["sysctl", "-n", SWITCHES[family]] });
    if (stdout.trim() === "0") off.push(family);
  }
  return judgeIpfw(questions, settings, { rules: list.stdout, off });
}

/** What is known of ipfw. */
export interface IpfwListings {
  /** What `ipfw list` printed. */
  readonly rules: string;
  /** Families for which it is switched off. */
  readonly off: readonly AddressFamily[];
}

/** What the rules mean for the services. */
export function judgeIpfw(
  questions: DoctorQuestions,
  settings: IpfwQuestions,
  { rules: listing, off }: IpfwListings,
): Finding[] {
  const findings = off.map((family): Finding => ({
    state: "bad",
    text: `ipfw is switched off${over(family)}: everything is open to everybody`,
    repair: `sysctl ${SWITCHES[family]}=1`,
  }));
  const families = familiesOf(questions).filter((family) => !off.includes(family));
  if (families.length === 0) return findings;
  findings.push(UNTRIED);
  const listed = parseIpfwPolicy(listing);
  const rules = settings.checkState ? withCheckState(listed, settings.start) : listed;
  const place = placeOfGrants(rules, settings.start);
  const outcomes = (service: Service, established = false) =>
    families.map((family) => ({
      family,
      end: ipfwOutcomeOf(rules, { service, family, established }),
    }));
  for (const service of questions.services) {
    const repair = (family: AddressFamily) => closing(rules, service, family, place);
    findings.push(...serviceFindings(service, outcomes(service), repair, "ipfw list"));
  }
  const early = rules.filter(({ number }) => number < place);
  const late = questions.services.flatMap((service) =>
    families.flatMap((family) => judgePlace(early, service, family, settings.start))
  );
  const comes: Finding = { state: "good", text: `Packets come to the grants at rule ${place}` };
  findings.push(...(late.length > 0 ? late : [comes]));
  findings.push(...judgeSessions(outcomes(ANY_SERVICE, true)));
  for (const service of questions.spaServices ?? []) {
    const repair = (family: AddressFamily) => admitting(rules, service, family);
    findings.push(...spaPortFindings(service, outcomes(service), repair));
  }
  return findings;
}

/** A grant that is over is in a set that is switched off: another rule must know its connections. */
function judgeSessions(outcomes: readonly FamilyOutcome[]): Finding[] {
  const dying = outcomes.filter(({ end }) => end === "dropped").map(({ family }) => family);
  if (dying.length === 0 && outcomes.some(({ end }) => end === "unclear")) {
    const text = "Rules with other conditions decide whether open sessions outlive their grant";
    return [{ state: "unclear", text, repair: "ipfw list" }];
  }
  return sessionFindings(dying, () => "Set IPFW_ADD_CHECK_STATE Y in fwknopd.conf");
}

/** The number of the next grant's rule: the lowest from IPFW_START_RULE_NUM on that no rule has. */
function placeOfGrants(rules: readonly IpfwRule[], start: number): number {
  const used = new Set(rules.map(({ number }) => number));
  let place = start;
  while (used.has(place)) place++;
  return place;
}

/** As the server makes it when it starts. */
function withCheckState(rules: readonly IpfwRule[], start: number): IpfwRule[] {
  const rule = parseIpfwPolicy(`${start} ${CHECK_STATE}`);
  return [...rules, ...rule].toSorted((a, b) => a.number - b.number);
}

/** Whether packets come to the rules of those who knocked. */
function judgePlace(
  early: readonly IpfwRule[],
  service: Service,
  family: AddressFamily,
  start: number,
): Finding[] {
  const packet = { service, family, established: false };
  const decider = deciderOf(early, packet);
  const name = `${formatService(service)}${over(family)}`;
  if (mayEnd(decider === undefined ? early : early.slice(0, early.indexOf(decider)), packet)) {
    const text = `Rules before the grants may drop ${name}, and grants with it`;
    return [{ state: "unclear", text, repair: "ipfw list" }];
  }
  // What is let in is told of as open.
  if (decider?.does !== "dropped") return [];
  const { number } = decider;
  const earlier = Math.max(1, number - ROOM);
  return [{
    state: "bad",
    text: `${name} is dropped by rule ${number}, before the grants: none opens it`,
    // Where grants start as early as they can, the rule has to go behind them.
    repair: earlier < Math.min(start, number)
      ? `Set IPFW_START_RULE_NUM ${earlier} in fwknopd.conf`
      : moveLast(decider),
  }];
}

/** The command that puts a rule behind all others, where nothing can be put before it. */
function moveLast({ number, text }: IpfwRule): string {
  return `ipfw add ${LAST} ${text} && ipfw delete ${number}`;
}

/** Rules that grants may need before a rule that drops. */
const ROOM = 1000;

/** The highest number a rule may have; 65535 is the kernel's own. */
const LAST = 65534;

/** The command that closes a service without closing it to grants, whose place is a rule's number. */
function closing(
  rules: readonly IpfwRule[],
  service: Service,
  family: AddressFamily,
  place: number,
): string {
  const decider = deciderOf(rules, { service, family, established: false });
  const number = decider === undefined ? LAST : decider.number - 1;
  if (number <= place) return `ipfw delete ${number + 1}`;
  // Connections that stand pass as they did.
  const setup = service.protocol === "tcp" ? " setup" : "";
  return `ipfw add ${number} deny ${condition(service, family)}${setup}`;
}

/** The command that lets SPA packets in. */
function admitting(rules: readonly IpfwRule[], service: Service, family: AddressFamily): string {
  const dropper = dropperOf(rules, { service, family, established: false });
  if (dropper?.number === 1) return moveLast(dropper);
  const number = (dropper?.number ?? LAST) - 1;
  return `ipfw add ${number} allow ${condition(service, family)}`;
}

function condition({ protocol, port }: Service, family: AddressFamily): string {
  return `${protocol} from any to ${family === 6 ? "me6" : "me"} dst-port ${port}`;
}
