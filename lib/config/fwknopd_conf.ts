/**
 * Parses `fwknopd.conf` and its override files into entries (`docs/spec/server.md` 4.1). `server_settings.ts`
 * interprets the values once all files are read, because a value may refer to one of an earlier file.
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import { FWKNOPD_ROWS, type FwknopdName } from "./fwknopd_variables.ts";
import { ACCESS_NAMES, FWKNOPD_NAMES } from "./known_names.ts";
import { commentInValue, type MalformedLine, readLines, type SettingLine } from "./line.ts";
import { unknownNameHint } from "./unknown_name.ts";

/** One line that sets a variable. */
export interface FwknopdEntry {
  readonly name: FwknopdName;
  /** As written: a `$NAME` at its start is not replaced yet. */
  readonly value: string;
  readonly valuePosition: Position;
}

/** A parsed file. */
export interface FwknopdConf {
  /** In file order; a name may occur more than once. */
  readonly entries: readonly FwknopdEntry[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses a file. Malformed lines and unknown names are warnings, as in the C daemon. Bytes that are not text are an
 * error.
 *
 * @param file the path, for positions and messages.
 */
export function parseFwknopdConf(text: string, file: string): FwknopdConf {
  const entries: FwknopdEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const line of readLines(text, file)) {
    if (line.kind === "malformed") {
      diagnostics.push(malformedLine(line));
      continue;
    }
    const row = FWKNOPD_ROWS.find(({ name }) => name === line.name);
    if (row === undefined) {
      diagnostics.push(unknownName(line));
      continue;
    }
    entries.push({ name: row.name, value: line.value, valuePosition: line.valuePosition });
    const comment = commentInValue(line, row.name);
    if (comment !== undefined) diagnostics.push(comment);
    if (line.rest !== "" && !line.rest.startsWith("#")) {
      diagnostics.push({
        severity: "warning",
        text: `The text after ';' is not part of the value of ${row.name}`,
        position: line.valuePosition,
        hint: "A value ends at the first ';'; write comments on lines of their own",
      });
    }
  }
  return { entries, diagnostics };
}

function malformedLine({ text, position, reason }: MalformedLine): Diagnostic {
  const { file, line } = position;
  if (reason === "not text") {
    return {
      severity: "error",
      text: `*Invalid config file entry in ${file} at line ${line}.`,
      position,
      hint: "The line is not UTF-8 text",
    };
  }
  // A line that begins with no known name may hold a key: `KEY_BASE64=…`, or a key without its name. Such a line is
  // hidden.
  const [, word = ""] = /^\s*([A-Z_]*)/.exec(text) ?? [];
  const isKnown = word === ""
    ? /^\s*(#|$)/.test(text)
    : FWKNOPD_ROWS.some((row) => row.name === word);
  return {
    severity: "warning",
    text: `*Invalid config file entry in ${file} at line ${line}.\n - '${
      isKnown ? text : "(hidden)"
    }'`,
    position,
    hint: malformedHint(text),
  };
}

function malformedHint(text: string): string {
  const bare = text.trim();
  if (bare === "") return "The line holds only blanks; the C daemon wants empty lines empty";
  if (bare.startsWith("#")) return "A comment must start in the first column";
  return "Write NAME, blanks, VALUE; the line has no effect";
}

function unknownName({ name, position }: SettingLine): Diagnostic {
  return {
    severity: "warning",
    text: `[*] Ignoring unknown configuration parameter: '${name}' in ${position.file}`,
    position,
    hint: unknownNameHint(name, FWKNOPD_NAMES, ACCESS_NAMES),
  };
}
