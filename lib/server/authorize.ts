/**
 * May this stanza's client have what the message asks for? Policy, from data to data: no clock, no I/O.
 *
 * @module
 */
import type { Stanza } from "../config/stanza.ts";
import type { GpgSignature } from "../gpg/signature.ts";
import { signerMissingFrom } from "../gpg/signer_list.ts";
import { type Address, isUnspecified } from "../net/address.ts";
import { isLinkLocal } from "../net/host_range.ts";
import { formatService, sameService, type Service } from "../net/service.ts";
import type { SpaRequest } from "../spa/request.ts";
import type { SpaMessage } from "../spa/message.ts";
import { chooseRoute, deniedRedirect, disabledNat, type NatPolicy } from "./authorize_nat.ts";
import type { Decision } from "./decision.ts";
import { type Reason, refuse } from "./refusal.ts";

/** What policy needs to know besides stanza and message. */
export interface AuthorizationContext {
  /** Seconds since 1970 UTC. */
  readonly now: number;
  /** Largest difference between the two clocks, in seconds; `undefined`: not checked. */
  readonly maxAge: number | undefined;
  /** Where the packet came from. */
  readonly source: Address;
  /** Where the packet was sent to. */
  readonly sentTo: Address;
  readonly nat: NatPolicy;
  /** Where the packet was sent to, if access is to be limited to that address. */
  readonly destination?: Address | undefined;
  /** The client's address as a trusted HTTP proxy names it; `unusable`: it names something else. */
  readonly forwardedFor?: Address | "unusable" | undefined;
}

/** Either a decision or why not. */
export type Authorization =
  | { readonly allowed: true; readonly decision: Decision }
  | { readonly allowed: false; readonly refusal: Reason };

/** Refuses a signer who is not among those the stanza names (`docs/spec/server.md` 7, step 15). */
export function checkSigner(
  { gpg }: Stanza,
  signature: GpgSignature | undefined,
): Reason | undefined {
  if (gpg === undefined || signature === undefined) return undefined;
  const list = signerMissingFrom(signature, gpg);
  if (list === undefined) return undefined;
  const { id, fingerprint = "" } = signature;
  return refuse("gpg-signer", { id, fingerprint, list });
}

/** The checks of `docs/spec/server.md` 7, steps 16 to 24, in that order; the first that fails decides. */
export function authorize(
  stanza: Stanza,
  message: SpaMessage,
  request: SpaRequest,
  context: AuthorizationContext,
): Authorization {
  const age = context.now - message.timestamp;
  if (context.maxAge !== undefined && Math.abs(age) > context.maxAge) {
    const seconds = Math.abs(age);
    return deny(refuse(age > 0 ? "too-old" : "too-new", { seconds, limit: context.maxAge }));
  }
  if (isUnspecified(request.address) && stanza.requireSourceAddress) {
    return deny(refuse("source-address-required", { asked: request.address.text }));
  }
  if (stanza.requireUsername !== undefined && stanza.requireUsername !== message.username) {
    const { username } = message;
    return deny(refuse("wrong-username", { username, required: stanza.requireUsername }));
  }
  const address = usedAddress(request.address, context);
  if (address === undefined) {
    return deny(refuse("forwarded-for-unusable", { asked: request.address.text }));
  }
  if (request.kind === "command") return authorizeCommand(request.command, stanza, address);
  // Another host may have it on each link, and no listener says by which link a packet came.
  if (isLinkLocal(address)) return deny(refuse("link-local-address", { address: address.text }));
  const disabled = disabledNat(request, stanza, context.nat);
  if (disabled !== undefined) {
    const isStanzas = disabled === "forward" && context.nat.forwarding;
    const line = isStanzas ? { line: "ENABLE_FORWARD_ACCESS N" } as const : {};
    return deny(refuse("nat-not-enabled", { kind: disabled, ...line }));
  }

  const denied = request.services.find((service) => !mayOpen(stanza, service));
  if (denied !== undefined) {
    const isRestricted = stanza.restrictPorts.some((port) => sameService(port, denied));
    const reason = isRestricted ? "RESTRICT_PORTS" : "OPEN_PORTS";
    return deny(refuse("port-denied", { service: formatService(denied), reason }));
  }
  const redirect = stanza.cycle === undefined ? deniedRedirect(request, stanza) : undefined;
  if (redirect !== undefined) return deny(redirect);
  if (stanza.cycle !== undefined) {
    const seconds = cycleSeconds(stanza, message.clientTimeout);
    return allow(cycleDecision(stanza, address, request.services, seconds, context));
  }
  return {
    allowed: true,
    decision: {
      ...chooseRoute(request, stanza, context.nat, address, context.sentTo),
      stanza: stanza.number,
      address,
      services: request.services,
      seconds: grantSeconds(stanza, message.clientTimeout),
      ...(context.destination === undefined ? {} : { destination: context.destination }),
    },
  };
}

/** Seconds a grant lasts: what the client asks for, or the stanza's own, never more than its maximum. */
export function grantSeconds(stanza: Stanza, clientTimeout: number | undefined): number {
  const wish = clientTimeout === undefined || clientTimeout === 0
    ? stanza.accessTimeout
    : clientTimeout;
  return Math.min(wish, stanza.maxTimeout);
}

/**
 * Seconds until a cycle closes: what the client asks for, or CMD_CYCLE_TIMER, or the time of any grant of the stanza,
 * never more than its maximum (`docs/spec/server.md` 16, rows 3 and 15).
 */
export function cycleSeconds(stanza: Stanza, clientTimeout: number | undefined): number {
  return grantSeconds(stanza, clientTimeout || stanza.cycle?.timer);
}

/** A stanza with a cycle has a service opened by it, or nothing (`docs/spec/server.md` 7, steps 22 and 23). */
function authorizeCommand(command: string, stanza: Stanza, address: Address): Authorization {
  if (stanza.cycle !== undefined) return deny(refuse("no-service-for-cycle"));
  if (stanza.commandExecution === undefined) return deny(refuse("command-not-allowed"));
  return allow({ kind: "run", stanza: stanza.number, address, command });
}

function cycleDecision(
  stanza: Stanza,
  address: Address,
  [service, ..._]: readonly Service[],
  seconds: number,
  { source, sentTo }: AuthorizationContext,
): Decision {
  if (service === undefined) throw new TypeError("A request for access names a service");
  return {
    kind: "cycle",
    stanza: stanza.number,
    address,
    services: [service],
    seconds,
    packetSource: source,
    destination: sentTo,
  };
}

/** RESTRICT_PORTS refuses; OPEN_PORTS, if set, must hold every service asked for (`docs/spec/server.md` 5.6). */
function mayOpen(stanza: Stanza, service: Service): boolean {
  const isListed = (list: readonly Service[]): boolean =>
    list.some((item) => sameService(item, service));
  return !isListed(stanza.restrictPorts) &&
    (stanza.openPorts === undefined || isListed(stanza.openPorts));
}

/**
 * `0.0.0.0` asks for whatever address the packet has (`docs/spec/server.md` 7, step 19). `undefined`: a proxy says that
 * this is another one than the packet's, and not which.
 */
function usedAddress(
  asked: Address,
  { source, forwardedFor }: AuthorizationContext,
): Address | undefined {
  if (!isUnspecified(asked)) return asked;
  return forwardedFor === "unusable" ? undefined : forwardedFor ?? source;
}

function allow(decision: Decision): Authorization {
  return { allowed: true, decision };
}

function deny(refusal: Reason): Authorization {
  return { allowed: false, refusal };
}
