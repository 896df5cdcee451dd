/**
 * The addresses of the server.
 *
 * @module
 */
import { lookUpName, NameLookupError } from "../../ffi/name_lookup.ts";
import {
  type Address,
  type AddressFamily,
  addressFromBytes,
  parseAddress,
} from "../net/address.ts";
import { Problem, usageProblem } from "./problem.ts";

/** Milliseconds after which the client stops waiting for a name server. */
const LOOKUP_DEADLINE = 10_000;

/** How to look a host up. */
export interface LookupOptions {
  /** Only addresses of this family. */
  readonly family?: AddressFamily;
  /** Milliseconds; default {@link LOOKUP_DEADLINE}. */
  readonly deadline?: number;
}

/**
 * Every address of a host, best first, in the system's order. When the host is an address, nothing is looked up.
 */
export async function resolveDestination(
  host: string,
  { family, deadline = LOOKUP_DEADLINE }: LookupOptions = {},
): Promise<readonly Address[] | Problem> {
  const literal = parseAddress(host.replace(/^\[(.*)\]$/, "$1"));
  if (literal !== undefined) {
    if (family === undefined || literal.family === family) return [literal];
    return usageProblem(`${host} is not an IPv${family} address`, {
      reference: "error in getaddrinfo: Address family for hostname not supported",
    });
  }
  const lookUp = Deno.build.os === "windows"
    ? (await import("./dns_lookup.ts")).lookUpByDns
    : lookUpName;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new NameLookupError(`no answer after ${deadline / 1000} s`)),
      deadline,
    );
  });
  try {
    const found = await Promise.race([lookUp(host, family ?? 0), late]);
    return found.map((bytes) => addressFromBytes(bytes));
  } catch (error) {
    if (!(error instanceof NameLookupError)) throw error;
    return new Problem(`cannot look up ${host}: ${error.message}`, {
      hint: "check the spelling of the host name, or use its address",
      reference: `error in getaddrinfo: ${error.message}`,
    });
  } finally {
    clearTimeout(timer);
  }
}
