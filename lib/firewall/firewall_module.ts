/**
 * What the rest of the program knows about one firewall: each folder here has one such module, and
 * `firewalls.ts` lists them.
 *
 * @module
 */
import type { FwknopdName, ServerSettings } from "../config/fwknopd_variables.ts";
import type { GivenSettings } from "../config/given_value.ts";
import type { ExamineFirewall } from "../doctor/questions.ts";
import type { Adapter, View } from "./adapter.ts";
import type { AskProgram } from "./ask.ts";
import type { AdapterKind, FirewallEvent } from "./firewall.ts";
import type { FirewallKind } from "./kind.ts";

/** What a firewall's own settings are made from. */
export interface FirewallSource {
  readonly settings: ServerSettings;
  /** What the configuration file says; the rest of `settings` are defaults. */
  readonly given: GivenSettings;
  /** The firewall's program: FIREWALL_EXE or {@link FirewallModule.program}; it may hold blanks. */
  readonly command: string;
  readonly ask: AskProgram;
  /** Test mode: the firewall need not run. */
  readonly rehearse: boolean;
  readonly onEvent: (event: FirewallEvent) => void;
}

/** What a firewall can be recognised by, the surest sign first. */
export const SIGNS = [
  /** The operating system has this one. */
  "system",
  /** Chains or a table of ours are in it. */
  "own",
  /** A daemon of its own runs. */
  "runs",
  /** The host has rules in it. */
  "used",
  /** Its program works. */
  "usable",
] as const;

/** One of {@link SIGNS}. */
export type Sign = typeof SIGNS[number];

/** Where signs are looked for. */
export interface HostView {
  readonly settings: ServerSettings;
  readonly ask: AskProgram;
}

/** Looks for a sign. The text continues the sentence "The firewall is …, because"; `undefined`: there is no such sign. */
export type FindSign = (host: HostView) => string | undefined | Promise<string | undefined>;

/** What configurations with this firewall may have left on a host that now uses another one. */
export interface Leftovers<S> {
  /** What finds all of it. */
  settings(settings: ServerSettings): S;
  /** Firewalls that show and flush the same rules themselves. */
  readonly shownBy: readonly AdapterKind[];
}

/** One firewall. `S`: its own settings; `V`: what its adapter finds in it. Only the module looks into them. */
export interface FirewallModule<S = unknown, V extends View = View> {
  /** Its identity, and the value of FIREWALL that chooses it. */
  readonly kind: FirewallKind;
  /** The command that drives it where FIREWALL_EXE is not written. */
  readonly program: string;
  /** File names of programs that FIREWALL_EXE may name for it; absent: that of {@link program} alone. */
  readonly programs?: RegExp;
  /** What its variables are called: `PF` owns PF_ANCHOR_NAME, `IPT` also FLUSH_IPT_AT_INIT. */
  readonly owns: string;
  /** As {@link owns}: whose variables about flushing (FLUSH_…_AT_INIT, FLUSH_…_AT_EXIT) it follows. */
  readonly flushes: "IPT" | "FIREWD" | "IPFW";
  /** A variable that only this firewall can carry out, so that another one must not be driven where it is written. */
  readonly demand?: {
    readonly variable: FwknopdName;
    /** What it does with another firewall, before that one's name: `protects nothing with`. */
    readonly elsewhere: string;
    readonly hint: string;
  };
  readonly signs: Readonly<Partial<Record<Sign, FindSign>>>;
  /** @throws {HintedError} where the settings do not fit this host. */
  fromSettings(source: FirewallSource): S | Promise<S>;
  adapter(settings: S): Adapter<V>;
  /** Seconds between two looks at what changed underneath; absent: as for most. */
  checkSeconds?(settings: ServerSettings): number;
  readonly leftovers?: Leftovers<S>;
  /** Loads its part of the doctor, which the daemon does not need to start. */
  doctor(): Promise<ExamineFirewall>;
}
