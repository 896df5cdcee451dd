/**
 * What the doctor says of a host's pf rules.
 *
 * @module
 */
import { commandWords } from "../../../config/command_words.ts";
import { formatService, type Service } from "../../../net/service.ts";
import { type DoctorQuestions, familiesOf } from "../../../doctor/questions.ts";
import {
  type FamilyOutcome,
  over,
  serviceFindings,
  spaPortFindings,
} from "../../../doctor/outcome_findings.ts";
import type { Finding } from "../../../doctor/finding.ts";
import type { PfSettings } from "../adapter.ts";
import type { PfPacket } from "./condition.ts";
import { mayRedirect, parsePfRules, pfOutcomeOf, type PfRule, wayToAnchor } from "./policy.ts";
import { describeOutcome } from "../../plan.ts";
import { hintFor } from "../../program_hint.ts";
import { Runner } from "../../runner.ts";

/** What `pfctl -s` printed. */
export interface PfListings {
  /** Of `info`; empty where it cannot be had. */
  readonly info: string;
  readonly rules: string;
  /** Of `nat`: what rewrites, ours too. */
  readonly nat: string;
}

/** How far what is said of pf can be relied upon. */
const UNTRIED: Finding = {
  state: "unclear",
  text: "What follows was never checked against a real pf: its listings are read as pf.conf(5) " +
    'describes them, and interfaces that it skips ("set skip") are not looked at',
  repair: "pfctl -v -s Interfaces",
};

/** Rules that pass keep state, ours too, and no listing says what becomes of it when a rule goes. */
const SESSIONS: Finding = {
  state: "unclear",
  text: "Whether open sessions outlive their grant was never tried with pf; pf.conf(5) says so",
};

/** Asks pfctl and judges what it lists. */
export async function examinePf(
  questions: DoctorQuestions,
  settings: PfSettings,
): Promise<Finding[]> {
  const runner = new Runner();
  const show = (...words: string[]) =>
    runner.run({ words: [...commandWords(settings.command), ...words] });
  const info = await show("-s", "info");
  // FreeBSD prints ports as numbers when told to; macOS knows no such option.
  const numeric = await show("-P", "-s", "rules");
  const rules = numeric.code === 0 ? numeric : await show("-s", "rules");
  const nat = await show("-s", "nat");
  for (const outcome of [rules, nat]) {
    if (outcome.code === 0) continue;
    const text = `What pf does cannot be read: ${describeOutcome(outcome)}`;
    return [{ state: "bad", text, repair: hintFor([outcome], true) }];
  }
  return judgePf(questions, settings, {
    info: info.code === 0 ? info.stdout : "",
    rules: rules.stdout,
    nat: nat.stdout,
  });
}

/** What the listings mean for the services. */
export function judgePf(
  questions: DoctorQuestions,
  { anchor, nat }: Pick<PfSettings, "anchor" | "nat">,
  listings: PfListings,
): Finding[] {
  if (/^Status: Disabled/m.test(listings.info)) {
    const text = "pf is switched off: everything is open to everybody";
    return [{ state: "bad", text, repair: "pfctl -e" }];
  }
  const rules = parsePfRules(listings.rules);
  const { services, spaServices = [] } = questions;
  const families = familiesOf(questions);
  const outcomes = (service: Service) =>
    families.map((family) => ({ family, end: pfOutcomeOf(rules, { service, family }, anchor) }));
  // What is sent elsewhere meets the rules with another address, and perhaps another port.
  const strangers = (service: Service) =>
    outcomes(service).map(({ family, end }): FamilyOutcome => {
      const isSent = end === "dropped" && mayRedirect(listings.nat, { service, family }, anchor);
      return { family, end: isSent ? "unclear" : end };
    });
  const findings = [UNTRIED];
  findings.push(...services.flatMap((service) =>
    serviceFindings(
      service,
      strangers(service),
      (family) => closing(rules, { service, family }, anchor),
      "pfctl -a '*' -s rules; pfctl -s nat",
    )
  ));
  findings.push(...judgeAnchor(questions, rules, anchor));
  findings.push(SESSIONS);
  for (const service of spaServices) {
    const repair = (family: 4 | 6) =>
      inPolicy("before its other filter rules", `pass in quick ${condition({ service, family })}`);
    findings.push(...spaPortFindings(service, outcomes(service), repair));
  }
  if (nat) findings.push(...judgeTranslation(listings.nat, anchor));
  return findings;
}

/** Whether packets come to the rules of those who knocked. */
function judgeAnchor(
  questions: DoctorQuestions,
  rules: readonly PfRule[],
  anchor: string,
): Finding[] {
  const line = `anchor "${anchor}"`;
  if (!rules.some((rule) => rule.anchor === anchor)) {
    const text = `pf.conf does not name the anchor ${anchor}: no grant opens anything`;
    return [{ state: "bad", text, repair: inPolicy("before its other filter rules", line) }];
  }
  const findings = questions.services.flatMap((service) =>
    familiesOf(questions).flatMap((family): Finding[] => {
      const way = wayToAnchor(rules, { service, family }, anchor);
      const name = `${formatService(service)}${over(family)}`;
      if (way === "open") return [];
      if (way === "unnamed") {
        const text = `The anchor ${anchor} is not for packets to ${name}: no grant opens it`;
        return [{ state: "bad", text, repair: inPolicy("without conditions", line) }];
      }
      const { rule: { does, text: rule }, match } = way;
      if (match === "maybe") {
        const text = `Rules before the anchor ${anchor} may drop ${name}, and grants with it`;
        return [{ state: "unclear", text, repair: inPolicy(`before "${rule}"`, line) }];
      }
      // What passes is told of as open.
      return does !== "dropped" ? [] : [{
        state: "bad",
        text: `${name} is dropped before the anchor ${anchor}: no grant opens it`,
        repair: inPolicy(`before "${rule}"`, line),
      }];
    })
  );
  return findings.length > 0
    ? findings
    : [{ state: "good", text: `Packets come to the anchor ${anchor}` }];
}

/** Grants that rewrite need hooks of their own. */
function judgeTranslation(nat: string, anchor: string): Finding[] {
  const missing = ["nat-anchor", "rdr-anchor"].map((hook) => `${hook} "${anchor}"`)
    .filter((line) => !nat.includes(line));
  if (missing.length === 0) return [{ state: "good", text: "pf.conf names the anchors for NAT" }];
  return missing.map((line) => ({
    state: "bad",
    text: `pf.conf has no ${line}: no NAT grant can work`,
    repair: inPolicy("before its filter rules", line),
  }));
}

/** What closes a service that is open. */
function closing(rules: readonly PfRule[], packet: PfPacket, anchor: string): string {
  const way = wayToAnchor(rules, packet, anchor);
  if (typeof way === "object" && way.match === "yes") {
    // Behind a rule that is final another one would have no say.
    return `Remove from /etc/pf.conf: ${way.rule.text} (then pfctl -f /etc/pf.conf)`;
  }
  return inPolicy(`right behind anchor "${anchor}"`, `block in quick ${condition(packet)}`);
}

/** A line that the policy lacks. */
function inPolicy(where: string, line: string): string {
  return `In /etc/pf.conf, ${where}: ${line} (then pfctl -f /etc/pf.conf)`;
}

function condition({ service: { protocol, port }, family }: PfPacket): string {
  const inet = family === 6 ? "inet6" : "inet";
  return `${inet} proto ${protocol} from any to any port ${port}`;
}
