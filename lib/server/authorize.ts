/**
 * Policy: decides whether a stanza grants what the message asks for. Pure functions, without clock or I/O.
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

/** The input of policy beside stanza and message. */
export interface AuthorizationContext {
  /** Seconds since 1970 UTC. */
  readonly now: number;
  /** Largest allowed difference between the client's and the server's clock, in seconds; `undefined`: no check. */
  readonly maxAge: number | undefined;
  /** Source address of the packet. */
  readonly source: Address;
  /** Destination address of the packet. */
  readonly sentTo: Address;
  readonly nat: NatPolicy;
  /** Destination address of the packet, if the grant must be limited to it. */
  readonly destination?: Address | undefined;
  /** The client's address according to a trusted HTTP proxy; `unusable`: the proxy's header holds no single address. */
  readonly forwardedFor?: Address | "unusable" | undefined;
}

/** A decision, or the reason of the refusal. */
export type Authorization =
  | { readonly allowed: true; readonly decision: Decision }
  | { readonly allowed: false; readonly refusal: Reason };

/** Refuses a signer that the stanza does not list (`docs/spec/server.md` 7, step 15). */
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

/** Runs the checks of `docs/spec/server.md` 7, steps 16 to 24, in that order. The first failed check decides. */
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
  // Each link may have another host with this address, and no listener says which link a packet came from.
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
      ...identityOf(stanza),
      address,
      services: request.services,
      seconds: grantSeconds(stanza, message.clientTimeout),
      ...(context.destination === undefined ? {} : { destination: context.destination }),
    },
  };
}

function identityOf({ number, name }: Stanza): Pick<Decision, "stanza" | "name"> {
  return { stanza: number, ...(name === undefined ? {} : { name }) };
}

/** Seconds that a grant lasts: the client's wish or else the stanza's timeout, at most the stanza's maximum. */
export function grantSeconds(stanza: Stanza, clientTimeout: number | undefined): number {
  const wish = clientTimeout === undefined || clientTimeout === 0
    ? stanza.accessTimeout
    : clientTimeout;
  return Math.min(wish, stanza.maxTimeout);
}

/**
 * Seconds until a cycle closes: the client's wish, or else CMD_CYCLE_TIMER, or else the stanza's timeout. At most the
 * stanza's maximum (`docs/spec/server.md` 16, rows 3 and 15).
 */
export function cycleSeconds(stanza: Stanza, clientTimeout: number | undefined): number {
  return grantSeconds(stanza, clientTimeout || stanza.cycle?.timer);
}

/** A stanza with a cycle opens a service by it and runs no command (`docs/spec/server.md` 7, steps 22 and 23). */
function authorizeCommand(command: string, stanza: Stanza, address: Address): Authorization {
  if (stanza.cycle !== undefined) return deny(refuse("no-service-for-cycle"));
  if (stanza.commandExecution === undefined) return deny(refuse("command-not-allowed"));
  return allow({ kind: "run", ...identityOf(stanza), address, command });
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
    ...identityOf(stanza),
    address,
    services: [service],
    seconds,
    packetSource: source,
    destination: sentTo,
  };
}

/** RESTRICT_PORTS refuses a service; OPEN_PORTS, if set, must list every requested one (`docs/spec/server.md` 5.6). */
function mayOpen(stanza: Stanza, service: Service): boolean {
  const isListed = (list: readonly Service[]): boolean =>
    list.some((item) => sameService(item, service));
  return !isListed(stanza.restrictPorts) &&
    (stanza.openPorts === undefined || isListed(stanza.openPorts));
}

/**
 * `0.0.0.0` stands for the source address of the packet (`docs/spec/server.md` 7, step 19). `undefined`: a proxy says
 * that the client has another address, but not which.
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
