/**
 * Judges whether strangers reach the services of a Linux host that a grant opens.
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import { formatService, sameService, type Service } from "../../net/service.ts";
import type { PacketOutcome } from "../../doctor/chain_walk.ts";
import { closing } from "./closing.ts";
import { openText, over, type Repair, serviceFindings } from "../../doctor/outcome_findings.ts";
import type { Finding } from "../../doctor/finding.ts";
import type { Ruleset } from "./ruleset.ts";
import { NFT_TABLE } from "../nft/schema.ts";
import { describePlace } from "./chain_reference.ts";
import { familiesOf } from "../../doctor/questions.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { asStranger } from "./stranger.ts";
import { describeTarget } from "../../doctor/translation.ts";
import { lateVerdicts } from "./verdicts.ts";
import { agreedOutcome, type End, endsOf, type Sender } from "./packet_path.ts";

/** The outcome of strangers' packets over one family. */
export interface ServiceOutcome {
  readonly family: AddressFamily;
  readonly end: PacketOutcome;
  /** The rule that sends them elsewhere, if they are not dropped. */
  readonly sender?: Sender;
}

/** Judges one service. */
export function judgeService(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
): Finding[] {
  const outcomes = familiesOf(questions).map((family) =>
    outcomeOver(questions, ruleset, service, family)
  );
  if (outcomes.every(({ end }) => end === "dropped")) {
    return [{ state: "good", text: closedText(questions, ruleset, service) }];
  }
  const sent = outcomes.flatMap(({ family, end, sender }) =>
    sender === undefined ? [] : [sentFinding(service, { family, end, sender })]
  );
  const own = outcomes.filter(({ sender, end }) => sender === undefined && end !== "dropped");
  const repair: Repair = (family) => closing(questions, ruleset, service, family);
  const isOutside = questions.outside?.some((it) => sameService(it, service)) === true;
  const found = own.flatMap((outcome) =>
    isOutside && outcome.end !== "unclear"
      ? [outsideFinding(service, outcome.family, repair)]
      : serviceFindings(service, [outcome], repair)
  );
  return [...sent, ...found];
}

/** What happens to strangers' packets to a service over one family. */
export function outcomeOver(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  family: AddressFamily,
): ServiceOutcome {
  const ends = [
    ...endsOf(ruleset, asStranger(questions, { service, family })),
    ...endsByOtherWays(questions, ruleset, service, family),
  ];
  const end = agreedOutcome(ruleset, ends);
  const sender = ends.find((it) => it.outcome !== "dropped" && it.branch.sender !== undefined)
    ?.branch
    .sender;
  return { family, end, ...(sender === undefined ? {} : { sender }) };
}

/** Ends at this port of packets to another port or address that a rule sends here, if strangers get in. */
function endsByOtherWays(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  family: AddressFamily,
): End[] {
  return (["input", "forward"] as const).flatMap((hook) => {
    const packet = { service, family, hook, vague: { port: true } } as const;
    return endsOf(ruleset, asStranger(questions, packet)).filter(
      ({ branch, outcome, isAstray }) => {
        const { packet: arrived, sender } = branch;
        if (outcome === "dropped" || isAstray || arrived === undefined) return isAstray;
        return sender !== undefined && arrived.hook !== "forward" &&
          (hook === "forward" || sender.translation.port !== "same") &&
          (arrived.vague?.port === true || arrived.service.port === service.port);
      },
    );
  });
}

/** Says what closes a service, and on which interfaces if not on all. */
function closedText(questions: NetfilterQuestions, ruleset: Ruleset, service: Service): string {
  const families = familiesOf(questions);
  const isProtected = questions.protect.some((it) => sameService(it, service)) &&
    families.every((family) => isDroppedByUs(questions, ruleset, service, family));
  const { interfaces, ...anywhere } = questions;
  const isEverywhere = interfaces === undefined ||
    families.every((family) => outcomeOver(anywhere, ruleset, service, family).end === "dropped");
  return `${formatService(service)} is closed${isProtected ? " by NFT_PROTECT" : ""}` +
    `${isEverywhere ? "" : ` on ${interfaces.join(", ")}`} to those who do not knock`;
}

/** Whether our own table drops it: its chain, its rule and the element of its set exist. */
function isDroppedByUs(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  family: AddressFamily,
): boolean {
  return lateVerdicts(ruleset, asStranger(questions, { service, family }))
    .some(({ place, outcome }) => place.table === NFT_TABLE && outcome === "dropped");
}

/** Reports a service whose packets a rule of this host sends elsewhere, past the rules that close ports. */
function sentFinding(
  service: Service,
  { family, end, sender }: Required<ServiceOutcome>,
): Finding {
  const { place, translation } = sender;
  const name = formatService(service);
  const target = describeTarget(translation, service);
  const where = describePlace(place);
  if (end !== "accepted") {
    const text = `Rules with other conditions decide about ${name}${over(family)}: ` +
      `${where} sends packets to ${target}`;
    return { state: "unclear", text, repair: lookAt(sender) };
  }
  return {
    state: "bad",
    text: `${openText(service, family)}: ${where} sends it to ${target}, past INPUT`,
    repair: `${removal(sender)}, and let the stanza forward: FORCE_NAT ${forced(sender, service)}`,
  };
}

function lookAt({ place: { command, table, chain } }: Sender): string {
  return command === "nft" ? `nft list chain ${table} ${chain}` : `${command} -t ${table} -S`;
}

/** Docker recreates its rules whenever it starts, so its own configuration must change. */
function removal(sender: Sender): string {
  const { place, translation: { rule } } = sender;
  if (/docker/i.test(rule)) return "Publish the port on 127.0.0.1 only (docker run -p 127.0.0.1:…)";
  return `Remove that rule (${lookAt({ ...sender, place })})`;
}

function forced({ translation: { to, port } }: Sender, service: Service): string {
  const address = typeof to === "object" ? to.text : "ADDRESS";
  return `${address} ${port === "same" ? service.port : port === "unknown" ? "PORT" : port}`;
}

/** For a stanza that may forward: its ports may be only outside ports of services inside. */
function outsideFinding(service: Service, family: AddressFamily, repair: Repair): Finding {
  return {
    state: "unclear",
    text: `${openText(service, family)}: safe only if no program of this host listens there ` +
      `and ${formatService(service)} is only the outside port of NAT grants`,
    repair: repair(family),
  };
}
