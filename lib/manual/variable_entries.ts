/**
 * Variables of the configuration files as parts of a manual page.
 *
 * @module
 */
import type { AccessKinds } from "../config/access_variables.ts";
import type { FwknopdKinds } from "../config/fwknopd_variables.ts";
import type { FwknoprcValueKind, FwknoprcVariable } from "../config/fwknoprc_variables.ts";
import { formatRange, type VariableRow } from "../config/variable.ts";
import { MAX_TIMEOUT, MAX_WAIT } from "../client/settings_from_rc.ts";
import { TRANSPORTS } from "../client/transport.ts";
import { DIGEST_NAMES } from "../crypto/digest_name.ts";
import { ENCRYPTION_MODES } from "../crypto/encryption_mode.ts";
import type { Entry } from "./page.ts";
import { sentence } from "./text.ts";

const UNITS = { s: "seconds", "µs": "microseconds", bytes: "bytes" } as const;
const DIGESTS = DIGEST_NAMES.join(", ");
const MODES = Object.values(ENCRYPTION_MODES).map(({ label }) => label).join(", ");
const YES_NO = "Y or N";

/** What may be written, where the line about the variable does not say it already. */
const SERVER_VALUES: Readonly<Partial<Record<keyof FwknopdKinds | keyof AccessKinds, string>>> = {
  boolean: YES_NO,
  digest: DIGESTS,
  mode: MODES,
  "absolute path": "A path from the root",
  chain: "Target, table, chain that jumps, position of the jump, our chain, position",
};

/** The same for the client's file. */
const CLIENT_VALUES: Readonly<Partial<Record<FwknoprcValueKind, string>>> = {
  switch: YES_NO,
  digest: DIGESTS,
  mode: MODES,
  transport: TRANSPORTS.join(", "),
  port: "0 to 65535",
  "server-port": "1 to 65535",
  timeout: `0 to ${MAX_TIMEOUT}`,
  "time-offset": "Seconds, or a number with s, m, h or d; negative for the past",
  wait: `0 to ${MAX_WAIT}`,
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
    ...(row.extension ? ["Ours: the C daemon warns that it does not know it."] : []),
    ...(row.perlEra ? ["From the Perl server; accepted with a warning."] : []),
  ]);
}

/** The entry of a variable of the client. */
export function clientEntry(variable: FwknoprcVariable): Entry {
  return entry(variable.name, [
    sentence(variable.brief),
    ...list(CLIENT_VALUES[variable.kind]),
    ...(variable.default === undefined ? [] : [`Default: \`${variable.default}\`.`]),
    ...(variable.extension ? ["Ours: the C client refuses a stanza that has it."] : []),
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
