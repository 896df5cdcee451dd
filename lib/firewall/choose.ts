/**
 * Which firewall is driven, and why.
 *
 * @module
 */
import { commandWords } from "../config/command_words.ts";
import type { FwknopdName, ServerSettings } from "../config/fwknopd_variables.ts";
import type { GivenSettings } from "../config/given_value.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { iptablesPrograms } from "./iptables/programs.ts";
import { hasInputHook, hasOwnTable } from "./nft/ruleset.ts";
import type { Outcome } from "./plan.ts";
import { runOnce } from "./run_once.ts";

/** The kinds of firewall there is an adapter for. */
export type FirewallKind = Exclude<ServerSettings["FIREWALL"], "auto">;

/** A decision about the firewall. */
export interface FirewallChoice {
  readonly kind: FirewallKind;
  /** Continues the sentence "…, because". */
  readonly reason: string;
  /** The words of its command. */
  readonly command: string;
}

/** Asks a program; a firewall is only looked at. */
export type Ask = (...words: string[]) => Promise<Outcome>;

/** The program that drives each kind where FIREWALL_EXE is not written; looked for in the folders of system programs. */
const PROGRAMS: Readonly<Record<FirewallKind, string>> = {
  iptables: "/usr/sbin/iptables",
  nft: "nft",
  firewalld: "firewall-cmd",
  pf: "pfctl",
  ipfw: "ipfw",
};

/** Variables that mean something to one kind only. NFT_PROTECT comes first: nothing else can carry it out. */
const OWN_VARIABLES: readonly (readonly [FirewallKind, RegExp])[] = [
  ["nft", /^NFT_/],
  ["iptables", /(^|_)IPT_/],
  ["firewalld", /(^|_)FIREWD_/],
  ["ipfw", /(^|_)IPFW_/],
  ["pf", /^PF_/],
];

/** What iptables' switches say about NAT and flushing is said about any firewall, and so chooses none. */
const GENERAL = /^(ENABLE_IPT_(FORWARDING|LOCAL_NAT|SNAT)|FLUSH_IPT_AT_(INIT|EXIT))$/;

/** How long a look at the host may take, in milliseconds: a start must not hang on a firewall that does. */
const PATIENCE = 3_000;

/** Runs a program of this host. */
export const askHost: Ask = (...words) => runOnce({ words }, PATIENCE);

/**
 * FIREWALL, or with `auto`: what the other settings are about, then whose chains or table of ours is there, then what
 * the host uses.
 *
 * @throws {HintedError} where FIREWALL and FIREWALL_EXE, or FIREWALL and NFT_PROTECT, contradict each other.
 */
export async function chooseFirewall(
  settings: ServerSettings,
  given: GivenSettings,
  ask: Ask = askHost,
): Promise<FirewallChoice> {
  const written = given.has("FIREWALL_EXE") ? settings.FIREWALL_EXE : undefined;
  const { kind, reason } = settings.FIREWALL !== "auto"
    ? { kind: settings.FIREWALL, reason: "FIREWALL says so" }
    : chooseBySettings(given, written) ?? await chooseByHost(settings, ask);
  if (kind !== "nft" && given.has("NFT_PROTECT")) {
    throw new HintedError(`NFT_PROTECT protects nothing with ${kind}`, {
      hint: "Set FIREWALL nft, or drop the services with rules of your own and remove NFT_PROTECT",
    });
  }
  const program = written === undefined ? undefined : kindOfProgram(written);
  if (program !== undefined && program !== kind) {
    throw new HintedError(`FIREWALL_EXE ${written} is not a program for ${kind}`, {
      hint: `Remove the line, or set FIREWALL ${program}`,
    });
  }
  const command = written ?? (kind === "iptables" ? settings.FIREWALL_EXE : PROGRAMS[kind]);
  return { kind, reason, command };
}

/** Variables that were written and mean nothing to the firewall chosen. */
export function strangeVariables(kind: FirewallKind, given: GivenSettings): FwknopdName[] {
  const understood = kind === "firewalld" || kind === "ipfw" ? [kind] : [kind, "iptables"];
  return [...given.keys()].filter((name) => {
    const owner = OWN_VARIABLES.find(([, pattern]) => pattern.test(name))?.[0];
    return owner !== undefined && !understood.includes(owner) && !name.startsWith("ENABLE_");
  });
}

type Reasoned = Pick<FirewallChoice, "kind" | "reason">;

/** What the settings are about, unless they say nothing of a firewall. */
function chooseBySettings(given: GivenSettings, written: string | undefined): Reasoned | undefined {
  if (!given.has("NFT_PROTECT") && written !== undefined) {
    return { kind: kindOfProgram(written) ?? "iptables", reason: `FIREWALL_EXE is ${written}` };
  }
  for (const [kind, pattern] of OWN_VARIABLES) {
    const name = [...given.keys()].find((name) => pattern.test(name) && !GENERAL.test(name));
    if (name !== undefined) return { kind, reason: `${name} is set` };
  }
  return undefined;
}

/** `undefined` for a wrapper of a name of its own. */
function kindOfProgram(command: string): FirewallKind | undefined {
  const name = commandWords(command).at(-1)?.split("/").at(-1) ?? "";
  if (/^ip6?tables(-[a-z]+)?$/.test(name)) return "iptables";
  return ENTRIES.find(([, program]) => program === name)?.[0];
}

const ENTRIES = Object.entries(PROGRAMS) as readonly [FirewallKind, string][];

async function chooseByHost(settings: ServerSettings, ask: Ask): Promise<Reasoned> {
  if (Deno.build.os !== "linux") return { kind: "pf", reason: `this is ${Deno.build.os}` };
  const iptables = iptablesPrograms(settings.FIREWALL_EXE)[4]?.single ?? [];
  const own = settings.IPT_INPUT_ACCESS;
  const filter = await ask(...iptables, "-t", own.table, "-S");
  if (filter.code === 0 && filter.stdout.includes(`-N ${own.name}\n`)) {
    return { kind: "iptables", reason: `the chain ${own.name} is there` };
  }
  const ruleset = await ask(PROGRAMS.nft, "-j", "list", "ruleset");
  if (ruleset.code === 0 && hasOwnTable(ruleset.stdout)) {
    return { kind: "nft", reason: "the table inet fwknop is there" };
  }
  const firewalld = await ask(PROGRAMS.firewalld, "--state");
  if (firewalld.code === 0) return { kind: "firewalld", reason: "firewalld runs" };
  if (filter.code === 0 && /^-A INPUT |^-P INPUT (?!ACCEPT)/m.test(filter.stdout)) {
    return { kind: "iptables", reason: "the INPUT chain of iptables is in use" };
  }
  if (ruleset.code === 0 && hasInputHook(ruleset.stdout)) {
    return { kind: "nft", reason: "the host's input chain is one of nftables" };
  }
  if (filter.code !== 0 && ruleset.code === 0) {
    return { kind: "nft", reason: "iptables cannot be used here" };
  }
  // What could not be seen may be in use all the same.
  const found = filter.code === 0 || ruleset.code === 0
    ? "the host uses no firewall yet"
    : "no firewall program could be asked";
  return { kind: "iptables", reason: `${found}, and this one is the default` };
}
