/**
 * Reads the addresses of this host.
 *
 * @module
 */
import { SystemError } from "../../ffi/libc.ts";
import { sourceAddress } from "../../ffi/source_address.ts";
import { type Address, addressFromBytes, parseAddress } from "../net/address.ts";

/** The addresses of this host on its route to a server. */
export interface OwnAddresses {
  /** Source address of packets to the server when they leave this host. An address translation later may change it. */
  readonly source: Address;
  readonly all: readonly Address[];
}

/** Asks the system; `undefined` if it does not answer. */
export function readOwnAddresses(server: Address): OwnAddresses | undefined {
  // Windows has no C library that Deno could call.
  if (Deno.build.os === "windows") return undefined;
  try {
    const source = addressFromBytes(sourceAddress(server.bytes));
    const all = Deno.networkInterfaces().flatMap(({ address }) => parseAddress(address) ?? []);
    return { source, all };
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
