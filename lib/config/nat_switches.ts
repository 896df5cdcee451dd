/**
 * The switches of `fwknopd.conf` that allow more than opening ports. Each build of the C daemon has its own names for
 * the same switches (`docs/spec/server.md` 4.2). Here either name counts, for every firewall.
 *
 * @module
 */
import type { ServerSettings } from "./fwknopd_variables.ts";

/** The switches. */
export interface NatSwitches {
  /** Whether requests may name inside hosts. */
  readonly forwarding: boolean;
  /** Whether requests may name other ports of this host. */
  readonly localNat: boolean;
  /** Whether forwarded connections get a new source address. */
  readonly sourceNat: boolean;
  /** Whether answers get a rule too. */
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
