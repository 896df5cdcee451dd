/**
 * iptables and ip6tables of either variant.
 *
 * @module
 */
import type { FirewallModule, HostView } from "../firewall_module.ts";
import type { Outcome } from "../plan.ts";
import { iptablesAdapter, type IptablesSettings } from "./adapter.ts";
import { iptablesSettings } from "./from_settings.ts";
import { iptablesPrograms } from "./programs.ts";
import type { IptablesView } from "./view.ts";

const PROGRAM = "/usr/sbin/iptables";

/** The module of iptables. */
export const iptables: FirewallModule<IptablesSettings, IptablesView> = {
  kind: "iptables",
  program: PROGRAM,
  programs: /^ip6?tables(-[a-z]+)?$/,
  owns: "IPT",
  flushes: "IPT",
  signs: {
    own: async (host) => {
      const { code, stdout } = await listFilter(host);
      const { name } = host.settings.IPT_INPUT_ACCESS;
      const isThere = code === 0 && stdout.includes(`-N ${name}\n`);
      return isThere ? `the chain ${name} exists` : undefined;
    },
    used: async (host) => {
      const { code, stdout } = await listFilter(host);
      const isUsed = code === 0 && /^-A INPUT |^-P INPUT (?!ACCEPT)/m.test(stdout);
      return isUsed ? "the INPUT chain of iptables is in use" : undefined;
    },
    usable: async (host) =>
      (await listFilter(host)).code === 0
        ? "the host uses no firewall yet, and this one is the default"
        : undefined,
  },
  fromSettings: ({ settings, command }) => iptablesSettings(settings, command, "IPT"),
  adapter: iptablesAdapter,
  leftovers: {
    settings: ({ IPT_INPUT_ACCESS }) => ({
      command: PROGRAM,
      chains: { input: IPT_INPUT_ACCESS },
      prepend: false,
      commentCheck: false,
    }),
    // Direct rules of firewalld are listed in the tables of iptables too.
    shownBy: ["iptables", "firewalld-direct"],
  },
  doctor: async () => (await import("../netfilter/examine.ts")).netfilterDoctor("iptables"),
};

function listFilter({ settings, ask }: HostView): Promise<Outcome> {
  const program = iptablesPrograms(PROGRAM)[4]?.single ?? [];
  return ask(...program, "-t", settings.IPT_INPUT_ACCESS.table, "-S");
}
