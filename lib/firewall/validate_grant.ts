/**
 * The acting side's own check of what it is asked to do, as if the request came from another process.
 *
 * @module
 */
import { type Address, isUnspecified, parseAddress } from "../net/address.ts";
import { isLoopback, isNoHost } from "../net/host_range.ts";
import type { Grant } from "./grant.ts";

/** The longest timeout the configuration can express (`docs/spec/server.md` 5.3), in seconds. */
const MAX_SECONDS = 8388608;
/** More than a message of 1500 bytes can carry. */
const MAX_SERVICES = 256;

/**
 * Why a grant must not be carried out at the time `now` (milliseconds since 1970 UTC), or `undefined`.
 * Nothing is taken on trust: types, ranges, address families and texts are all looked at.
 */
export function validateGrant(grant: Grant, now: number): string | undefined {
  if (!isCount(grant.stanza, 1, Number.MAX_SAFE_INTEGER)) return "the stanza number is not one";
  if (!isHost(grant.address)) return "the address to admit is not a host address";
  if (grant.destination !== undefined && !isHost(grant.destination)) {
    return "the destination is not a host address";
  }
  if (grant.mostRules !== undefined && !isCount(grant.mostRules, 1, Number.MAX_SAFE_INTEGER)) {
    return "the number of rules is not one";
  }
  const seconds = grant.expires - now / 1000;
  if (!isCount(grant.expires, 1, Number.MAX_SAFE_INTEGER)) return "the expiry is not a time";
  if (seconds <= 0) return "the grant is over already";
  if (seconds > MAX_SECONDS + 1) return `the grant is longer than ${MAX_SECONDS} seconds`;
  if (!Array.isArray(grant.services) || !isCount(grant.services.length, 1, MAX_SERVICES)) {
    return "no or too many services";
  }
  for (const { protocol, port } of grant.services) {
    if (protocol !== "tcp" && protocol !== "udp") return "a protocol is neither tcp nor udp";
    if (!isCount(port, 1, 65535)) return "a port is outside 1 to 65535";
  }
  const others = [grant.destination];
  if (grant.kind === "local-nat" || grant.kind === "forward") {
    const everything = grant.kind === "forward" && grant.everything;
    const { target, sourceNat } = grant;
    if (target === undefined && !everything) return "the host to forward to is missing";
    if (target === undefined && grant.rewrite) return "there is no host to rewrite to";
    if (target !== undefined) {
      if (!isHost(target.address) || isNoHost(target.address)) {
        return "the host to forward to is not a host address";
      }
      if (grant.kind === "forward" && isLoopback(target.address)) {
        return "the host to forward to is this host's loopback";
      }
      if (!isCount(target.port, everything ? 0 : 1, 65535)) {
        return "the port to forward to is outside 1 to 65535";
      }
    }
    if (sourceNat !== undefined && sourceNat.kind !== "masquerade" && sourceNat.kind !== "snat") {
      return "the kind of source NAT is unknown";
    }
    others.push(target?.address);
    if (sourceNat?.kind === "snat") {
      if (!isHost(sourceNat.address)) return "the source NAT address is not a host address";
      others.push(sourceNat.address);
    }
  } else if (grant.kind !== "access") return "the kind of grant is unknown";
  const family = grant.address.family;
  if (others.some((address) => address !== undefined && address.family !== family)) {
    return "the addresses are of different families";
  }
  return undefined;
}

function isCount(value: unknown, low: number, high: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= low && value <= high;
}

/** The text is what ends up in rules, so it is what is checked: canonical, and of the family it claims. */
function isHost(address: Address): boolean {
  const parsed = parseAddress(address.text);
  return parsed !== undefined && parsed.text === address.text &&
    parsed.family === address.family && !isUnspecified(parsed);
}
