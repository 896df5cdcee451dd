/**
 * Parses `.fwknoprc` into lines and stanzas (`docs/spec/client.md` 4). Pure: the client reads the file and checks its
 * permissions. Only the lines of the stanzas that are applied are interpreted, as in the C client. Every line is kept
 * as written, so a file can be edited without losing a comment.
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import { nearestWord } from "./did_you_mean.ts";
import { FWKNOPRC_VARIABLES, type FwknoprcVariable, fwknoprcVariable } from "./client_rows.ts";

/** One line; `text` is the line as written, without its line end. */
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
      /** What follows the value up to the end of the line, with the blanks before it. */
      readonly rest: string;
    }
    | { readonly kind: "malformed"; readonly column: number }
  );

/** A file as lines. Joining the texts and ends of the lines gives the file back. */
export interface Fwknoprc {
  readonly file: string;
  readonly lines: readonly FwknoprcLine[];
}

/** A variable that a stanza sets. */
export interface FwknoprcEntry {
  readonly name: string;
  readonly value: string;
  readonly position: Position;
  /** Position of the value. */
  readonly valuePosition: Position;
}

/** The contents of all stanzas of one name. */
export interface FwknoprcStanza {
  readonly entries: readonly FwknoprcEntry[];
  /** Reading stops at the first malformed line, as in the C client. */
  readonly diagnostics: readonly Diagnostic[];
}

/** This stanza is applied before every other. */
export const DEFAULT_STANZA = "default";

/** Splits a text into lines. Never fails: a line that cannot be parsed is `malformed`. */
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

/** Returns the text that a file was parsed from. */
export function formatFwknoprc(rc: Pick<Fwknoprc, "lines">): string {
  return rc.lines.map((line) => line.text + line.end).join("");
}

/** Names of the headers in file order, with duplicates, without `default` in any case. */
export function stanzaNames(rc: Fwknoprc): string[] {
  return rc.lines.flatMap((line) =>
    line.kind === "header" && !sameStanza(line.name, DEFAULT_STANZA) ? [line.name] : []
  );
}

/** Compares stanza names without regard to case; inner blanks matter. */
export function sameStanza(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether a stanza of that name exists. */
export function hasStanza(rc: Fwknoprc, name: string): boolean {
  return rc.lines.some((line) => line.kind === "header" && sameStanza(line.name, name));
}

/**
 * Reads every stanza of that name, in file order. Ignores lines of other stanzas.
 *
 * @param stanza `undefined` stands for the lines before the first header.
 * @param cutSecret severity of a key that would be cut: the C client uses the first part of it.
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

/**
 * Warns of lines above the first header: the C client and this one ignore them, and a key among them seems to be
 * missing.
 */
export function outsideStanzas(rc: Fwknoprc): Diagnostic[] {
  const header = rc.lines.findIndex(({ kind }) => kind === "header");
  const outside = header < 0 ? rc.lines : rc.lines.slice(0, header);
  // Skips blank lines and indented comments.
  const index = outside.findIndex(({ text }) => !/^\s*([#;]|$)/.test(text));
  const line = outside[index];
  if (line === undefined) return [];
  const column = line.text.length - line.text.trimStart().length + 1;
  return [{
    severity: "warning",
    text: "lines before the first [stanza] have no effect",
    position: { file: rc.file, line: index + 1, column },
    hint: "write [default] above it",
  }];
}

/**
 * Describes what is lost of a value that ends at a blank, `#` or `;` (`docs/spec/client.md` 4); `undefined` if nothing
 * is. A comment is no loss. After a passphrase, a comment looks like the rest of the passphrase.
 */
function cutValue(
  { variable: name, kind, secret }: FwknoprcVariable,
  value: string,
  rest: string,
): { readonly text: string; readonly hint: string; readonly offset: number } | undefined {
  // Files of the perl era often end a value with `;`.
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

/** The C client's line about a variable that it cannot use. The value of a secret is hidden. */
export function parameterError(name: string, value: string, position: Position): string {
  const variable = fwknoprcVariable(name);
  // An unknown name may hold a secret of another program, or be a misspelt name of a key.
  const shown = variable === undefined || variable.secret === true ? HIDDEN : value;
  return `Parameter error in ${position.file}, line ${position.line}: var=${name}, val=${shown}`;
}

/** Replaces a value that may be secret. */
const HIDDEN = "(hidden)";

function malformed(line: string, position: Position): Diagnostic {
  const [word = ""] = line.trim().split(/[\s=:]/);
  // A line such as KEY=value, or a key without its name, must not reach the screen.
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

/** Advice for names that belong to the server's file, or that the C client's own sample has for another variable. */
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
  // A command has arguments, so its value is the rest of the line. The C client does not know this variable.
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
