/**
 * Resolving the names of NAT hosts (ENABLE_NAT_DNS).
 *
 * @module
 */
import { runProgram } from "../exec/run.ts";
import { type Address, type AddressFamily, parseAddress } from "../net/address.ts";
import { type Reason, refuse } from "./refusal.ts";

/** What to look up. */
export interface LookUpRequest {
  /** A checked host name; a program cannot mistake it for an option. */
  readonly name: string;
  readonly family: AddressFamily;
  /** Number of the stanza; each stanza may have a few look-ups at once. */
  readonly stanza: number;
  /** Stops the look-up. */
  readonly ending: AbortSignal;
}

/**
 * An address of the name in that family, or a refusal: the name has no address (in the C daemon's words), or too many
 * names are being looked up.
 */
export type LookUp = (
  request: LookUpRequest,
) => Promise<Address | Reason<"nat-host-unknown" | "nat-host-busy">>;

/**
 * Asks the system's resolver, `/etc/hosts` included, through `getent`. A library call is not possible after the
 * permission for libraries is dropped, and it would block the capture while it waits.
 */
export const lookUpHost: LookUp = async ({ name, family, stanza, ending }) => {
  const database = family === 4 ? "ahostsv4" : "ahostsv6";
  const ended = await runProgram("look-up", ["getent", database, name], {
    stanza,
    signal: ending,
  });
  if ("why" in ended) {
    const { why, reason } = ended;
    if (why === "busy") {
      return refuse("nat-host-busy", {
        reason: `Too many names of NAT hosts are looked up: ${reason}`,
      });
    }
    return unknown(`${unresolved(name)} (getent: ${reason})`);
  }
  for (const line of new TextDecoder().decode(ended.stdout).split("\n")) {
    const address = parseAddress(line.split(/\s/)[0] ?? "");
    if (address?.family === family) return address;
  }
  return unknown(unresolved(name));
};

/** Refuses every name; used if ENABLE_NAT_DNS is off. */
export const refuseNames: LookUp = ({ name }) =>
  Promise.resolve(
    unknown(`Received Hostname in NAT SPA message, but hostname is disabled: ${name}`),
  );

function unresolved(name: string): string {
  return `Unable to resolve Hostname in NAT SPA message: ${name}`;
}

function unknown(reason: string): Reason<"nat-host-unknown"> {
  return refuse("nat-host-unknown", { reason });
}
