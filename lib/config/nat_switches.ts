/**
 * What `fwknopd.conf` switches on beyond opening ports. Each build of the C daemon has names of its own for the same
 * switches (`docs/spec/server.md` 4.2); here either name counts, whatever the firewall.
 *
 * @module
 */
import type { ServerSettings } from "./fwknopd_variables.ts";

/** The switches. */
export interface NatSwitches {
  /** Requests may name inside hosts. */
  readonly forwarding: boolean;
  /** Requests may name other ports of this host. */
  readonly localNat: boolean;
  /** Forwarded connections get a new source. */
  readonly sourceNat: boolean;
  /** Answers get a rule too. */
  readonly output: boolean;
}

/** Reads the switches. */
export function natSwitches(settings: ServerSettings): NatSwitches {
  return {
    forwarding: settings.ENABLE_IPT_FORWARDING || settings.ENABLE_FIREWD_FORWARDING,
    localNat: settings.ENABLE_IPT_LOCAL_NAT || settings.ENABLE_FIREWD_LOCAL_NAT,
    sourceNat: settings.ENABLE_IPT_SNAT || settings.ENABLE_FIREWD_SNAT,
    output: settings.ENABLE_IPT_OUTPUT || settings.ENABLE_FIREWD_OUTPUT,
  };
}
