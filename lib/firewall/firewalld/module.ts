/**
 * firewalld, with rich or direct rules depending on its backend.
 *
 * @module
 */
import { HintedError } from "../../errors/hinted_error.ts";
import type { FirewallModule, FirewallSource } from "../firewall_module.ts";
import type { IptablesSettings } from "../iptables/adapter.ts";
import { iptablesSettings } from "../iptables/from_settings.ts";
import { firewalldDirectAdapter } from "./direct.ts";
import { askFirewalld, type FirewalldMode } from "./host.ts";
import { firewalldRichAdapter, type RichSettings } from "./rich.ts";

const PROGRAM = "firewall-cmd";

/** The settings of either kind of rules. */
type FirewalldSettings =
  | { readonly direct: IptablesSettings; readonly rich?: undefined }
  | { readonly rich: RichSettings };

/** The module of firewalld. */
export const firewalld: FirewallModule<FirewalldSettings> = {
  kind: "firewalld",
  program: PROGRAM,
  owns: "FIREWD",
  flushes: "FIREWD",
  signs: {
    runs: async ({ ask }) =>
      (await ask(PROGRAM, "--state")).code === 0 ? "firewalld runs" : undefined,
  },
  async fromSettings(source) {
    const { settings, given, command, onEvent } = source;
    const mode = await modeOf(source);
    if (mode.rules === "direct") return { direct: iptablesSettings(settings, command, "FIREWD") };
    const { zones, exits } = mode;
    const chains = [...given.keys()].filter((name) => /^FIREWD_[A-Z]+_ACCESS$/.test(name));
    if (chains.length > 0) {
      const text = `Rich rules are in no chains, so without effect: ${chains.join(", ")}`;
      onEvent({ type: "warning", text });
    }
    onEvent({ type: "info", text: `Rich rules go into firewalld's zones ${zones.join(", ")}` });
    return { rich: { command, zones, exits } };
  },
  adapter: (settings) =>
    settings.rich === undefined
      ? firewalldDirectAdapter(settings.direct)
      : firewalldRichAdapter(settings.rich),
  leftovers: {
    settings: () => ({ rich: { command: PROGRAM, zones: [], exits: [] } }),
    shownBy: ["firewalld"],
  },
  doctor: async () => (await import("./doctor.ts")).examineFirewalld,
};

async function modeOf(
  { settings, command, ask, testMode }: FirewallSource,
): Promise<FirewalldMode> {
  try {
    return await askFirewalld(settings, command, ask);
  } catch (error) {
    // A dry run does not need a running firewall.
    if (!testMode || !(error instanceof HintedError)) throw error;
    return { rules: "rich", zones: ["public"], exits: ["public"] };
  }
}
