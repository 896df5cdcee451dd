/**
 * The identity of a firewall.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";

/** A firewall that the daemon can drive: a value of FIREWALL. */
export type FirewallKind = Exclude<ServerSettings["FIREWALL"], "auto">;
