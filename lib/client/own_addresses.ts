/**
 * What this host knows of its own addresses.
 *
 * @module
 */
import { SystemError } from "../../ffi/libc.ts";
import { sourceAddress } from "../../ffi/source_address.ts";
import { type Address, addressFromBytes, parseAddress } from "../net/address.ts";

/** The addresses of this host, as seen on the way to a server. */
export interface OwnAddresses {
  /** What packets to the server bear when they leave; a translation on the way is not seen from here. */
  readonly source: Address;
  readonly all: readonly Address[];
}

/** Asks the system; `undefined` where it does not say. */
export function readOwnAddresses(server: Address): OwnAddresses | undefined {
  // There is no C library to ask.
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
