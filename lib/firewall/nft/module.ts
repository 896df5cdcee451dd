/**
 * nftables, with a table of our own.
 *
 * @module
 */
import { natSwitches } from "../../config/nat_switches.ts";
import type { FirewallModule, HostView } from "../firewall_module.ts";
import type { Outcome } from "../plan.ts";
import { nftAdapter, type NftSettings } from "./adapter.ts";
import { hasInputHook, hasOwnTable } from "./ruleset.ts";

const PROGRAM = "nft";

/** The module of nftables. */
export const nft: FirewallModule<NftSettings> = {
  kind: "nft",
  program: PROGRAM,
  owns: "NFT",
  flushes: "IPT",
  demand: {
    variable: "NFT_PROTECT",
    elsewhere: "protects nothing with",
    hint: "Set FIREWALL nft, or drop the services with rules of your own and remove NFT_PROTECT",
  },
  signs: {
    own: async (host) => {
      const { code, stdout } = await listRuleset(host);
      return code === 0 && hasOwnTable(stdout) ? "the table inet fwknop exists" : undefined;
    },
    used: async (host) => {
      const { code, stdout } = await listRuleset(host);
      const isUsed = code === 0 && hasInputHook(stdout);
      return isUsed ? "the host's input chain is one of nftables" : undefined;
    },
    usable: async (host) =>
      (await listRuleset(host)).code === 0 ? "iptables cannot be used here" : undefined,
  },
  fromSettings({ settings, command }) {
    const { forwarding, localNat } = natSwitches(settings);
    return { command, nat: forwarding || localNat, protect: settings.NFT_PROTECT ?? [] };
  },
  adapter: nftAdapter,
  leftovers: {
    settings: () => ({ command: PROGRAM, nat: true, protect: [] }),
    shownBy: ["nft"],
  },
  doctor: async () => (await import("../netfilter/examine.ts")).netfilterDoctor("nft"),
};

function listRuleset({ ask }: HostView): Promise<Outcome> {
  return ask(PROGRAM, "-j", "list", "ruleset");
}
