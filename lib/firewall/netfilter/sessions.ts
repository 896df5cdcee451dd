/**
 * Judges whether established connections survive the end of their grant on a Linux host, and whether answers come back
 * through it.
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import type { Service } from "../../net/service.ts";
import { ANY_SERVICE } from "../../doctor/any_service.ts";
import type { PacketOutcome } from "../../doctor/chain_walk.ts";
import { over, sessionFindings } from "../../doctor/outcome_findings.ts";
import type { Finding } from "../../doctor/finding.ts";
import type { Ruleset } from "./ruleset.ts";
import type { Packet } from "../../doctor/packet.ts";
import { admitEstablished } from "./chain_reference.ts";
import { familiesOf } from "../../doctor/questions.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { blockers, outcomeOf, verdictsOf } from "./verdicts.ts";

/** Judges established connections to this host and, if grants may forward, through it. */
export function judgeSessions(questions: NetfilterQuestions, ruleset: Ruleset): Finding[] {
  const families = familiesOf(questions);
  const by = questions.interfaces === undefined ? {} : { interfaces: questions.interfaces };
  const toHost = families
    .map((family) => sessionsOver(ruleset, questions.services, { ...by, family }));
  const through = !questions.forwarding ? [] : families
    .map((family) => sessionsOver(ruleset, [], { family, hook: "forward" }));
  return [...judgeToHost(toHost), ...through.flatMap(judgeThrough)];
}

/** The outcome of established connections over one family. */
interface Sessions {
  readonly family: AddressFamily;
  readonly end: PacketOutcome;
  readonly repair: string;
}

/**
 * Judges connections in general, and connections to services if they are dropped: a rule about a port may come before
 * the rule that accepts established connections.
 */
function sessionsOver(
  ruleset: Ruleset,
  services: readonly Service[],
  packet: Pick<Packet, "family" | "hook" | "interfaces">,
): Sessions {
  const verdicts = (service: Service) =>
    verdictsOf(ruleset, { ...packet, service, established: true });
  const all = [
    ...verdicts(ANY_SERVICE),
    ...services.flatMap(verdicts).filter(({ outcome }) => outcome === "dropped"),
  ];
  const repairs = new Set(blockers(all).map(admitEstablished));
  return { family: packet.family, end: outcomeOf(all), repair: [...repairs].join(" && ") };
}

function judgeToHost(all: readonly Sessions[]): Finding[] {
  const repairs = new Map(all.map(({ family, repair }) => [family, repair]));
  const dying = all.filter(({ end }) => end === "dropped").map(({ family }) => family);
  const odd = all.filter(({ end }) => end === "unclear").map(({ family, repair }): Finding => ({
    state: "unclear",
    text: "Rules with other conditions decide whether open sessions" +
      `${over(family)} outlive their grant`,
    repair,
  }));
  if (dying.length === 0 && odd.length > 0) return odd;
  return [...sessionFindings(dying, (family) => repairs.get(family) ?? ""), ...odd];
}

/** Without a rule for established connections, not even the first answer comes back. */
function judgeThrough({ family, end, repair }: Sessions): Finding[] {
  const what = `established connections through this host${over(family)}`;
  switch (end) {
    case "accepted":
      return [];
    case "unclear":
      return [{
        state: "unclear",
        text: `Rules with other conditions decide about packets of ${what}`,
        repair,
      }];
    case "dropped":
      return [{
        state: "bad",
        text: `Packets of ${what} are not accepted: no NAT grant works`,
        repair,
      }];
  }
}
