/**
 * The enforcer's own check of a grant. It trusts the grant no more than data of another process.
 *
 * @module
 */
import { type Address, isUnspecified, parseAddress } from "../net/address.ts";
import { isLoopback, isNoHost } from "../net/host_range.ts";
import type { Service } from "../net/service.ts";
import type { Grant, NatTarget, SourceNat } from "./grant.ts";
import { isCount, membersOf } from "./untrusted_data.ts";

/** The longest timeout the configuration can express (`docs/spec/server.md` 5.3), in seconds. */
const MAX_SECONDS = 8388608;
/** More services than a message of 1500 bytes can carry. */
const MAX_SERVICES = 256;

/**
 * The grant, or why it must not be carried out at the time `now` (milliseconds since 1970 UTC). Never throws.
 *
 * It checks types, ranges, address families and texts. The result holds only checked members. Addresses are parsed from
 * their text again, so the grant may have been JSON.
 */
export function readGrant(value: unknown, now: number): Grant | string {
  const given = membersOf(value);
  const { stanza, mostRules, expires, kind } = given;
  if (!isCount(stanza, 1)) return "the stanza number is not one";
  const address = readHost(given["address"]);
  if (address === undefined) return "the address to admit is not a host address";
  const destination = readHost(given["destination"]);
  if (destination === undefined && given["destination"] !== undefined) {
    return "the destination is not a host address";
  }
  if (mostRules !== undefined && !isCount(mostRules, 1)) return "the number of rules is not one";
  if (!isCount(expires, 1)) return "the expiry is not a time";
  const seconds = expires - now / 1000;
  if (seconds <= 0) return "the grant is over already";
  if (seconds > MAX_SECONDS + 1) return `the grant is longer than ${MAX_SECONDS} seconds`;
  const services = readServices(given["services"]);
  if (typeof services === "string") return services;
  const base = {
    stanza,
    address,
    services,
    expires,
    ...(destination && { destination }),
    ...(mostRules && { mostRules }),
  };
  const { family } = address;
  if (isOther(destination, family)) return FAMILIES_DIFFER;
  if (kind === "access") return { ...base, kind };
  if (kind !== "local-nat" && kind !== "forward") return "the kind of grant is unknown";
  const nat = readNat(given, kind);
  if (typeof nat === "string") return nat;
  const { target, everything, rewrite, sourceNat } = nat;
  const source = sourceNat?.kind === "snat" ? sourceNat.address : undefined;
  if (isOther(target?.address, family) || isOther(source, family)) return FAMILIES_DIFFER;
  const ends = { ...base, rewrite, ...(sourceNat && { sourceNat }) };
  if (kind === "forward") return { ...ends, kind, everything, ...(target && { target }) };
  return target === undefined ? TARGET_MISSING : { ...ends, kind, target };
}

const FAMILIES_DIFFER = "the addresses are of different families";
const TARGET_MISSING = "the host to forward to is missing";

function isOther(address: Address | undefined, family: number): boolean {
  return address !== undefined && address.family !== family;
}

interface Nat {
  readonly target: NatTarget | undefined;
  readonly everything: boolean;
  readonly rewrite: boolean;
  readonly sourceNat: SourceNat | undefined;
}

function readNat(
  given: Readonly<Record<string, unknown>>,
  kind: "local-nat" | "forward",
): Nat | string {
  const { rewrite } = given;
  const everything = kind === "forward" && given["everything"];
  if (typeof rewrite !== "boolean" || typeof everything !== "boolean") {
    return "a switch of the grant is neither on nor off";
  }
  const isThere = given["target"] !== undefined;
  if (!isThere && !everything) return TARGET_MISSING;
  if (!isThere && rewrite) return "there is no host to rewrite to";
  const target = isThere ? readTarget(given["target"], kind, everything ? 0 : 1) : undefined;
  if (typeof target === "string") return target;
  const sourceNat = given["sourceNat"] === undefined ? undefined : readSource(given["sourceNat"]);
  if (typeof sourceNat === "string") return sourceNat;
  return { target, everything, rewrite, sourceNat };
}

function readTarget(value: unknown, kind: string, lowestPort: number): NatTarget | string {
  const given = membersOf(value);
  const address = readHost(given["address"]);
  if (address === undefined || isNoHost(address)) {
    return "the host to forward to is not a host address";
  }
  if (kind === "forward" && isLoopback(address)) {
    return "the host to forward to is this host's loopback";
  }
  const { port } = given;
  return isCount(port, lowestPort, 65535)
    ? { address, port }
    : "the port to forward to is outside 1 to 65535";
}

function readSource(value: unknown): SourceNat | string {
  const { kind, address } = membersOf(value);
  if (kind === "masquerade") return { kind };
  if (kind !== "snat") return "the kind of source NAT is unknown";
  const host = readHost(address);
  return host === undefined
    ? "the source NAT address is not a host address"
    : { kind, address: host };
}

function readServices(value: unknown): Service[] | string {
  if (!Array.isArray(value) || !isCount(value.length, 1, MAX_SERVICES)) {
    return "no or too many services";
  }
  const services: Service[] = [];
  for (const item of value) {
    const { protocol, port } = membersOf(item);
    if (protocol !== "tcp" && protocol !== "udp") return "a protocol is neither tcp nor udp";
    if (!isCount(port, 1, 65535)) return "a port is outside 1 to 65535";
    services.push({ protocol, port });
  }
  return services;
}

/** Rules use the address's text. So the text is checked: it must be canonical and of the family that it claims. */
function readHost(value: unknown): Address | undefined {
  const { text, family } = membersOf(value);
  const parsed = typeof text === "string" ? parseAddress(text) : undefined;
  const isCanonical = parsed?.text === text && parsed?.family === family;
  return parsed !== undefined && isCanonical && !isUnspecified(parsed) ? parsed : undefined;
}
