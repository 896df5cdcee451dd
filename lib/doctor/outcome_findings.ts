/**
 * The findings about what happens to packets, for every firewall.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import { formatService, type Service } from "../net/service.ts";
import type { PacketOutcome } from "./chain_walk.ts";
import type { Finding } from "./finding.ts";

/** What happens to packets of one address family. */
export interface FamilyOutcome {
  readonly family: AddressFamily;
  readonly end: PacketOutcome;
}

/** The command or setting that repairs something for one address family. */
export type Repair = (family: AddressFamily) => string;

/**
 * Whether a service that knocking opens is closed to clients that do not knock.
 *
 * @param look the command that shows the rules that the doctor does not understand.
 */
export function serviceFindings(
  service: Service,
  outcomes: readonly FamilyOutcome[],
  closing: Repair,
  look?: string,
): Finding[] {
  const name = formatService(service);
  const open = outcomes.filter(({ end }) => end !== "dropped");
  if (open.length === 0) {
    return [{ state: "good", text: `${name} is closed to those who do not knock` }];
  }
  return open.map(({ family, end }): Finding => {
    const where = over(family);
    if (end === "unclear") {
      return {
        state: "unclear",
        text: `Rules with other conditions decide about ${name}${where}`,
        ...(look === undefined ? {} : { repair: look }),
      };
    }
    return {
      state: "bad",
      text: `${openText(service, family)}: knocking protects nothing`,
      repair: closing(family),
    };
  });
}

/** Whether SPA packets reach a port that this host listens on. SPA over TCP needs a connection first. */
export function spaPortFindings(
  service: Service,
  outcomes: readonly FamilyOutcome[],
  admitting: Repair,
): Finding[] {
  const name = formatService(service);
  const missing = outcomes.filter(({ end }) => end !== "accepted");
  if (missing.length === 0) return [{ state: "good", text: `Packets to ${name} arrive` }];
  return missing.map(({ family, end }) => ({
    state: end === "dropped" ? "bad" : "unclear",
    text: `Packets to ${name}${over(family)} ${end === "dropped" ? "are" : "may be"} ` +
      "dropped before the server sees them",
    repair: admitting(family),
  }));
}

/** Whether open sessions continue when a grant ends. */
export function sessionFindings(dying: readonly AddressFamily[], repair: Repair): Finding[] {
  if (dying.length === 0) return [{ state: "good", text: "Open sessions outlive their grant" }];
  return dying.map((family) => ({
    state: "bad",
    text: `Packets of established connections${over(family)} are ` +
      "not accepted: sessions die when a grant ends",
    repair: repair(family),
  }));
}

/** The start of a finding about a service that is not closed. */
export function openText(service: Service, family: AddressFamily): string {
  return `${formatService(service)} is open to everybody${over(family)}`;
}

/** The address family in a sentence; IPv4 is not mentioned. */
export function over(family: AddressFamily): string {
  return family === 6 ? " over IPv6" : "";
}
