/**
 * Which way a request for services goes: to this host, or by NAT (`docs/spec/server.md` 9).
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

/** What fwknopd.conf says about NAT. */
export interface NatPolicy {
  /** ENABLE_IPT_FORWARDING. */
  readonly forwarding: boolean;
  /** ENABLE_IPT_LOCAL_NAT. */
  readonly localNat: boolean;
  readonly sourceNat: SourceNatSettings;
}

/** The members that tell the kinds of decision about access apart. */
export type Route =
  | Pick<OpenPorts, "kind">
  | Pick<LocalNat, "kind" | "target" | "forced" | "arrivedAt" | "rewrite" | "sourceNat">
  | Pick<
    Forward,
    "kind" | "target" | "forced" | "arrivedAt" | "everything" | "rewrite" | "sourceNat"
  >;

/** Whether the request is for a kind of NAT that is not enabled; which kind. */
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
 * Why the port of this host that a local NAT request names must not be reached by it, or `undefined`. What FORCE_NAT
 * names is the administrator's word and is not checked.
 */
export function deniedRedirect(request: AccessRequest, stanza: Stanza): Reason | undefined {
  if (request.nat?.local !== true || forcedTarget(stanza) !== undefined) return undefined;
  return refuseRedirect(stanza, redirectedService(request.services, request.nat.port));
}

/**
 * Why a client must not be sent to a service of this host under another port: it is in RESTRICT_PORTS, or neither in
 * OPEN_PORTS nor in NAT_TARGETS although there is one of them. `undefined`: it may.
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

/** The inside end of a rewritten connection: only the first service of a request counts on the NAT path. */
export function redirectedService(services: readonly Service[], port: number): Service {
  const [first] = services;
  if (first === undefined) throw new TypeError("A request for access names a service");
  return { protocol: first.protocol, port };
}

/**
 * The route of an enabled request. FORCE_NAT beats what the client names. FORWARD_ALL takes the NAT path by itself and
 * rewrites nothing unless a host is named, where the C daemon opens a port of its own host or rewrites to `0.0.0.0`
 * (`docs/spec/server.md` 16, row 20).
 *
 * @param client the address that is let through: it decides the family of a source NAT.
 * @param arrivedAt where the packet was sent to.
 */
export function chooseRoute(
  request: AccessRequest,
  stanza: Stanza,
  policy: NatPolicy,
  client: Address,
  arrivedAt: Address,
): Route {
  const forcedHost = forcedTarget(stanza);
  const forced = forcedHost !== undefined;
  const target = forcedHost ?? request.nat;
  if (target === undefined && !stanza.forwardAll) return { kind: "open" };
  const sourceNat = chooseSourceNat(stanza, policy.sourceNat, client.family);
  const rewrite = target !== undefined && !stanza.disableDnat;
  const nat = { forced, rewrite, ...(sourceNat === undefined ? {} : { sourceNat }) };
  if (target === undefined) return { kind: "forward", everything: true, arrivedAt, ...nat };
  const host = { host: target.host, port: target.port };
  // What a client calls local stays on this host, whatever else the stanza forwards.
  if (request.nat?.local === true && !(forced && stanza.forwardAll)) {
    return { kind: "local-nat", target: host, arrivedAt, ...nat };
  }
  return { kind: "forward", target: host, everything: stanza.forwardAll, arrivedAt, ...nat };
}

/** FORCE_NAT, unless it is the `0.0.0.0 0` that stands for no host. */
function forcedTarget({ forceNat }: Stanza): NatHost | undefined {
  if (forceNat === undefined || isUnspecified(forceNat.address)) return undefined;
  return { host: forceNat.address, port: forceNat.port };
}
