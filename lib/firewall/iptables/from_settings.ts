/**
 * Reads the settings of iptables, and those of firewalld in the same form.
 *
 * @module
 */
import type { ServerSettings } from "../../config/fwknopd_variables.ts";
import { natSwitches } from "../../config/nat_switches.ts";
import type { IptablesSettings } from "./adapter.ts";
import type { Chains } from "./grant_rules.ts";

/**
 * Reads the settings from `fwknopd.conf`.
 *
 * @param command of the program.
 * @param variables prefix of the variables: two builds of the C daemon have the same variables under different
 * prefixes.
 */
export function iptablesSettings(
  settings: ServerSettings,
  command: string,
  variables: "IPT" | "FIREWD",
): IptablesSettings {
  return {
    command,
    chains: chainsInUse(settings, variables),
    prepend: settings.ENABLE_RULE_PREPEND,
    commentCheck: settings[`ENABLE_${variables}_COMMENT_CHECK`],
  };
}

/** The chains that the switches enable (`docs/spec/firewalls.md` 1.2). */
function chainsInUse(settings: ServerSettings, variables: "IPT" | "FIREWD"): Chains {
  const { forwarding, localNat, sourceNat, output } = natSwitches(settings);
  const nat = forwarding || localNat;
  return {
    input: settings[`${variables}_INPUT_ACCESS`],
    ...(output ? { output: settings[`${variables}_OUTPUT_ACCESS`] } : {}),
    ...(nat
      ? {
        forward: settings[`${variables}_FORWARD_ACCESS`],
        dnat: settings[`${variables}_DNAT_ACCESS`],
      }
      : {}),
    ...(nat && sourceNat
      ? {
        snat: settings[`${variables}_SNAT_ACCESS`],
        masquerade: settings[`${variables}_MASQUERADE_ACCESS`],
      }
      : {}),
  };
}
