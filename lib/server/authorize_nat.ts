/**
 * Which way a request for services goes: to this host, or by NAT (`docs/spec/server.md` 9).
 *
 * @module
 */
import type { Stanza } from "../config/stanza.ts";
import { chooseSourceNat, type SourceNatSettings } from "../firewall/grant.ts";
import { type AddressFamily, isUnspecified } from "../net/address.ts";
import type { AccessRequest } from "../spa/request.ts";
import type { Forward, LocalNat, NatHost, OpenPorts } from "./decision.ts";

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
  | Pick<LocalNat, "kind" | "target" | "rewrite" | "sourceNat">
  | Pick<Forward, "kind" | "target" | "everything" | "rewrite" | "sourceNat">;

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
 * The route of an enabled request. FORCE_NAT beats what the client names. FORWARD_ALL takes the NAT path by itself and
 * rewrites nothing unless a host is named, where the C daemon opens a port of its own host or rewrites to `0.0.0.0`
 * (`docs/spec/server.md` 16, row 20).
 *
 * @param family of the address that is let through.
 */
export function chooseRoute(
  request: AccessRequest,
  stanza: Stanza,
  policy: NatPolicy,
  family: AddressFamily,
): Route {
  const forced = forcedTarget(stanza);
  const target = forced ?? request.nat;
  if (target === undefined && !stanza.forwardAll) return { kind: "open" };
  const sourceNat = chooseSourceNat(stanza, policy.sourceNat, family);
  const rewrite = target !== undefined && !stanza.disableDnat;
  const nat = { rewrite, ...(sourceNat === undefined ? {} : { sourceNat }) };
  if (target === undefined) return { kind: "forward", everything: true, ...nat };
  const host = { host: target.host, port: target.port };
  if (forced === undefined && request.nat?.local === true && !stanza.forwardAll) {
    return { kind: "local-nat", target: host, ...nat };
  }
  return { kind: "forward", target: host, everything: stanza.forwardAll, ...nat };
}

/** FORCE_NAT, unless it is the `0.0.0.0 0` that stands for no host. */
function forcedTarget({ forceNat }: Stanza): NatHost | undefined {
  if (forceNat === undefined || isUnspecified(forceNat.address)) return undefined;
  return { host: forceNat.address, port: forceNat.port };
}
