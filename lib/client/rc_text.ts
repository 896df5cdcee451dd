/**
 * Formats variables as lines of an rc file (`docs/spec/client.md` 6).
 *
 * @module
 */
import { fwknoprcVariable } from "../config/client_rows.ts";

/** A variable and its value in a stanza. */
export interface RcSetting {
  readonly name: string;
  readonly value: string;
}

/** Why a line cannot hold the value, or `undefined`. The format has no quoting. */
export function unwritable({ name, value }: RcSetting): string | undefined {
  if (value === "") return `${name} would be empty`;
  if (fwknoprcVariable(name)?.kind === "command") {
    return /[\r\n]/.test(value) ? `${name} would contain a line break` : undefined;
  }
  return /[ \t;#\r\n]/.test(value)
    ? `${name} would contain a blank, ; or #, which end a value in the rc file`
    : undefined;
}

/** One line without its line feed. Names are padded to 24 columns. */
export function formatRcLine({ name, value }: RcSetting): string {
  return `${name.padEnd(24)}    ${value}`;
}
