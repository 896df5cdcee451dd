/**
 * The firewall the settings ask for.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import type { GivenSettings } from "../config/given_value.ts";
import type { View } from "./adapter.ts";
import { askHost } from "./ask.ts";
import { chooseFirewall, strangeVariables } from "./choose.ts";
import type { AdapterKind, Firewall, FirewallEvent } from "./firewall.ts";
import type { FirewallModule } from "./firewall_module.ts";
import { firewallOf, FIREWALLS } from "./firewalls.ts";
import { ManagedFirewall, type ManagedOptions } from "./managed_firewall.ts";
import { DryRunFirewall } from "./dry_run_firewall.ts";
import { watchRuleset } from "./ruleset_watch.ts";

/** Seconds between two looks at what changed underneath; the C daemon's deep check comes every 2 to 10. */
const CHECK_SECONDS = 60;

/** What it is for. */
export interface FirewallUse {
  /** Test mode: commands are told as events and never run. */
  readonly rehearse?: boolean;
  /** Seconds that any stanza grants at most. */
  readonly longest?: number;
  /** Those to choose from; absent: all there are. */
  readonly firewalls?: readonly FirewallModule[];
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
  { rehearse = false, longest, firewalls = FIREWALLS }: FirewallUse = {},
): Promise<Firewall> {
  const { kind, command, reason } = await chooseFirewall(settings, given, askHost, firewalls);
  onEvent({ type: "info", text: `The firewall is ${kind}, because ${reason}` });
  const strange = strangeVariables(kind, given, firewalls);
  if (strange.length > 0) {
    onEvent({ type: "warning", text: `Without effect on ${kind}: ${strange.join(", ")}` });
  }
  const chosen = firewallOf(kind, firewalls);
  const own = await chosen.fromSettings({
    settings,
    given,
    command,
    ask: askHost,
    rehearse,
    onEvent,
  });
  const adapter = chosen.adapter(own);
  return rehearse ? new DryRunFirewall(adapter, { onEvent }) : new ManagedFirewall<View>(adapter, {
    checkSeconds: chosen.checkSeconds?.(settings) ?? CHECK_SECONDS,
    onEvent,
    ...(longest === undefined ? {} : { longest }),
    watch: watchRuleset,
    ...flushing(settings, given, chosen),
  });
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
  firewalls: readonly FirewallModule[] = FIREWALLS,
): Firewall[] {
  if (given.has("FIREWALL_EXE") || Deno.build.os !== "linux") return [];
  return firewalls.flatMap(({ adapter, leftovers }) =>
    leftovers === undefined || leftovers.shownBy.includes(kind)
      ? []
      : [new ManagedFirewall(adapter(leftovers.settings(settings)), { checkSeconds: 0 })]
  );
}

/** The flush variables where they were written. */
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
