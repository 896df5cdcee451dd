/**
 * Variables of the configuration files as parts of a manual page.
 *
 * @module
 */
import type { AccessKinds } from "../config/access_kinds.ts";
import type { FwknopdKinds } from "../config/fwknopd_variables.ts";
import type { KindName, Range } from "../config/client_kinds.ts";
import type { FwknoprcVariable } from "../config/client_rows.ts";
import { formatRange, type VariableRow } from "../config/variable.ts";
import { TRANSPORTS } from "../config/transport.ts";
import { DIGEST_NAMES } from "../crypto/digest_name.ts";
import { ENCRYPTION_MODES } from "../crypto/encryption_mode.ts";
import type { Entry } from "./page.ts";
import { sentence } from "./text.ts";

const UNITS = { s: "seconds", "µs": "microseconds", bytes: "bytes" } as const;
const DIGESTS = DIGEST_NAMES.join(", ");
const MODES = Object.values(ENCRYPTION_MODES).map(({ label }) => label).join(", ");
const YES_NO = "Y or N";

/** Allowed values, where the line about the variable does not say them. */
const SERVER_VALUES: Readonly<Partial<Record<keyof FwknopdKinds | keyof AccessKinds, string>>> = {
  boolean: YES_NO,
  digest: DIGESTS,
  mode: MODES,
  "absolute path": "A path from the root",
  chain: "Target, table, chain that jumps, position of the jump, our chain, position",
};

/** The same for the client's file. */
const CLIENT_VALUES: Readonly<Partial<Record<KindName, string | ((range: Range) => string)>>> = {
  switch: YES_NO,
  "contrary switch": YES_NO,
  digest: DIGESTS,
  "hmac digest": DIGESTS,
  mode: MODES,
  transport: TRANSPORTS.join(", "),
  port: formatRange,
  seconds: formatRange,
  "time offset": "Seconds, or a number with s, m, h or d; negative for the past",
  wait: formatRange,
};

/** The entry of a variable of the server. */
export function serverEntry(row: VariableRow<keyof FwknopdKinds | keyof AccessKinds>): Entry {
  const { kind, range, unit, choices } = row;
  return entry(row.name, [
    sentence(row.doc),
    ...list(choices?.join(", ") ?? SERVER_VALUES[kind]),
    ...(range === undefined ? [] : [rangeSentence(range, unit)]),
    ...(row.default === undefined ? [] : [`Default: \`${row.default}\`.`]),
    ...(row.since === undefined ? [] : [`In the C daemon since ${row.since}.`]),
    ...(row.extension ? ["An extension: the C daemon warns that it does not know it."] : []),
    ...(row.perlEra ? ["From the Perl server; accepted with a warning."] : []),
  ]);
}

/** The entry of a variable of the client. */
export function clientEntry(row: FwknoprcVariable): Entry {
  const { variable, brief, kind, range = [0, 0], default: value, scope } = row;
  const values = CLIENT_VALUES[kind];
  return entry(variable, [
    sentence(brief),
    ...list(typeof values === "function" ? values(range) : values),
    ...(value === undefined ? [] : [`Default: \`${value}\`.`]),
    ...(scope === "native" ? ["An extension: the C client refuses a stanza that has it."] : []),
  ]);
}

function entry(name: string, sentences: readonly string[]): Entry {
  return { term: `\`${name}\``, text: sentences.join(" ") };
}

function list(text: string | undefined): string[] {
  return text === undefined ? [] : [sentence(text)];
}

function rangeSentence(range: readonly [number, number], unit: VariableRow["unit"]): string {
  return `${formatRange(range, unit === undefined ? undefined : UNITS[unit])}.`;
}
