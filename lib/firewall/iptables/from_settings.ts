/**
 * The settings of iptables, and those of firewalld that have the same form.
 *
 * @module
 */
import type { ServerSettings } from "../../config/fwknopd_variables.ts";
import { natSwitches } from "../../config/nat_switches.ts";
import type { IptablesSettings } from "./adapter.ts";
import type { Chains } from "./grant_rules.ts";

/**
 * What `fwknopd.conf` says.
 *
 * @param command of the program.
 * @param variables whose: two builds of the C daemon have the same ones under these names.
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

/** Which chains the switches bring into being (`docs/spec/firewalls.md` 1.2). */
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
