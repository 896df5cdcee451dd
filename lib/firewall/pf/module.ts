/**
 * pf of FreeBSD and macOS, with an anchor of our own.
 *
 * @module
 */
import type { ServerSettings } from "../../config/fwknopd_variables.ts";
import { natSwitches } from "../../config/nat_switches.ts";
import type { FirewallModule } from "../firewall_module.ts";
import { pfAdapter, type PfSettings } from "./adapter.ts";

/** The module of pf. */
export const pf: FirewallModule<PfSettings> = {
  kind: "pf",
  program: "pfctl",
  owns: "PF",
  flushes: "IPT",
  signs: {
    system: () => Deno.build.os === "linux" ? undefined : `this is ${Deno.build.os}`,
  },
  fromSettings: ({ settings, command }) => pfSettings(settings, command),
  adapter: pfAdapter,
  async doctor() {
    const { examinePf } = await import("./doctor/examine.ts");
    return (questions, { settings, command }) =>
      examinePf(questions, pfSettings(settings, command));
  },
};

function pfSettings(settings: ServerSettings, command: string): PfSettings {
  const { forwarding, localNat } = natSwitches(settings);
  return { command, anchor: settings.PF_ANCHOR_NAME, nat: forwarding || localNat };
}
