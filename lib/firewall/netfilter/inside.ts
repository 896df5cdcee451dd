/**
 * Judges whether strangers get through a Linux host to the destinations that its stanzas forward to.
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import { formatService, type Service } from "../../net/service.ts";
import { ANY_SERVICE } from "../../doctor/any_service.ts";
import type { PacketOutcome } from "../../doctor/chain_walk.ts";
import { closingThrough } from "./closing.ts";
import { over } from "../../doctor/outcome_findings.ts";
import type { Finding } from "../../doctor/finding.ts";
import { portsOfTranslations } from "./translated_ports.ts";
import type { Ruleset } from "./ruleset.ts";
import type { Packet } from "../../doctor/packet.ts";
import { familiesOf, type InsideService } from "../../doctor/questions.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { asStranger } from "./stranger.ts";
import { agreedOutcome, type End, endsOf } from "./packet_path.ts";

/** Judges everything behind this host that grants may lead to. */
export function judgeInside(questions: NetfilterQuestions, ruleset: Ruleset): Finding[] {
  return (questions.inside ?? []).flatMap((inside) => {
    const families = inside.address === undefined ? familiesOf(questions) : [inside.address.family];
    const found = families.flatMap((family) => [
      ...directFinding(questions, ruleset, inside, family),
      ...sentInside(questions, ruleset, inside, family),
    ]);
    return found.length > 0 ? found : [closedFinding(questions, ruleset, inside, families)];
  });
}

function closedFinding(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  inside: InsideService,
  families: readonly AddressFamily[],
): Finding {
  const { interfaces, ...anywhere } = questions;
  const isEverywhere = interfaces === undefined ||
    families.every((family) =>
      outcomeInside(anywhere, ruleset, inside, family) === "dropped" &&
      sentInside(anywhere, ruleset, inside, family).length === 0
    );
  const where = isEverywhere ? "" : ` on ${interfaces.join(", ")}`;
  return {
    state: "good",
    text: sentence(inside, `closed${where} to those who do not knock`),
  };
}

/** Judges packets that are addressed to the inside host. */
function directFinding(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  inside: InsideService,
  family: AddressFamily,
): Finding[] {
  switch (outcomeInside(questions, ruleset, inside, family)) {
    case "dropped":
      return [];
    case "unclear": {
      const text = "Rules with other conditions decide whether clients without a grant reach " +
        `${nameOf(inside)}${over(family)} through this host`;
      return [{ state: "unclear", text }];
    }
    case "accepted": {
      const how = `open to everybody${over(family)} through this host, by FORWARD: ` +
        "knocking protects nothing";
      const repair = closingThrough(questions, ruleset, inside, family);
      return [{ state: "bad", text: sentence(inside, how), repair }];
    }
  }
}

function nameOf({ address, service }: InsideService): string {
  const host = address === undefined ? "hosts behind this one" : address.text;
  return service === undefined ? host : `${formatService(service)} of ${host}`;
}

/** The verb agrees with the name. */
function sentence(inside: InsideService, what: string): string {
  const isMany = inside.address === undefined && inside.service === undefined;
  const name = nameOf(inside).replace(/^h/, "H");
  return `${name} ${isMany ? "are" : "is"} ${what}`;
}

/** The outcome of a stranger's packet that is addressed to the inside host. */
function outcomeInside(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  { address, service }: InsideService,
  family: AddressFamily,
): PacketOutcome {
  const device = address === undefined ? undefined : ruleset.devices?.get(address.text);
  const packet: Packet = {
    ...asStranger(questions, { service: service ?? ANY_SERVICE, family }),
    hook: "forward",
    ...(address === undefined ? {} : { destination: address }),
    ...(device === undefined ? {} : { leavesBy: device }),
    ...(service === undefined ? { vague: { protocol: true, port: true } } : {}),
  };
  return agreedOutcome(ruleset, endsOf(ruleset, packet));
}

/**
 * Reports the ports, of this host or of other hosts behind it, that a rule sends to the inside service, if strangers
 * get through.
 */
function sentInside(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  inside: InsideService,
  family: AddressFamily,
): Finding[] {
  const { address, service } = inside;
  const protocols = service === undefined ? ["tcp", "udp"] as const : [service.protocol];
  // A rule without a port sends each port to the same port.
  const ports = new Set([
    ...portsOfTranslations(ruleset),
    ...(service === undefined ? [] : [service.port]),
  ]);
  const leading = (packet: Packet) =>
    endsOf(ruleset, packet).filter((end) => end.outcome !== "dropped" && leadsTo(end, inside));
  const finding = (state: Finding["state"], port: string, host = "this host"): Finding => {
    const perhaps = state === "bad" ? "" : "perhaps ";
    const how = `${perhaps}reached by everybody at ${port} of ${host}${
      over(family)
    }, which a rule sends there`;
    return { state, text: sentence(inside, how) };
  };
  return protocols.flatMap((protocol) => {
    const found = [...ports].flatMap((port): Finding[] => {
      const outside: Service = { protocol, port };
      const ends = leading(asStranger(questions, { service: outside, family }));
      if (ends.length === 0) return [];
      const isOpen = address !== undefined && ends.every(({ outcome }) => outcome === "accepted");
      return [finding(isOpen ? "bad" : "unclear", formatService(outside))];
    });
    if (found.length > 0) return found;
    return ([["input", "this host"], ["forward", "hosts behind this one"]] as const)
      .flatMap(([hook, host]): Finding[] => {
        const service: Service = { protocol, port: ANY_SERVICE.port };
        const anyPort = { service, family, hook, vague: { port: true } } as const;
        const ends = leading(asStranger(questions, anyPort));
        return ends.length === 0 ? [] : [finding("unclear", `a port of ${protocol}`, host)];
      });
  });
}

/** Whether the packet may reach the inside service. */
function leadsTo({ branch, isAstray }: End, { address, service }: InsideService): boolean {
  const { packet, sender, isDropped } = branch;
  if (isAstray || (packet === undefined && isDropped !== true)) return true;
  if (sender === undefined || packet?.hook !== "forward") return false;
  const { destination, vague = {} } = packet;
  const isHost = address === undefined || destination === undefined ||
    destination.text === address.text;
  return isHost &&
    (service === undefined || vague.port === true || packet.service.port === service.port);
}
