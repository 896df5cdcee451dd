/**
 * Finds the target of a rewritten connection, on this host or behind it, and checks whether the stanza allows it. Only
 * this part of policy needs to know which addresses belong to this host.
 *
 * @module
 */
import { allowsInside } from "../config/nat_targets.ts";
import type { Stanza } from "../config/stanza.ts";
import type { AddressPlace, PlaceOf } from "../firewall/address_place.ts";
import type { NatTarget } from "../firewall/grant.ts";
import type { Address } from "../net/address.ts";
import { formatService } from "../net/service.ts";
import { type NatPolicy, redirectedService, refuseRedirect } from "./authorize_nat.ts";
import type { AccessDecision, Forward, LocalNat, SettledGrant } from "./decision.ts";
import { type Reason, type RefusalFacts, refuse } from "./refusal.ts";

/** What decides about the target of a connection. */
export interface NatContext {
  readonly stanza: Stanza;
  readonly nat: NatPolicy;
  readonly placeOf: PlaceOf;
}

/** The grant with its target, or the reason of the refusal. */
export type SettledNat =
  | { readonly allowed: true; readonly grant: SettledGrant }
  | { readonly allowed: false; readonly refusal: Reason };

/** The name to look up before {@link settleNat}. The name in a local request has no effect. */
export function nameToLookUp(decision: AccessDecision): string | undefined {
  if (decision.kind !== "forward") return undefined;
  const host = decision.target?.host;
  return typeof host === "string" ? host : undefined;
}

/**
 * Settles the target of a decision. The target of a local request is this host: the named address if it belongs to this
 * host, or else the destination of the packet, so that it works behind a one-to-one translation. Any other request
 * whose target is this host becomes a local one. A target of FORCE_NAT is not checked.
 *
 * @param resolved the address of {@link nameToLookUp}.
 */
export function settleNat(
  decision: AccessDecision,
  resolved: Address | undefined,
  context: NatContext,
): SettledNat {
  const settled = settleTarget(decision, resolved, context);
  return settled.allowed
    ? allow(limitDestination(settled.grant, context))
    // The table lists these codes under an earlier step.
    : { allowed: false, refusal: { ...settled.refusal, step: "resolve" } };
}

/**
 * Limits the redirected connections by their original destination. By default only connections to addresses of this
 * host are redirected; otherwise every connection of the client through this host would be. If the packet was sent to
 * an address that this host only routes or translates, connections to that address are redirected.
 */
function limitDestination(grant: SettledGrant, { placeOf }: NatContext): SettledGrant {
  if (grant.kind === "open" || grant.destination !== undefined) return grant;
  const { rewrite, arrivedAt, address } = grant;
  const isEverything = grant.kind === "forward" && grant.everything;
  const isOther = rewrite && !isEverything && arrivedAt.family === address.family &&
    placeOf(arrivedAt) === "elsewhere";
  return isOther ? { ...grant, destination: arrivedAt } : grant;
}

function settleTarget(
  decision: AccessDecision,
  resolved: Address | undefined,
  context: NatContext,
): SettledNat {
  switch (decision.kind) {
    case "open":
      return allow(decision);
    case "local-nat":
      return decision.forced
        ? settleForced(decision, decision.target, context)
        : settleLocal(decision, context);
    case "forward": {
      const { target, ...everywhere } = decision;
      if (target === undefined) return allow(everywhere);
      const host = typeof target.host === "string" ? resolved : target.host;
      if (host === undefined) throw new TypeError("The name of the NAT host was not looked up");
      const named = { host, port: target.port };
      return decision.forced
        ? settleForced(decision, named, context)
        : settleForward(decision, named, context);
    }
  }
}

/** FORCE_NAT with this host as target needs the rules of a local request, whatever message type the client sent. */
function settleForced(
  decision: LocalNat | Forward,
  target: LocalNat["target"],
  { placeOf }: NatContext,
): SettledNat {
  const { host, port } = target;
  if (typeof host === "string") throw new TypeError("FORCE_NAT names an address");
  const end = { address: host, port };
  const isEverything = decision.kind === "forward" && decision.everything;
  return !isEverything && isHere(placeOf(host))
    ? allow(asLocal(decision, end))
    : allow(asForward(decision, end));
}

function settleLocal(decision: LocalNat, { placeOf }: NatContext): SettledNat {
  const { target: { host, port }, arrivedAt } = decision;
  if (typeof host !== "string" && placeOf(host) === "own") {
    return allow(asLocal(decision, { address: host, port }));
  }
  const end = { address: arrivedAt, port };
  return isHere(placeOf(arrivedAt))
    ? allow(asLocal(decision, end))
    : deny(decision, end, "not-local");
}

function settleForward(
  decision: Forward,
  { host, port }: { readonly host: Address; readonly port: number },
  { stanza, nat, placeOf }: NatContext,
): SettledNat {
  const end = { address: host, port };
  const place = placeOf(host);
  const service = redirectedService(decision.services, port);
  if (place === "own" && !decision.everything) {
    const refusal = nat.localNat
      ? refuseRedirect(stanza, service)
      : refuse("nat-not-enabled", { kind: "local" });
    return refusal === undefined ? allow(asLocal(decision, end)) : { allowed: false, refusal };
  }
  if (place !== "elsewhere") return deny(decision, end, place);
  const { natTargets } = stanza;
  return natTargets === undefined || allowsInside(natTargets, host, service)
    ? allow(asForward(decision, end))
    : deny(decision, end, "NAT_TARGETS");
}

function isHere(place: AddressPlace): boolean {
  return place === "own" || place === "loopback";
}

function asLocal(
  { kind: _, ...rest }: LocalNat | Forward,
  { address, port }: NatTarget,
): SettledGrant {
  const target = { host: address, address, port };
  return { ...rest, kind: "local-nat", target };
}

function asForward(
  { kind: _, ...rest }: LocalNat | Forward,
  { address, port }: NatTarget,
): SettledGrant {
  const target = { host: address, address, port };
  return { everything: false, ...rest, kind: "forward", target };
}

function allow(grant: SettledGrant): SettledNat {
  return { allowed: true, grant };
}

function deny(
  { services }: LocalNat | Forward,
  { address, port }: NatTarget,
  reason: RefusalFacts<"nat-target-denied">["reason"],
): SettledNat {
  const service = redirectedService(services, port);
  const target = `${address.text} ${formatService(service)}`;
  return { allowed: false, refusal: refuse("nat-target-denied", { target, reason }) };
}
