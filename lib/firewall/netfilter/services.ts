/**
 * Whether strangers reach the services of a Linux host that knocking is to open.
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
import { describePlace } from "./place.ts";
import { familiesOf } from "../../doctor/questions.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { asStranger } from "./stranger.ts";
import { describeTarget } from "../../doctor/translation.ts";
import { lateVerdicts } from "./verdicts.ts";
import { type End, endsOf, fateAmong, type Sender } from "./way.ts";

/** What becomes of strangers' packets over one family. */
interface ServiceFate {
  readonly family: AddressFamily;
  readonly end: PacketOutcome;
  /** The rule that sends them where they are not dropped. */
  readonly sender?: Sender;
}

/** What is said of one service. */
export function judgeService(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
): Finding[] {
  const fates = familiesOf(questions).map((family) =>
    fateOver(questions, ruleset, service, family)
  );
  if (fates.every(({ end }) => end === "dropped")) {
    return [{ state: "good", text: closedText(questions, ruleset, service) }];
  }
  const sent = fates.flatMap(({ family, end, sender }) =>
    sender === undefined ? [] : [sentFinding(service, { family, end, sender })]
  );
  const own = fates.filter(({ sender, end }) => sender === undefined && end !== "dropped");
  const repair: Repair = (family) => closing(questions, ruleset, service, family);
  const isOutside = questions.outside?.some((it) => sameService(it, service)) === true;
  const found = own.flatMap((fate) =>
    isOutside && fate.end !== "unclear"
      ? [outsideFinding(service, fate.family, repair)]
      : serviceFindings(service, [fate], repair)
  );
  return [...sent, ...found];
}

function fateOver(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  family: AddressFamily,
): ServiceFate {
  const ends = [
    ...endsOf(ruleset, asStranger(questions, { service, family })),
    ...endsByOtherWays(questions, ruleset, service, family),
  ];
  const end = fateAmong(ruleset, ends);
  const sender = ends.find((it) => it.fate !== "dropped" && it.turn.sender !== undefined)?.turn
    .sender;
  return { family, end, ...(sender === undefined ? {} : { sender }) };
}

/** By another port, or another address, from which a rule sends packets to this port, where strangers get in. */
function endsByOtherWays(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  family: AddressFamily,
): End[] {
  return (["input", "forward"] as const).flatMap((hook) => {
    const packet = { service, family, hook, vague: { port: true } } as const;
    return endsOf(ruleset, asStranger(questions, packet)).filter(({ turn, fate, isAstray }) => {
      const { packet: arrived, sender } = turn;
      if (fate === "dropped" || isAstray || arrived === undefined) return isAstray;
      return sender !== undefined && arrived.hook !== "forward" &&
        (hook === "forward" || sender.translation.port !== "same") &&
        (arrived.vague?.port === true || arrived.service.port === service.port);
    });
  });
}

/** By what a service is closed, and for whom where it is so on some interfaces only. */
function closedText(questions: NetfilterQuestions, ruleset: Ruleset, service: Service): string {
  const families = familiesOf(questions);
  const isProtected = questions.protect.some((it) => sameService(it, service)) &&
    families.every((family) => isDroppedByUs(questions, ruleset, service, family));
  const { interfaces, ...anywhere } = questions;
  const isEverywhere = interfaces === undefined ||
    families.every((family) => fateOver(anywhere, ruleset, service, family).end === "dropped");
  return `${formatService(service)} is closed${isProtected ? " by NFT_PROTECT" : ""}` +
    `${isEverywhere ? "" : ` on ${interfaces.join(", ")}`} to those who do not knock`;
}

/** Whether our own table drops it: its chain, its rule and the element of its set are there. */
function isDroppedByUs(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  family: AddressFamily,
): boolean {
  return lateVerdicts(ruleset, asStranger(questions, { service, family }))
    .some(({ place, fate }) => place.table === NFT_TABLE && fate === "dropped");
}

/** A service whose packets a rule of this host sends elsewhere, past what closes ports. */
function sentFinding(
  service: Service,
  { family, end, sender }: Required<ServiceFate>,
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

/** Docker makes its rules again whenever it starts: it has to be told. */
function removal(sender: Sender): string {
  const { place, translation: { rule } } = sender;
  if (/docker/i.test(rule)) return "Publish the port on 127.0.0.1 only (docker run -p 127.0.0.1:…)";
  return `Remove that rule (${lookAt({ ...sender, place })})`;
}

function forced({ translation: { to, port } }: Sender, service: Service): string {
  const address = typeof to === "object" ? to.text : "ADDRESS";
  return `${address} ${port === "same" ? service.port : port === "unknown" ? "PORT" : port}`;
}

/** Of a stanza that may forward: its ports may be no more than what clients name for a service inside. */
function outsideFinding(service: Service, family: AddressFamily, repair: Repair): Finding {
  return {
    state: "unclear",
    text: `${openText(service, family)}: in order only if nothing of this host listens there ` +
      `and ${formatService(service)} is no more than the outside port of NAT grants`,
    repair: repair(family),
  };
}
