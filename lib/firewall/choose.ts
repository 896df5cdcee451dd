/**
 * Chooses the firewall, and says why.
 *
 * @module
 */
import { commandWords } from "../config/command_words.ts";
import type { FwknopdName, ServerSettings } from "../config/fwknopd_variables.ts";
import type { GivenSettings } from "../config/given_value.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { askEachOnce, askHost, type AskProgram } from "./ask.ts";
import { type FirewallModule, SIGNS } from "./firewall_module.ts";
import { firewallOf, FIREWALLS } from "./firewalls.ts";
import type { FirewallKind } from "./kind.ts";

/** A decision about the firewall. */
export interface FirewallChoice {
  readonly kind: FirewallKind;
  /** Continues the sentence "…, because". */
  readonly reason: string;
  /** The words of its command. */
  readonly command: string;
}

/** These iptables variables about NAT and flushing apply to every firewall, so they choose none. */
const GENERAL = /^(ENABLE_IPT_(FORWARDING|LOCAL_NAT|SNAT)|FLUSH_IPT_AT_(INIT|EXIT))$/;

/**
 * Follows FIREWALL. With `auto` the other settings decide, then chains or a table of ours that exist, then what the host
 * uses.
 *
 * @throws {HintedError} where FIREWALL and FIREWALL_EXE contradict each other, or a variable demands another firewall.
 */
export async function chooseFirewall(
  settings: ServerSettings,
  given: GivenSettings,
  ask: AskProgram = askHost,
  firewalls: readonly FirewallModule[] = FIREWALLS,
): Promise<FirewallChoice> {
  const written = given.has("FIREWALL_EXE") ? settings.FIREWALL_EXE : undefined;
  const { firewall, reason } = settings.FIREWALL !== "auto"
    ? { firewall: firewallOf(settings.FIREWALL, firewalls), reason: "FIREWALL says so" }
    : chooseBySettings(given, written, firewalls) ??
      await chooseByHost({ settings, ask: askEachOnce(ask) }, firewalls);
  const { kind, program } = firewall;
  for (const { kind: other, demand } of firewalls) {
    if (demand === undefined || other === kind || !given.has(demand.variable)) continue;
    const { variable, elsewhere, hint } = demand;
    throw new HintedError(`${variable} ${elsewhere} ${kind}`, { hint });
  }
  const named = written === undefined ? undefined : firewallOfProgram(written, firewalls);
  if (named !== undefined && named.kind !== kind) {
    throw new HintedError(`FIREWALL_EXE ${written} is not a program for ${kind}`, {
      hint: `Remove the line, or set FIREWALL ${named.kind}`,
    });
  }
  return { kind, reason, command: written ?? program };
}

/** Variables that the configuration sets and that have no effect on the chosen firewall. */
export function ineffectiveVariables(
  kind: FirewallKind,
  given: GivenSettings,
  firewalls: readonly FirewallModule[] = FIREWALLS,
): FwknopdName[] {
  const { owns, flushes } = firewallOf(kind, firewalls);
  return [...given.keys()].filter((name) =>
    firewalls.some((firewall) => isOwn(firewall.owns, name)) &&
    !isOwn(owns, name) && !isOwn(flushes, name) && !name.startsWith("ENABLE_")
  );
}

/** Whether the variable's name holds `owns`: `IPT` is in `IPT_INPUT_ACCESS` and `FLUSH_IPT_AT_EXIT`. */
function isOwn(owns: string, name: FwknopdName): boolean {
  return `_${name}`.includes(`_${owns}_`);
}

interface Reasoned {
  readonly firewall: FirewallModule;
  readonly reason: string;
}

/** The firewall that the settings name or imply; `undefined` if they imply none. */
function chooseBySettings(
  given: GivenSettings,
  written: string | undefined,
  firewalls: readonly FirewallModule[],
): Reasoned | undefined {
  // Variables that only one firewall can carry out come first.
  for (const firewall of firewalls) {
    const variable = firewall.demand?.variable;
    if (variable !== undefined && given.has(variable)) {
      return { firewall, reason: `${variable} is set` };
    }
  }
  if (written !== undefined) {
    const firewall = firewallOfProgram(written, firewalls) ?? firewallOf("iptables", firewalls);
    return { firewall, reason: `FIREWALL_EXE is ${written}` };
  }
  for (const firewall of firewalls) {
    const name = [...given.keys()].find((name) =>
      isOwn(firewall.owns, name) && !GENERAL.test(name)
    );
    if (name !== undefined) return { firewall, reason: `${name} is set` };
  }
  return undefined;
}

/** `undefined` for a wrapper program with another name. */
function firewallOfProgram(
  command: string,
  firewalls: readonly FirewallModule[],
): FirewallModule | undefined {
  const name = commandWords(command).at(-1)?.split("/").at(-1) ?? "";
  return firewalls.find(({ program, programs }) => programs?.test(name) ?? program === name);
}

async function chooseByHost(
  host: { readonly settings: ServerSettings; readonly ask: AskProgram },
  firewalls: readonly FirewallModule[],
): Promise<Reasoned> {
  for (const sign of SIGNS) {
    for (const firewall of firewalls) {
      const reason = await firewall.signs[sign]?.(host);
      if (reason !== undefined) return { firewall, reason };
    }
  }
  // iptables may be in use, although its program could not be asked.
  return {
    firewall: firewallOf("iptables", firewalls),
    reason: "no firewall program could be asked, and this one is the default",
  };
}
