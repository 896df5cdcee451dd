/**
 * The doctor of pf: examines the rules of a host.
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
import { mayRedirect, parsePfRules, pathToAnchor, pfOutcomeOf, type PfRule } from "./policy.ts";
import { describeOutcome } from "../../plan.ts";
import { hintFor } from "../../program_hint.ts";
import { Runner } from "../../runner.ts";

/** Output of `pfctl -s`. */
export interface PfListings {
  /** Output for `info`; empty if not available. */
  readonly info: string;
  readonly rules: string;
  /** Output for `nat`: translation rules, including ours. */
  readonly nat: string;
}

/** How reliable the findings about pf are. */
const UNTESTED: Finding = {
  state: "unclear",
  text: "These findings were never tested with a real pf: its listings are read as pf.conf(5) " +
    'describes them, and interfaces that it skips ("set skip") are not looked at',
  repair: "pfctl -v -s Interfaces",
};

/** Rules that pass keep state, including ours. No listing says what happens to the state when a rule is removed. */
const SESSIONS: Finding = {
  state: "unclear",
  text:
    "Whether open sessions outlive their grant was never tested with pf; pf.conf(5) says that they do",
};

/** Runs pfctl and judges its listings. */
export async function examinePf(
  questions: DoctorQuestions,
  settings: PfSettings,
): Promise<Finding[]> {
  const runner = new Runner();
  const show = (...words: string[]) =>
    runner.run({ words: [...commandWords(settings.command), ...words] });
  const info = await show("-s", "info");
  // With this option FreeBSD prints ports as numbers; macOS does not have it.
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

/** Judges what the listings mean for the services. */
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
  // A packet that is sent elsewhere meets the rules with another address, and perhaps another port.
  const strangers = (service: Service) =>
    outcomes(service).map(({ family, end }): FamilyOutcome => {
      const isSent = end === "dropped" && mayRedirect(listings.nat, { service, family }, anchor);
      return { family, end: isSent ? "unclear" : end };
    });
  const findings = [UNTESTED];
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

/** Judges whether packets reach the rules of grants. */
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
      const path = pathToAnchor(rules, { service, family }, anchor);
      const name = `${formatService(service)}${over(family)}`;
      if (path === "open") return [];
      if (path === "unnamed") {
        const text = `The anchor ${anchor} is not for packets to ${name}: no grant opens it`;
        return [{ state: "bad", text, repair: inPolicy("without conditions", line) }];
      }
      const { rule: { does, text: rule }, match } = path;
      if (match === "maybe") {
        const text = `Rules before the anchor ${anchor} may drop ${name}, and grants with it`;
        return [{ state: "unclear", text, repair: inPolicy(`before "${rule}"`, line) }];
      }
      // A service that passes is reported as open.
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

/** Judges the hooks that grants with translation need. */
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

/** Returns how to close an open service. */
function closing(rules: readonly PfRule[], packet: PfPacket, anchor: string): string {
  const path = pathToAnchor(rules, packet, anchor);
  if (typeof path === "object" && path.match === "yes") {
    // A rule after a `quick` one would have no effect.
    return `Remove from /etc/pf.conf: ${path.rule.text} (then pfctl -f /etc/pf.conf)`;
  }
  return inPolicy(`right behind anchor "${anchor}"`, `block in quick ${condition(packet)}`);
}

/** Returns where to add a line to the policy. */
function inPolicy(where: string, line: string): string {
  return `In /etc/pf.conf, ${where}: ${line} (then pfctl -f /etc/pf.conf)`;
}

function condition({ service: { protocol, port }, family }: PfPacket): string {
  const inet = family === 6 ? "inet6" : "inet";
  return `${inet} proto ${protocol} from any to any port ${port}`;
}
