/**
 * How the doctor tells what becomes of packets, whatever the firewall.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import { formatService, type Service } from "../net/service.ts";
import type { Fate } from "./chain_walk.ts";
import type { Finding } from "./finding.ts";

/** What becomes of packets over one family. */
export interface FamilyFate {
  readonly family: AddressFamily;
  readonly end: Fate;
}

/** What mends something over one family. */
export type Mend = (family: AddressFamily) => string;

/**
 * Whether a service that knocking is to open is closed to everybody else.
 *
 * @param look the command that shows what is not understood.
 */
export function serviceFindings(
  service: Service,
  fates: readonly FamilyFate[],
  closing: Mend,
  look?: string,
): Finding[] {
  const name = formatService(service);
  const odd = fates.filter(({ end }) => end !== "dropped");
  if (odd.length === 0) {
    return [{ state: "good", text: `${name} is closed to those who do not knock` }];
  }
  return odd.map(({ family, end }): Finding => {
    const where = over(family);
    if (end === "unclear") {
      return {
        state: "unclear",
        text: `Rules with other conditions decide about ${name}${where}`,
        ...(look === undefined ? {} : { mend: look }),
      };
    }
    return {
      state: "bad",
      text: `${openText(service, family)}: knocking protects nothing`,
      mend: closing(family),
    };
  });
}

/** Whether SPA packets come to a port that this host listens on; those of TCP have a connection made first. */
export function spaPortFindings(
  service: Service,
  fates: readonly FamilyFate[],
  admitting: Mend,
): Finding[] {
  const name = formatService(service);
  const odd = fates.filter(({ end }) => end !== "accepted");
  if (odd.length === 0) return [{ state: "good", text: `Packets to ${name} arrive` }];
  return odd.map(({ family, end }) => ({
    state: end === "dropped" ? "bad" : "unclear",
    text: `Packets to ${name}${over(family)} ${end === "dropped" ? "are" : "may be"} ` +
      "dropped before the server sees them",
    mend: admitting(family),
  }));
}

/** Whether what is connected stays so when a grant is over. */
export function sessionFindings(dying: readonly AddressFamily[], mend: Mend): Finding[] {
  if (dying.length === 0) return [{ state: "good", text: "Open sessions outlive their grant" }];
  return dying.map((family) => ({
    state: "bad",
    text: `Packets of established connections${over(family)} are ` +
      "not accepted: sessions die when a grant ends",
    mend: mend(family),
  }));
}

/** The start of a finding about a service that is not closed. */
export function openText(service: Service, family: AddressFamily): string {
  return `${formatService(service)} is open to everybody${over(family)}`;
}

/** IPv4 goes without saying. */
export function over(family: AddressFamily): string {
  return family === 6 ? " over IPv6" : "";
}
