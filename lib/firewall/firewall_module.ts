/**
 * What the rest of the program knows about one firewall. Each folder here has one such module, and `firewalls.ts` lists
 * them.
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

/** The input from which a firewall's own settings are made. */
export interface FirewallSource {
  readonly settings: ServerSettings;
  /** What the configuration file sets; the rest of `settings` are defaults. */
  readonly given: GivenSettings;
  /** The firewall's command: FIREWALL_EXE or {@link FirewallModule.program}; it may have arguments. */
  readonly command: string;
  readonly ask: AskProgram;
  /** Test mode: the firewall need not run. */
  readonly testMode: boolean;
  readonly onEvent: (event: FirewallEvent) => void;
}

/** Signs that the host uses a firewall, the surest sign first. */
export const SIGNS = [
  /** It is the firewall of the operating system. */
  "system",
  /** It holds chains or a table of ours. */
  "own",
  /** Its daemon runs. */
  "runs",
  /** It holds rules of the host. */
  "used",
  /** Its program works. */
  "usable",
] as const;

/** One of {@link SIGNS}. */
export type Sign = typeof SIGNS[number];

/** What the search for signs may read. */
export interface HostView {
  readonly settings: ServerSettings;
  readonly ask: AskProgram;
}

/** Looks for a sign. The text continues the sentence "The firewall is …, because"; `undefined`: the sign is absent. */
export type FindSign = (host: HostView) => string | undefined | Promise<string | undefined>;

/** Rules that earlier configurations with this firewall may have left on a host that now uses another firewall. */
export interface Leftovers<S> {
  /** Settings that find all of these rules. */
  settings(settings: ServerSettings): S;
  /** Firewalls that list and flush the same rules themselves. */
  readonly shownBy: readonly AdapterKind[];
}

/** One firewall. `S`: its own settings; `V`: its adapter's view. Only the module reads their members. */
export interface FirewallModule<S = unknown, V extends View = View> {
  /** Its identity: the value of FIREWALL that chooses it. */
  readonly kind: FirewallKind;
  /** Its command, unless the configuration sets FIREWALL_EXE. */
  readonly program: string;
  /** File names that FIREWALL_EXE may have for it; absent: only that of {@link program}. */
  readonly programs?: RegExp;
  /** A part of its variables' names: `PF` owns PF_ANCHOR_NAME, `IPT` also FLUSH_IPT_AT_INIT. */
  readonly owns: string;
  /** As {@link owns}, for the variables about flushing that it follows: FLUSH_…_AT_INIT, FLUSH_…_AT_EXIT. */
  readonly flushes: "IPT" | "FIREWD" | "IPFW";
  /** A variable that only this firewall can carry out. If it is set, no other firewall may be chosen. */
  readonly demand?: {
    readonly variable: FwknopdName;
    /** Its effect with another firewall; that one's name follows: `protects nothing with`. */
    readonly elsewhere: string;
    readonly hint: string;
  };
  readonly signs: Readonly<Partial<Record<Sign, FindSign>>>;
  /** @throws {HintedError} if the settings do not fit this host. */
  fromSettings(source: FirewallSource): S | Promise<S>;
  adapter(settings: S): Adapter<V>;
  /** Seconds between two checks for changes by other programs; absent: the default of `from_settings.ts`. */
  checkSeconds?(settings: ServerSettings): number;
  readonly leftovers?: Leftovers<S>;
  /** Loads its part of the doctor; the daemon's start does not need it. */
  doctor(): Promise<ExamineFirewall>;
}
