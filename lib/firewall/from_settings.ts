/**
 * The firewall the settings ask for.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import { natSwitches } from "../config/nat_switches.ts";
import type { GivenSettings } from "../config/given_value.ts";
import { HintedError } from "../errors/hinted_error.ts";
import type { Adapter, View } from "./adapter.ts";
import { askHost, chooseFirewall, type FirewallChoice, strangeVariables } from "./choose.ts";
import type { AdapterKind, Firewall, FirewallEvent } from "./firewall.ts";
import { firewalldDirectAdapter } from "./firewalld/direct.ts";
import { askFirewalld } from "./firewalld/host.ts";
import { firewalldRichAdapter } from "./firewalld/rich.ts";
import { iptablesAdapter } from "./iptables/adapter.ts";
import type { Chains } from "./iptables/grant_rules.ts";
import { ManagedFirewall, type ManagedOptions } from "./managed_firewall.ts";
import { ipfwAdapter } from "./ipfw/adapter.ts";
import { nftAdapter } from "./nft/adapter.ts";
import { pfAdapter } from "./pf/adapter.ts";
import { ReportingFirewall } from "./reporting_firewall.ts";
import { watchRuleset } from "./ruleset_watch.ts";

/** Seconds between two looks at what changed underneath; the C daemon's deep check comes every 2 to 10. */
const CHECK_SECONDS = 60;

/** What it is for. */
export interface FirewallUse {
  /** Test mode: commands are told as events and never run. */
  readonly rehearse?: boolean;
  /** Seconds that any stanza grants at most. */
  readonly longest?: number;
}

/**
 * Chooses and builds the firewall; it is looked at, and not touched before its `prepare`. Which one was chosen, and why,
 * is the first event.
 *
 * @param given what was written: FLUSH_IPT_AT_INIT and _AT_EXIT mean something else where they were not.
 * @throws {HintedError} where the settings contradict each other.
 */
export async function firewallFromSettings(
  settings: ServerSettings,
  given: GivenSettings,
  onEvent: (event: FirewallEvent) => void,
  { rehearse = false, longest }: FirewallUse = {},
): Promise<Firewall> {
  const choice = await chooseFirewall(settings, given);
  onEvent({ type: "info", text: `The firewall is ${choice.kind}, because ${choice.reason}` });
  const strange = strangeVariables(choice.kind, given);
  if (strange.length > 0) {
    onEvent({ type: "warning", text: `Without effect on ${choice.kind}: ${strange.join(", ")}` });
  }
  const options: ManagedOptions = {
    checkSeconds: choice.kind === "ipfw" ? settings.IPFW_EXPIRE_PURGE_INTERVAL : CHECK_SECONDS,
    onEvent,
    ...(longest === undefined ? {} : { longest }),
    watch: watchRuleset,
    ...flushing(settings, given, FLUSH_NAMES[choice.kind] ?? "IPT"),
  };
  const { forwarding, localNat } = natSwitches(settings);
  const nat = forwarding || localNat;
  const manage = <V extends View>(adapter: Adapter<V>): Firewall =>
    rehearse ? new ReportingFirewall(adapter, { onEvent }) : new ManagedFirewall(adapter, options);
  switch (choice.kind) {
    case "iptables":
      return manage(iptablesAdapter(iptablesSettings(settings, choice, "IPT")));
    case "firewalld": {
      const way = await askFirewalld(settings, choice.command, askHost).catch((error) => {
        // A rehearsal needs no firewall that runs.
        if (!rehearse || !(error instanceof HintedError)) throw error;
        return { rules: "rich", zones: ["public"], exits: ["public"] } as const;
      });
      if (way.rules === "direct") {
        return manage(firewalldDirectAdapter(iptablesSettings(settings, choice, "FIREWD")));
      }
      const { zones, exits } = way;
      const chains = [...given.keys()].filter((name) => /^FIREWD_[A-Z]+_ACCESS$/.test(name));
      if (chains.length > 0) {
        const text = `Rich rules are in no chains, so without effect: ${chains.join(", ")}`;
        onEvent({ type: "warning", text });
      }
      onEvent({ type: "info", text: `Rich rules go into firewalld's zones ${zones.join(", ")}` });
      return manage(firewalldRichAdapter({ command: choice.command, zones, exits }));
    }
    case "nft":
      return manage(
        nftAdapter({ command: choice.command, nat, protect: settings.NFT_PROTECT ?? [] }),
      );
    case "pf":
      return manage(pfAdapter({ command: choice.command, anchor: settings.PF_ANCHOR_NAME, nat }));
    case "ipfw":
      return manage(ipfwAdapter({
        command: choice.command,
        start: settings.IPFW_START_RULE_NUM,
        maxRules: settings.IPFW_MAX_RULES,
        activeSet: settings.IPFW_ACTIVE_SET_NUM,
        expireSet: settings.IPFW_EXPIRE_SET_NUM,
        checkState: settings.IPFW_ADD_CHECK_STATE,
      }));
  }
}

/**
 * The firewalls of this host that another configuration may have used. With FIREWALL_EXE written there are none: what
 * stands beside such a program cannot be told.
 *
 * @param kind of the firewall in use.
 */
export function otherFirewalls(
  settings: ServerSettings,
  given: GivenSettings,
  kind: AdapterKind,
): Firewall[] {
  if (given.has("FIREWALL_EXE") || Deno.build.os !== "linux") return [];
  const chains = { input: settings.IPT_INPUT_ACCESS };
  const iptables = { command: settings.FIREWALL_EXE, chains, prepend: false, commentCheck: false };
  const rich = { command: "firewall-cmd", zones: [], exits: [] };
  const manage = <V extends View>(adapter: Adapter<V>): Firewall =>
    new ManagedFirewall(adapter, { checkSeconds: 0 });
  return [
    ...(kind === "nft" ? [] : [manage(nftAdapter({ command: "nft", nat: true, protect: [] }))]),
    // Direct rules of firewalld stand in the tables of iptables too.
    ...(kind === "iptables" || kind === "firewalld-direct"
      ? []
      : [manage(iptablesAdapter(iptables))]),
    ...(kind === "firewalld" ? [] : [manage(firewalldRichAdapter(rich))]),
  ];
}

/** The builds of the C daemon that share the forms of iptables, by what their variables are called. */
type Names = "IPT" | "FIREWD";

function iptablesSettings(settings: ServerSettings, { command }: FirewallChoice, names: Names) {
  return {
    command,
    chains: chainsInUse(settings, names),
    prepend: settings.ENABLE_RULE_PREPEND,
    commentCheck: settings[`ENABLE_${names}_COMMENT_CHECK`],
  };
}

/** Whose flush variables count; those of iptables for firewalls that have none. */
const FLUSH_NAMES: Readonly<Partial<Record<FirewallChoice["kind"], "FIREWD" | "IPFW">>> = {
  firewalld: "FIREWD",
  ipfw: "IPFW",
};

/** The flush variables where they were written. */
function flushing(
  settings: ServerSettings,
  given: GivenSettings,
  names: Names | "IPFW",
): Pick<ManagedOptions, "flushAtStart" | "flushAtExit"> {
  const [atStart, atExit] = [`FLUSH_${names}_AT_INIT`, `FLUSH_${names}_AT_EXIT`] as const;
  return {
    ...(given.has(atStart) ? { flushAtStart: settings[atStart] } : {}),
    ...(given.has(atExit) ? { flushAtExit: settings[atExit] } : {}),
  };
}

/** Which chains the switches bring into being (`docs/spec/firewalls.md` 1.2). */
function chainsInUse(settings: ServerSettings, names: Names): Chains {
  const { forwarding, localNat, sourceNat, output } = natSwitches(settings);
  const nat = forwarding || localNat;
  return {
    input: settings[`${names}_INPUT_ACCESS`],
    ...(output ? { output: settings[`${names}_OUTPUT_ACCESS`] } : {}),
    ...(nat
      ? { forward: settings[`${names}_FORWARD_ACCESS`], dnat: settings[`${names}_DNAT_ACCESS`] }
      : {}),
    ...(nat && sourceNat
      ? {
        snat: settings[`${names}_SNAT_ACCESS`],
        masquerade: settings[`${names}_MASQUERADE_ACCESS`],
      }
      : {}),
  };
}
