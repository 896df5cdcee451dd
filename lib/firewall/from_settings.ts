/**
 * Builds the firewall that the settings ask for.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import type { GivenSettings } from "../config/given_value.ts";
import type { View } from "./adapter.ts";
import { askHost } from "./ask.ts";
import { chooseFirewall, ineffectiveVariables } from "./choose.ts";
import type { AdapterKind, Firewall, FirewallEvent } from "./firewall.ts";
import type { FirewallModule } from "./firewall_module.ts";
import { firewallOf, FIREWALLS } from "./firewalls.ts";
import { ManagedFirewall, type ManagedOptions } from "./managed_firewall.ts";
import { DryRunFirewall } from "./dry_run_firewall.ts";
import { watchRuleset } from "./ruleset_watch.ts";

/** Seconds between two checks for changes by other programs; the C daemon's deep check runs every 2 to 10 seconds. */
const CHECK_SECONDS = 60;

/** How the caller uses the firewall. */
export interface FirewallUse {
  /** Test mode: commands are reported as events and never run. */
  readonly testMode?: boolean;
  /** The longest grant that any stanza allows, in seconds. */
  readonly longest?: number;
  /** The firewalls to choose from; absent: all. */
  readonly firewalls?: readonly FirewallModule[];
}

/**
 * Chooses and builds the firewall. Programs list its state; nothing changes before its `prepare`. The first event says
 * which one was chosen, and why.
 *
 * @param given what the configuration file sets: a flush variable that it does not set is neither Y nor N, see
 *   {@link ManagedOptions}.
 * @throws {HintedError} if the settings contradict each other.
 */
export async function firewallFromSettings(
  settings: ServerSettings,
  given: GivenSettings,
  onEvent: (event: FirewallEvent) => void,
  { testMode = false, longest, firewalls = FIREWALLS }: FirewallUse = {},
): Promise<Firewall> {
  const { kind, command, reason } = await chooseFirewall(settings, given, askHost, firewalls);
  onEvent({ type: "info", text: `The firewall is ${kind}, because ${reason}` });
  const ineffective = ineffectiveVariables(kind, given, firewalls);
  if (ineffective.length > 0) {
    onEvent({
      type: "warning",
      text: `These variables have no effect with ${kind}: ${ineffective.join(", ")}`,
    });
  }
  const chosen = firewallOf(kind, firewalls);
  const own = await chosen.fromSettings({
    settings,
    given,
    command,
    ask: askHost,
    testMode,
    onEvent,
  });
  const adapter = chosen.adapter(own);
  return testMode ? new DryRunFirewall(adapter, { onEvent }) : new ManagedFirewall<View>(adapter, {
    checkSeconds: chosen.checkSeconds?.(settings) ?? CHECK_SECONDS,
    onEvent,
    ...(longest === undefined ? {} : { longest }),
    watch: watchRuleset,
    ...flushing(settings, given, chosen),
  });
}

/**
 * The firewalls of this host that another configuration may have used. None if the configuration sets FIREWALL_EXE: the
 * other programs that belong to it are not known.
 *
 * @param kind of the firewall in use.
 */
export function otherFirewalls(
  settings: ServerSettings,
  given: GivenSettings,
  kind: AdapterKind,
  firewalls: readonly FirewallModule[] = FIREWALLS,
): Firewall[] {
  if (given.has("FIREWALL_EXE") || Deno.build.os !== "linux") return [];
  return firewalls.flatMap(({ adapter, leftovers }) =>
    leftovers === undefined || leftovers.shownBy.includes(kind)
      ? []
      : [new ManagedFirewall(adapter(leftovers.settings(settings)), { checkSeconds: 0 })]
  );
}

/** The flush variables that the configuration file sets. */
function flushing(
  settings: ServerSettings,
  given: GivenSettings,
  { flushes }: FirewallModule,
): Pick<ManagedOptions, "flushAtStart" | "flushAtExit"> {
  const [atStart, atExit] = [`FLUSH_${flushes}_AT_INIT`, `FLUSH_${flushes}_AT_EXIT`] as const;
  return {
    ...(given.has(atStart) ? { flushAtStart: settings[atStart] } : {}),
    ...(given.has(atExit) ? { flushAtExit: settings[atExit] } : {}),
  };
}
