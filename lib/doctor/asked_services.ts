/**
 * The services that the doctor examines, taken from the stanzas: services of this host and of hosts behind it.
 *
 * @module
 */
import type { NatSwitches } from "../config/nat_switches.ts";
import type { Stanza } from "../config/stanza.ts";
import { isUnspecified } from "../net/address.ts";
import { formatService, sameService, type Service } from "../net/service.ts";
import type { DoctorQuestions, InsideService } from "./questions.ts";

/** The service to examine if there is no stanza, or if a stanza does not name the services that it opens. */
const USUAL: Service = { protocol: "tcp", port: 22 };

/**
 * Each service once. A stanza that forwards opens no service of this host. Clients connect to its ports, and this host
 * forwards the connections.
 */
export function askedServices(
  stanzas: readonly Stanza[],
  { forwarding, localNat }: Pick<NatSwitches, "forwarding" | "localNat">,
): Pick<DoctorQuestions, "services" | "outside" | "inside"> {
  const services: Service[] = stanzas.length === 0 ? [USUAL] : [];
  const outside: Service[] = [];
  const inside: InsideService[] = [];
  for (const stanza of stanzas) {
    const forced = forwarding || localNat ? forcedServices(stanza) : undefined;
    if (forced !== undefined) {
      inside.push(...forced);
      continue;
    }
    if (forwarding && stanza.forwardAll) {
      inside.push({});
      continue;
    }
    const mayForward = forwarding && stanza.refuseForwardNat !== true;
    if (mayForward) inside.push(...namedInside(stanza));
    const own = stanza.openPorts ?? [USUAL];
    services.push(...own, ...(mayForward || localNat ? namedHere(stanza) : []));
    if (stanza.openPorts !== undefined && (mayForward || localNat)) outside.push(...own);
  }
  return {
    services: distinct(services, formatService),
    outside: distinct(outside, formatService).filter((service) =>
      // A service that another stanza opens and cannot forward is a service of this host.
      !stanzas.some((stanza) =>
        namedHere(stanza).some((it) => sameService(it, service)) ||
        (!mayTranslate(stanza, { forwarding, localNat }) &&
          stanza.openPorts?.some((it) => sameService(it, service)) === true)
      )
    ),
    inside: distinct(
      inside,
      ({ address, service }) =>
        `${address?.text} ${service === undefined ? "" : formatService(service)}`,
    ),
  };
}

function mayTranslate(
  { refuseForwardNat }: Stanza,
  { forwarding, localNat }: Pick<NatSwitches, "forwarding" | "localNat">,
): boolean {
  return localNat || (forwarding && refuseForwardNat !== true);
}

/** What clients may name behind this host: the NAT_TARGETS, or anything. In a network they may name any host. */
function namedInside({ natTargets }: Stanza): InsideService[] {
  if (natTargets === undefined) return [{}];
  return natTargets.flatMap(({ place, services }): InsideService[] => {
    if (place === "local") return [];
    const isHost = place !== "any" && place.length === place.network.bytes.length * 8;
    const host = isHost ? { address: place.network } : {};
    return services === "any" ? [host] : services.map((service) => ({ ...host, service }));
  });
}

/** The services of this host that clients may reach by another port. */
function namedHere({ natTargets = [] }: Stanza): Service[] {
  return natTargets.flatMap(({ place, services }) =>
    place === "local" && services !== "any" ? services : []
  );
}

/** The target of FORCE_NAT; `undefined` without it. `0.0.0.0` stands for no host. */
function forcedServices(
  { forceNat, forwardAll, openPorts = [USUAL] }: Stanza,
): InsideService[] | undefined {
  if (forceNat === undefined || isUnspecified(forceNat.address)) return undefined;
  const { address, port } = forceNat;
  if (forwardAll || port === 0) return [{ address }];
  return openPorts.map(({ protocol }) => ({ address, service: { protocol, port } }));
}

function distinct<T>(all: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(all.map((item) => [keyOf(item), item])).values()];
}
