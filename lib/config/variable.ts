/**
 * Configuration variables as data. One table per file format lists its variables once; the parser, the checks,
 * `dump-config`, the manual pages and the completion use that table.
 *
 * @module
 */

/**
 * The builds of the C daemon whose variables differ (`docs/spec/server.md` 4.2): one per firewall, and `nfq` for builds
 * that read packets from libnetfilter_queue instead of libpcap.
 */
export type Build = "iptables" | "firewalld" | "ipfw" | "pf" | "nfq";

/** One variable. */
export interface VariableRow<Kind extends string = string> {
  readonly name: string;
  /** Its kind; each kind has one parser. */
  readonly kind: Kind;
  /** The default as the file would write it. It may start with `$NAME`, as values may. Absent: not set. */
  readonly default?: string;
  /** The C daemon has no default under this name: its dump prints `<not set>` and it behaves as this default. */
  readonly silentDefault?: true;
  /** Smallest and largest integer, inclusive. */
  readonly range?: readonly [number, number];
  /** Unit of an integer. */
  readonly unit?: "s" | "µs" | "bytes";
  /** The allowed words, in any case, for the kind `choice`. */
  readonly choices?: readonly string[];
  /** Describes the variable in one line, in sentence case, without a full stop. */
  readonly doc: string;
  /**
   * `true`: it has the effect that `doc` describes. `"inert"`: it is accepted and has no effect by design, as `doc`
   * says.
   */
  readonly honoured: true | "inert";
  /** The parts of a running server that it configures, for reloads (`lib/daemon/parts.ts`). */
  readonly parts?: readonly string[];
  /** The builds that know it; absent: all builds. */
  readonly builds?: readonly Build[];
  /** The release of the C daemon that introduced it, if later than 2.6.10. */
  readonly since?: string;
  /** An extension of ours; the C daemon warns that it does not know it. */
  readonly extension?: true;
  /**
   * A variable of the perl daemon. It is accepted with a warning (`docs/spec/server.md` 15) that says what either word
   * does.
   */
  readonly perlEra?: { readonly yes: string; readonly no: string };
  /** Key material: never printed. */
  readonly secret?: true;
  /** The variable that this one is another spelling of. */
  readonly spelling?: string;
}

/** A name from other versions that the daemon does not use (any more). */
export interface RetiredName {
  readonly name: string | RegExp;
  /** What to do instead: one line without a full stop. */
  readonly advice: string;
}

/** The advice for a retired name; `undefined` for any other name. */
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
