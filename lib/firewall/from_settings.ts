/**
 * The firewall the settings ask for.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import type { GivenSettings } from "../config/server_settings.ts";
import type { Firewall, FirewallEvent } from "./firewall.ts";
import { iptablesAdapter } from "./iptables.ts";
import type { Chains } from "./iptables_grant.ts";
import { ManagedFirewall } from "./managed_firewall.ts";

/** Seconds between two looks at what changed underneath; the C daemon's deep check comes every 2 to 10. */
const CHECK_SECONDS = 30;

/**
 * Builds the firewall; nothing is touched before its `prepare`.
 *
 * @param given what was written: FLUSH_IPT_AT_INIT and _AT_EXIT mean something else where they were not.
 */
export function firewallFromSettings(
  settings: ServerSettings,
  given: GivenSettings,
  onEvent: (event: FirewallEvent) => void,
): Firewall {
  const adapter = iptablesAdapter({
    command: settings.FIREWALL_EXE,
    chains: chainsInUse(settings),
    prepend: settings.ENABLE_RULE_PREPEND,
    commentCheck: settings.ENABLE_IPT_COMMENT_CHECK,
  });
  return new ManagedFirewall(adapter, {
    checkSeconds: CHECK_SECONDS,
    onEvent,
    ...(given.has("FLUSH_IPT_AT_INIT") ? { flushAtStart: settings.FLUSH_IPT_AT_INIT } : {}),
    ...(given.has("FLUSH_IPT_AT_EXIT") ? { flushAtExit: settings.FLUSH_IPT_AT_EXIT } : {}),
  });
}

/** Which chains the switches bring into being (`docs/spec/firewalls.md` 1.2). */
function chainsInUse(settings: ServerSettings): Chains {
  const nat = settings.ENABLE_IPT_FORWARDING || settings.ENABLE_IPT_LOCAL_NAT;
  return {
    input: settings.IPT_INPUT_ACCESS,
    ...(settings.ENABLE_IPT_OUTPUT ? { output: settings.IPT_OUTPUT_ACCESS } : {}),
    ...(nat ? { forward: settings.IPT_FORWARD_ACCESS, dnat: settings.IPT_DNAT_ACCESS } : {}),
    ...(nat && settings.ENABLE_IPT_SNAT
      ? { snat: settings.IPT_SNAT_ACCESS, masquerade: settings.IPT_MASQUERADE_ACCESS }
      : {}),
  };
}
