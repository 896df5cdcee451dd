/**
 * Resolving the names of NAT hosts (ENABLE_NAT_DNS).
 *
 * @module
 */
import { type Address, type AddressFamily, parseAddress } from "../net/address.ts";

/** An address of the name in that family, or why there is none, in the C daemon's words. */
export type LookUp = (name: string, family: AddressFamily) => Promise<Address | string>;

/** Longest time for an answer, in milliseconds. */
const PATIENCE = 5_000;

/**
 * Asks the system's own resolver, `/etc/hosts` and all, through `getent`: a library call could not be made any more
 * once the permission for libraries is dropped, and would stop the capture while it waits.
 *
 * @param name a checked host name: it cannot be taken for an option.
 */
export const lookUpHost: LookUp = async (name, family) => {
  const database = family === 4 ? "ahostsv4" : "ahostsv6";
  const child = new Deno.Command("getent", {
    args: [database, name],
    stdin: "null",
    stderr: "null",
    signal: AbortSignal.timeout(PATIENCE),
  });
  try {
    const { stdout } = await child.output();
    for (const line of new TextDecoder().decode(stdout).split("\n")) {
      const address = parseAddress(line.split(/\s/)[0] ?? "");
      if (address?.family === family) return address;
    }
  } catch {
    // No getent, or no answer in time: the name is unknown either way.
  }
  return `Unable to resolve Hostname in NAT SPA message: ${name}`;
};

/** With ENABLE_NAT_DNS off. */
export const refuseNames: LookUp = (name) =>
  Promise.resolve(`Received Hostname in NAT SPA message, but hostname is disabled: ${name}`);
