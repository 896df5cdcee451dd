/**
 * Chooses the route of a request for services: to this host, or by NAT (`docs/spec/server.md` 9).
 *
 * @module
 */
import { allowsLocal } from "../config/nat_targets.ts";
import type { Stanza } from "../config/stanza.ts";
import { chooseSourceNat, type SourceNatSettings } from "../firewall/grant.ts";
import { type Address, isUnspecified } from "../net/address.ts";
import { formatService, sameService, type Service } from "../net/service.ts";
import type { AccessRequest } from "../spa/request.ts";
import type { Forward, LocalNat, NatHost, OpenPorts } from "./decision.ts";
import { type Reason, refuse } from "./refusal.ts";

/** The NAT settings of fwknopd.conf. */
export interface NatPolicy {
  /** ENABLE_IPT_FORWARDING. */
  readonly forwarding: boolean;
  /** ENABLE_IPT_LOCAL_NAT. */
  readonly localNat: boolean;
  readonly sourceNat: SourceNatSettings;
}

/** The members in which the kinds of access decision differ. */
export type AccessRoute =
  | Pick<OpenPorts, "kind">
  | Pick<LocalNat, "kind" | "target" | "forced" | "arrivedAt" | "rewrite" | "sourceNat">
  | Pick<
    Forward,
    "kind" | "target" | "forced" | "arrivedAt" | "everything" | "rewrite" | "sourceNat"
  >;

/** The kind of NAT that the request needs and that is not enabled; `undefined` if nothing is missing. */
export function disabledNat(
  request: AccessRequest,
  stanza: Stanza,
  policy: NatPolicy,
): "local" | "forward" | undefined {
  if (request.nat === undefined) return undefined;
  if (request.nat.local) return policy.localNat ? undefined : "local";
  return policy.forwarding && stanza.refuseForwardNat !== true ? undefined : "forward";
}

/**
 * Refuses a local NAT request whose port of this host is not allowed; `undefined` if it is allowed. A target of
 * FORCE_NAT was chosen by the administrator, so it is not checked.
 */
export function deniedRedirect(request: AccessRequest, stanza: Stanza): Reason | undefined {
  if (request.nat?.local !== true || forcedTarget(stanza) !== undefined) return undefined;
  return refuseRedirect(stanza, redirectedService(request.services, request.nat.port));
}

/**
 * Refuses to redirect a client to a service of this host if RESTRICT_PORTS lists it, or if OPEN_PORTS or NAT_TARGETS is
 * set and neither lists it. `undefined`: the redirect is allowed.
 */
export function refuseRedirect(stanza: Stanza, service: Service): Reason | undefined {
  const { openPorts, restrictPorts, natTargets } = stanza;
  const isListed = (list: readonly Service[]): boolean =>
    list.some((item) => sameService(item, service));
  const target = `local ${formatService(service)}`;
  if (isListed(restrictPorts)) {
    return refuse("nat-target-denied", { target, reason: "RESTRICT_PORTS" });
  }
  if (openPorts === undefined && natTargets === undefined) return undefined;
  if (isListed(openPorts ?? []) || allowsLocal(natTargets ?? [], service)) return undefined;
  return refuse("nat-target-denied", { target, reason: "NAT_TARGETS" });
}

/** The service at the target of a rewritten connection. With NAT only the first service of a request counts. */
export function redirectedService(services: readonly Service[], port: number): Service {
  const [first] = services;
  if (first === undefined) throw new TypeError("A request for access names a service");
  return { protocol: first.protocol, port };
}

/**
 * The route of an enabled request. FORCE_NAT overrides the target that the client names. FORWARD_ALL alone forwards
 * without a rewrite unless a host is named; the C daemon then opens a port of its own host or rewrites to `0.0.0.0`
 * (`docs/spec/server.md` 16, row 20).
 *
 * @param client the address to admit; it decides the family of a source NAT.
 * @param arrivedAt destination address of the packet.
 */
export function chooseRoute(
  request: AccessRequest,
  stanza: Stanza,
  policy: NatPolicy,
  client: Address,
  arrivedAt: Address,
): AccessRoute {
  const forcedHost = forcedTarget(stanza);
  const forced = forcedHost !== undefined;
  const target = forcedHost ?? request.nat;
  if (target === undefined && !stanza.forwardAll) return { kind: "open" };
  const sourceNat = chooseSourceNat(stanza, policy.sourceNat, client.family);
  const rewrite = target !== undefined && !stanza.disableDnat;
  const nat = { forced, rewrite, ...(sourceNat === undefined ? {} : { sourceNat }) };
  if (target === undefined) return { kind: "forward", everything: true, arrivedAt, ...nat };
  const host = { host: target.host, port: target.port };
  // A local request stays on this host, whatever else the stanza forwards.
  if (request.nat?.local === true && !(forced && stanza.forwardAll)) {
    return { kind: "local-nat", target: host, arrivedAt, ...nat };
  }
  return { kind: "forward", target: host, everything: stanza.forwardAll, arrivedAt, ...nat };
}

/** The target of FORCE_NAT; `0.0.0.0 0` stands for no host. */
function forcedTarget({ forceNat }: Stanza): NatHost | undefined {
  if (forceNat === undefined || isUnspecified(forceNat.address)) return undefined;
  return { host: forceNat.address, port: forceNat.port };
}
