/**
 * `.fwknoprc`: text to lines to stanzas (`docs/spec/client.md` 4). Pure: reading and checking the file is
 * the client's business. What the lines mean is decided only for the stanzas that are applied, as the C
 * client does; so every line is kept as written and a file can be edited without losing a comment.
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import { nearestWord } from "./did_you_mean.ts";
import { FWKNOPRC_VARIABLES, type FwknoprcVariable, fwknoprcVariable } from "./client_rows.ts";

/** One line; `text` is as written, without its line end. */
export type FwknoprcLine =
  & { readonly text: string; readonly end: "" | "\n" | "\r\n" }
  & (
    | { readonly kind: "comment" }
    | { readonly kind: "header"; readonly name: string }
    | {
      readonly kind: "parameter";
      readonly name: string;
      readonly value: string;
      /** Columns from 1. */
      readonly nameColumn: number;
      readonly valueColumn: number;
      /** What follows the value, up to the end of the line, blanks before it included. */
      readonly rest: string;
    }
    | { readonly kind: "malformed"; readonly column: number }
  );

/** A file as lines; joining their texts and ends gives the file back. */
export interface Fwknoprc {
  readonly file: string;
  readonly lines: readonly FwknoprcLine[];
}

/** A variable as a stanza sets it. */
export interface FwknoprcEntry {
  readonly name: string;
  readonly value: string;
  readonly position: Position;
  /** Where the value stands. */
  readonly valuePosition: Position;
}

/** What the stanzas of one name say. */
export interface FwknoprcStanza {
  readonly entries: readonly FwknoprcEntry[];
  /** The first malformed line stops the reading, as in the C client. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The stanza applied before every other. */
export const DEFAULT_STANZA = "default";

/** Splits a text into lines. Never fails: a line that means nothing is `malformed`. */
export function parseFwknoprc(text: string, file: string): Fwknoprc {
  const lines: FwknoprcLine[] = [];
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf("\n", start);
    const stop = feed < 0 ? text.length : feed;
    const carriage = feed > start && text[feed - 1] === "\r";
    const line = text.slice(start, carriage ? stop - 1 : stop);
    lines.push(parseLine(line, feed < 0 ? "" : carriage ? "\r\n" : "\n"));
    start = stop + 1;
  }
  return { file, lines };
}

/** The text a file was parsed from. */
export function formatFwknoprc(rc: Pick<Fwknoprc, "lines">): string {
  return rc.lines.map((line) => line.text + line.end).join("");
}

/** Names of the headers in file order, duplicates included, without `default` in any case. */
export function stanzaNames(rc: Fwknoprc): string[] {
  return rc.lines.flatMap((line) =>
    line.kind === "header" && !sameStanza(line.name, DEFAULT_STANZA) ? [line.name] : []
  );
}

/** Stanza names are compared without regard to case; inner blanks matter. */
export function sameStanza(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether a stanza of that name exists. */
export function hasStanza(rc: Fwknoprc, name: string): boolean {
  return rc.lines.some((line) => line.kind === "header" && sameStanza(line.name, name));
}

/**
 * Reads every stanza of that name, in file order. Lines of other stanzas are not looked at.
 *
 * @param stanza `undefined` stands for the lines before the first one.
 * @param cutSecret what it is when a key would be cut: the C client takes the first part of it.
 */
export function readStanza(
  rc: Fwknoprc,
  stanza: string | undefined,
  cutSecret: Diagnostic["severity"] = "error",
): FwknoprcStanza {
  const entries: FwknoprcEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  let inside = stanza === undefined;
  for (const [index, line] of rc.lines.entries()) {
    const at = (column: number): Position => ({ file: rc.file, line: index + 1, column });
    if (line.kind === "header") inside = stanza !== undefined && sameStanza(line.name, stanza);
    if (!inside) continue;
    if (line.kind === "malformed") {
      diagnostics.push(malformed(line.text, at(line.column)));
      break;
    }
    if (line.kind !== "parameter") continue;
    const position = at(line.nameColumn);
    const variable = fwknoprcVariable(line.name);
    if (variable === undefined) {
      diagnostics.push(unknownVariable(line.name, position));
      continue;
    }
    const cut = cutValue(variable, line.value, line.rest);
    if (cut !== undefined) {
      const { text, hint, offset } = cut;
      diagnostics.push({
        severity: variable.secret ? cutSecret : "warning",
        text,
        position: at(line.valueColumn + line.value.length + offset),
        hint,
      });
    }
    entries.push({
      name: line.name,
      value: line.value,
      position,
      valuePosition: at(line.valueColumn),
    });
  }
  return { entries, diagnostics };
}

/** What is told of lines above every header: like the C client nobody reads them, and a key among them seems to be missing. */
export function outsideStanzas(rc: Fwknoprc): Diagnostic[] {
  const header = rc.lines.findIndex(({ kind }) => kind === "header");
  const outside = header < 0 ? rc.lines : rc.lines.slice(0, header);
  // A blank line, or an indented comment.
  const index = outside.findIndex(({ text }) => !/^\s*([#;]|$)/.test(text));
  const line = outside[index];
  if (line === undefined) return [];
  const column = line.text.length - line.text.trimStart().length + 1;
  return [{
    severity: "warning",
    text: "what stands before the first [stanza] has no effect",
    position: { file: rc.file, line: index + 1, column },
    hint: "write [default] above it",
  }];
}

/**
 * What is lost of a value that ends at a blank, `#` or `;` (`docs/spec/client.md` 4), or `undefined`. A comment is
 * no loss, but behind a passphrase it cannot be told from the rest of it.
 */
function cutValue(
  { variable: name, kind, secret }: FwknoprcVariable,
  value: string,
  rest: string,
): { readonly text: string; readonly hint: string; readonly offset: number } | undefined {
  // A closing `;` is the habit of the perl era.
  const isEnd = /^[ \t;\r]*$/.test(rest);
  const isComment = /^[ \t]+[#;]|^;[ \t;]*#/.test(rest);
  const isPassphrase = secret === true && kind === "key text";
  if (isEnd || (isComment && !isPassphrase)) return undefined;
  const offset = rest.length - rest.trimStart().length;
  const [what] = /^[;#]/.exec(rest) ?? ["blank"];
  const text = `the value of ${name} ends at the ${what === "blank" ? what : `'${what}'`}`;
  if (value === "=") {
    return { text: `the value of ${name} is '='`, hint: "write NAME value, without '='", offset };
  }
  if (isPassphrase) {
    const hint =
      `write all of it in base64, which printf %s 'PASSPHRASE' | base64 makes, as ${name}_BASE64` +
      (isComment ? "; write a comment on a line of its own" : "");
    return { text: `${text}: what follows would be cut off`, hint, offset };
  }
  if (secret) {
    const hint = "copy the whole line that fwknop keygen printed";
    return { text: `${text}: what follows would be cut off`, hint, offset };
  }
  const hint = value.endsWith(",")
    ? "write the list without blanks"
    : "write a comment on a line of its own; a value cannot hold a blank, # or ;";
  return { text: `${text}: what follows has no effect`, hint, offset };
}

/** The C client's line about a variable it cannot use; the value of a secret is not shown. */
export function parameterError(name: string, value: string, position: Position): string {
  const variable = fwknoprcVariable(name);
  // What no table knows may be a secret of another program, or a key whose name is misspelt.
  const shown = variable === undefined || variable.secret === true ? HIDDEN : value;
  return `Parameter error in ${position.file}, line ${position.line}: var=${name}, val=${shown}`;
}

/** What stands in the place of a value that may be secret. */
const HIDDEN = "(hidden)";

function malformed(line: string, position: Position): Diagnostic {
  const [word = ""] = line.trim().split(/[\s=:]/);
  // A key must not reach the screen because of KEY=value, nor one that lost its name.
  const variable = fwknoprcVariable(word);
  const isHarmless = word === "" || word.startsWith("[") || variable !== undefined;
  const shown = variable?.secret ? `${word} ${HIDDEN}` : isHarmless ? line : HIDDEN;
  const equals = /^[ \t]*[A-Z_0-9]+[=:]/.test(line);
  return {
    severity: "error",
    text: `*Invalid entry in '${shown}'`,
    position,
    hint: line.includes("[") && !line.includes("]")
      ? "close the stanza name with ]"
      : equals
      ? "write the name, a blank and the value: NAME value"
      : "a line holds a name, a blank and a value",
  };
}

/** Names that the server's file has, or the C client's own sample, for what has another one here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  CLIENT_TIMEOUT: "its name is FW_TIMEOUT now",
  FW_ACCESS_TIMEOUT: "it belongs in the server's access.conf; here it is FW_TIMEOUT",
  OPEN_PORTS: "it belongs in the server's access.conf; here it is ACCESS",
  SOURCE: "it belongs in the server's access.conf; here the address to admit is ALLOW_IP",
  REQUIRE_USERNAME: "it belongs in the server's access.conf; here it is SPOOF_USER",
};

function unknownVariable(name: string, position: Position): Diagnostic {
  const nearest = nearestWord(name, FWKNOPRC_VARIABLES.map(({ variable }) => variable));
  const hint = name.startsWith("[")
    ? "close the stanza name with ]"
    : Object.hasOwn(OTHER_NAMES, name)
    ? OTHER_NAMES[name]
    : name.startsWith("#") || name.startsWith(";")
    ? `a comment begins in the first column: nothing may stand before ${name[0]}`
    : nearest === undefined
    ? "fwknop print man fwknoprc lists the variables"
    : `did you mean ${nearest}?`;
  return {
    severity: "error",
    text: parameterError(name, "", position),
    position,
    ...(hint === undefined ? {} : { hint }),
  };
}

function parseLine(text: string, end: FwknoprcLine["end"]): FwknoprcLine {
  const base = { text, end };
  if (text === "" || text[0] === "#" || text[0] === ";" || text[0] === "\r") {
    return { ...base, kind: "comment" };
  }
  const header = /^[ \t]*\[([^\]]*)\]/.exec(text);
  if (header !== null) return { ...base, kind: "header", name: header[1] ?? "" };
  const parameter = /^([ \t]*)([^ \t\r]+)([ \t]+)([^ \t;#\r]+)(.*)$/s.exec(text);
  if (parameter === null) {
    return { ...base, kind: "malformed", column: text.length - text.trimStart().length + 1 };
  }
  const [, indent = "", written = "", gap = "", first = "", after = ""] = parameter;
  const name = written.endsWith(":") ? written.slice(0, -1) : written;
  // A command has arguments. The variable is ours, so no C client reads less of it.
  const isCommand = fwknoprcVariable(name)?.kind === "command";
  return {
    ...base,
    kind: "parameter",
    name,
    value: isCommand ? (first + after).trimEnd() : first,
    nameColumn: indent.length + 1,
    valueColumn: indent.length + written.length + gap.length + 1,
    rest: isCommand ? "" : after,
  };
}
