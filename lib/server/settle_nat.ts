/**
 * Where a rewritten connection ends: on this host or behind it, and whether the stanza allows that end. This is the part
 * of policy that needs to know which addresses are this host's.
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
import type { AccessGrant, Forward, LocalNat, SettledGrant } from "./decision.ts";
import { type Reason, type RefusalFacts, refuse } from "./refusal.ts";

/** What the end of a connection is judged by. */
export interface NatSurroundings {
  readonly stanza: Stanza;
  readonly nat: NatPolicy;
  readonly placeOf: PlaceOf;
}

/** The grant with its end, or why there is none. */
export type SettledNat =
  | { readonly allowed: true; readonly grant: SettledGrant }
  | { readonly allowed: false; readonly refusal: Reason };

/** The name that must be looked up before {@link settleNat}. That of a local request decides nothing. */
export function nameToLookUp(decision: AccessGrant): string | undefined {
  if (decision.kind !== "forward") return undefined;
  const host = decision.target?.host;
  return typeof host === "string" ? host : undefined;
}

/**
 * Settles the end of a decision. A local request ends on this host: at the address it names if that is this host's, or
 * else at the one the packet came to, so that it works behind a one-to-one translation. Any other request whose target
 * turns out to be this host is a local one. What FORCE_NAT names is not checked.
 *
 * @param resolved the address of {@link nameToLookUp}.
 */
export function settleNat(
  decision: AccessGrant,
  resolved: Address | undefined,
  surroundings: NatSurroundings,
): SettledNat {
  const settled = settleEnd(decision, resolved, surroundings);
  return settled.allowed
    ? allow(withBeginning(settled.grant, surroundings))
    // The codes are those of an earlier step.
    : { allowed: false, refusal: { ...settled.refusal, step: "resolve" } };
}

/**
 * Only connections to addresses of this host are redirected, or else every other connection of the client through this
 * host would be, and the client is whom the message names. A packet that came to an address that this host has not, but
 * routes or translates, is about that one.
 */
function withBeginning(grant: SettledGrant, { placeOf }: NatSurroundings): SettledGrant {
  if (grant.kind === "open" || grant.destination !== undefined) return grant;
  const { rewrite, arrivedAt, address } = grant;
  const isEverything = grant.kind === "forward" && grant.everything;
  const isOther = rewrite && !isEverything && arrivedAt.family === address.family &&
    placeOf(arrivedAt) === "elsewhere";
  return isOther ? { ...grant, destination: arrivedAt } : grant;
}

function settleEnd(
  decision: AccessGrant,
  resolved: Address | undefined,
  surroundings: NatSurroundings,
): SettledNat {
  switch (decision.kind) {
    case "open":
      return allow(decision);
    case "local-nat":
      return decision.forced
        ? settleForced(decision, decision.target, surroundings)
        : settleLocal(decision, surroundings);
    case "forward": {
      const { target, ...everywhere } = decision;
      if (target === undefined) return allow(everywhere);
      const host = typeof target.host === "string" ? resolved : target.host;
      if (host === undefined) throw new TypeError("The name of the NAT host was not looked up");
      const named = { host, port: target.port };
      return decision.forced
        ? settleForced(decision, named, surroundings)
        : settleForward(decision, named, surroundings);
    }
  }
}

/** FORCE_NAT to this host needs the rule of a local request, whatever the client's type. */
function settleForced(
  decision: LocalNat | Forward,
  target: LocalNat["target"],
  { placeOf }: NatSurroundings,
): SettledNat {
  const { host, port } = target;
  if (typeof host === "string") throw new TypeError("FORCE_NAT names an address");
  const end = { address: host, port };
  const isEverything = decision.kind === "forward" && decision.everything;
  return !isEverything && isHere(placeOf(host))
    ? allow(asLocal(decision, end))
    : allow(asForward(decision, end));
}

function settleLocal(decision: LocalNat, { placeOf }: NatSurroundings): SettledNat {
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
  { stanza, nat, placeOf }: NatSurroundings,
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
