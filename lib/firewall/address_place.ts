/**
 * Where an address is, seen from this host. The place decides which chain a rewritten connection passes.
 *
 * @module
 */
import { destinationKind } from "../../ffi/own_address.ts";
import { sockets } from "../../ffi/readiness.ts";
import type { Address } from "../net/address.ts";
import { isLoopback, isNoHost } from "../net/host_range.ts";

/**
 * `own`: an address of this host that other hosts can reach. `loopback`: an address of this host that no other host can
 * reach. `elsewhere`: another host, if it exists. `nowhere`: no single host (unspecified, multicast, broadcast).
 */
export type AddressPlace = "own" | "loopback" | "elsewhere" | "nowhere";

/** Says where an address is. */
export type PlaceOf = (address: Address) => AddressPlace;

/** Judges by the address alone: only the addresses in `own` count as this host's. */
export function placeByNumber(address: Address, own: readonly Address[]): AddressPlace {
  if (isNoHost(address)) return "nowhere";
  if (isLoopback(address)) return "loopback";
  return own.some(({ text }) => text === address.text) ? "own" : "elsewhere";
}

/** Asks this host's kernel. Call it before the permission for libraries is dropped; the result works after that too. */
export function placesOnThisHost(): PlaceOf {
  sockets();
  return (address) => {
    const place = placeByNumber(address, []);
    if (place !== "elsewhere") return place;
    const kind = destinationKind(address.bytes);
    return kind === "own" ? "own" : kind === "broadcast" ? "nowhere" : "elsewhere";
  };
}
