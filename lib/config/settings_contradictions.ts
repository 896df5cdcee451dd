/**
 * Finds lines of `fwknopd.conf` that contradict each other. Without a warning, the line that admits more would win.
 *
 * @module
 */
import type { FwknopdName } from "./fwknopd_variables.ts";
import type { GivenSettings } from "./given_value.ts";

/** Names of the same switch in different builds of the C daemon; see `nat_switches.ts`. */
const TWINS: readonly (readonly [FwknopdName, FwknopdName])[] = [
  ["ENABLE_IPT_FORWARDING", "ENABLE_FIREWD_FORWARDING"],
  ["ENABLE_IPT_LOCAL_NAT", "ENABLE_FIREWD_LOCAL_NAT"],
  ["ENABLE_IPT_SNAT", "ENABLE_FIREWD_SNAT"],
  ["ENABLE_IPT_OUTPUT", "ENABLE_FIREWD_OUTPUT"],
];

/** A contradiction and its message. */
export interface SettingsContradiction {
  /** The line that the message points to. */
  readonly name: FwknopdName;
  readonly text: string;
  readonly hint: string;
}

/**
 * Finds contradictions between written lines. Of two names for one switch, N counts: this sets `values` accordingly.
 */
export function settleContradictions(
  values: Record<string, unknown>,
  given: GivenSettings,
): SettingsContradiction[] {
  const found: SettingsContradiction[] = [];
  for (const names of TWINS) {
    const on = names.find((name) => values[name] === true);
    const off = names.find((name) => values[name] === false && given.has(name));
    if (on === undefined || off === undefined) continue;
    values[on] = false;
    const text = `${on} Y and ${off} N contradict each other; N counts`;
    found.push({ name: on, text, hint: "Remove one of the lines" });
  }
  for (const { off, limit, hint } of SWITCHED_OFF) {
    if (values[off] !== false || !given.has(off) || !given.has(limit)) continue;
    found.push({ name: limit, text: `${limit} has no effect with ${off} N`, hint });
  }
  // An option that names a folder wins without a warning.
  if (given.has("ACCESS_FILE") && given.get("ACCESS_FOLDER")?.position !== undefined) {
    const text = "ACCESS_FILE is not read: ACCESS_FOLDER is set as well";
    found.push({ name: "ACCESS_FOLDER", text, hint: "Remove one of them" });
  }
  return found;
}

const SWITCHED_OFF: readonly { off: FwknopdName; limit: FwknopdName; hint: string }[] = [
  {
    off: "ENABLE_SPA_PACKET_AGING",
    limit: "MAX_SPA_PACKET_AGE",
    hint: "Set ENABLE_SPA_PACKET_AGING Y, or old packets are accepted",
  },
  {
    off: "ENABLE_DIGEST_PERSISTENCE",
    limit: "DIGEST_FILE",
    hint: "Set ENABLE_DIGEST_PERSISTENCE Y, or packets count again after a restart",
  },
];
