/**
 * The doctor of ipfw: examines the rules of a host.
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

/** How reliable the findings about ipfw are. */
const UNTESTED: Finding = {
  state: "unclear",
  text: "These findings were never tested with a real ipfw: its rules are read as ipfw(8) " +
    "describes them",
  repair: "ipfw list",
};

/** The settings that the doctor uses. */
export type IpfwQuestions = Pick<IpfwSettings, "command" | "start" | "checkState">;

/** The sysctl switches of ipfw(8). */
const SWITCHES: Readonly<Record<AddressFamily, string>> = {
  4: "net.inet.ip.fw.enable",
  6: "net.inet6.ip6.fw.enable",
};

/** Runs ipfw, reads the switches, and judges the results. */
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

/** The facts about ipfw. */
export interface IpfwListings {
  /** Output of `ipfw list`. */
  readonly rules: string;
  /** Families for which ipfw is switched off. */
  readonly off: readonly AddressFamily[];
}

/** Judges what the rules mean for the services. */
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
  findings.push(UNTESTED);
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

/** An expired grant is in a disabled set, so another rule must know its connections. */
function judgeSessions(outcomes: readonly FamilyOutcome[]): Finding[] {
  const dying = outcomes.filter(({ end }) => end === "dropped").map(({ family }) => family);
  if (dying.length === 0 && outcomes.some(({ end }) => end === "unclear")) {
    const text = "Rules with other conditions decide whether open sessions outlive their grant";
    return [{ state: "unclear", text, repair: "ipfw list" }];
  }
  return sessionFindings(dying, () => "Set IPFW_ADD_CHECK_STATE Y in fwknopd.conf");
}

/** Returns the number of the next grant's rule: the lowest unused number from IPFW_START_RULE_NUM on. */
function placeOfGrants(rules: readonly IpfwRule[], start: number): number {
  const used = new Set(rules.map(({ number }) => number));
  let place = start;
  while (used.has(place)) place++;
  return place;
}

/** Adds the rule that the server makes when it starts. */
function withCheckState(rules: readonly IpfwRule[], start: number): IpfwRule[] {
  const rule = parseIpfwPolicy(`${start} ${CHECK_STATE}`);
  return [...rules, ...rule].toSorted((a, b) => a.number - b.number);
}

/** Judges whether packets reach the rules of grants. */
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
  // A service that is accepted is reported as open.
  if (decider?.does !== "dropped") return [];
  const { number } = decider;
  const earlier = Math.max(1, number - ROOM);
  return [{
    state: "bad",
    text: `${name} is dropped by rule ${number}, before the grants: none opens it`,
    // If grants already start at the lowest number, the rule must move after them.
    repair: earlier < Math.min(start, number)
      ? `Set IPFW_START_RULE_NUM ${earlier} in fwknopd.conf`
      : moveLast(decider),
  }];
}

/** The command that moves a rule to the end, if no rule can be put before it. */
function moveLast({ number, text }: IpfwRule): string {
  return `ipfw add ${LAST} ${text} && ipfw delete ${number}`;
}

/** Number of rules that grants may need before a rule that drops. */
const ROOM = 1000;

/** The highest rule number; 65535 belongs to the kernel. */
const LAST = 65534;

/** The command that closes a service but not its grants, which have a rule number. */
function closing(
  rules: readonly IpfwRule[],
  service: Service,
  family: AddressFamily,
  place: number,
): string {
  const decider = deciderOf(rules, { service, family, established: false });
  const number = decider === undefined ? LAST : decider.number - 1;
  if (number <= place) return `ipfw delete ${number + 1}`;
  // Established connections still pass.
  const setup = service.protocol === "tcp" ? " setup" : "";
  return `ipfw add ${number} deny ${condition(service, family)}${setup}`;
}

/** The command that accepts SPA packets. */
function admitting(rules: readonly IpfwRule[], service: Service, family: AddressFamily): string {
  const dropper = dropperOf(rules, { service, family, established: false });
  if (dropper?.number === 1) return moveLast(dropper);
  const number = (dropper?.number ?? LAST) - 1;
  return `ipfw add ${number} allow ${condition(service, family)}`;
}

function condition({ protocol, port }: Service, family: AddressFamily): string {
  return `${protocol} from any to ${family === 6 ? "me6" : "me"} dst-port ${port}`;
}
