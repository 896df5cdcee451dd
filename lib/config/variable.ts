/**
 * Configuration variables as data. One table per file format lists its variables once; parser, validator,
 * `dump-config`, the manual pages and completion read that table.
 *
 * @module
 */

/**
 * The builds of the C daemon whose variable set differs (`docs/spec/server.md` 4.2): one firewall each, and
 * `nfq` for those that read packets from libnetfilter_queue instead of libpcap.
 */
export type Build = "iptables" | "firewalld" | "ipfw" | "pf" | "nfq";

/**
 * What a variable of the server shapes. A reload keeps a capture or a firewall whose variables did not change. It
 * refuses another `firewall place` (where in the firewall the rules are) and other `files` (by which the daemon is
 * found): those need a restart.
 */
export type ServerPart =
  | "queue"
  | "UDP server"
  | "TCP server"
  | "sniffer"
  | "firewall"
  | "firewall place"
  | "files";

/** One variable. */
export interface VariableRow<Kind extends string = string> {
  readonly name: string;
  /** What it holds; each kind of a format has one parser. */
  readonly kind: Kind;
  /**
   * The default as the file would write it. It may start with `$NAME`, as values may. Absent: not set.
   */
  readonly default?: string;
  /** The C daemon has no default of this name: its dump says `<not set>`, and means this. */
  readonly silentDefault?: true;
  /** Smallest and largest integer allowed, both included. */
  readonly range?: readonly [number, number];
  /** Unit of an integer. */
  readonly unit?: "s" | "µs" | "bytes";
  /** The words allowed, in any case, for the kind `choice`. */
  readonly choices?: readonly string[];
  /** What it does: one line, in sentence case, without a full stop. */
  readonly doc: string;
  /** `true`: does what `doc` says. `"inert"`: accepted and without effect by design, as `doc` says. */
  readonly honoured: true | "inert";
  /** The parts of a running server that it shapes, as far as a reload has to know (`lib/daemon/parts.ts`). */
  readonly parts?: readonly ServerPart[];
  /** The builds that know it; absent: all. */
  readonly builds?: readonly Build[];
  /** The release of the C daemon it came with, where that is later than 2.6.10. */
  readonly since?: string;
  /** Ours; the C daemon warns that it does not know it. */
  readonly extension?: true;
  /** Of the perl daemon; accepted with a warning (`docs/spec/server.md` 15) that tells what either word does. */
  readonly perlEra?: { readonly yes: string; readonly no: string };
  /** Key material: never printed. */
  readonly secret?: true;
  /** Another spelling of this variable. */
  readonly spelling?: string;
}

/** A name that means something to people and nothing (any more) to the daemon. */
export interface RetiredName {
  readonly name: string | RegExp;
  /** What to do instead: one line without a full stop. */
  readonly advice: string;
}

/** The advice for a name, if it is a retired one. */
export function retirementAdvice(
  names: readonly RetiredName[],
  written: string,
): string | undefined {
  const found = names.find(({ name }) =>
    typeof name === "string" ? name === written : name.test(written)
  );
  return found?.advice;
}

/** What an integer may be: `1 to 65535 s`, or `0 or more`. */
export function formatRange([low, high]: readonly [number, number], unit?: string): string {
  const range = high === Infinity ? `${low} or more` : `${low} to ${high}`;
  return unit === undefined ? range : `${range} ${unit}`;
}
