/**
 * `.fwknoprc`: text to lines to stanzas (`docs/spec/client.md` 4). Pure: reading and checking the file is
 * the client's business. What the lines mean is decided only for the stanzas that are applied, as the C
 * client does; so every line is kept as written and a file can be edited without losing a comment.
 *
 * @module
 */
import type { Diagnostic } from "./diagnostic.ts";
import type { Position } from "./stanza.ts";
import { nearestWord } from "./did_you_mean.ts";
import { FWKNOPRC_VARIABLES, fwknoprcVariable } from "./fwknoprc_variables.ts";

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

/** Reads every stanza of that name, in file order. Lines of other stanzas are not looked at. */
export function readStanza(rc: Fwknoprc, stanza: string): FwknoprcStanza {
  const entries: FwknoprcEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  let inside = false;
  for (const [index, line] of rc.lines.entries()) {
    const at = (column: number): Position => ({ file: rc.file, line: index + 1, column });
    if (line.kind === "header") inside = sameStanza(line.name, stanza);
    if (!inside) continue;
    if (line.kind === "malformed") {
      diagnostics.push(malformed(line.text, at(line.column)));
      break;
    }
    if (line.kind !== "parameter") continue;
    const position = at(line.nameColumn);
    if (fwknoprcVariable(line.name) === undefined) {
      diagnostics.push(unknownVariable(line.name, line.value, position));
      continue;
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

/** The C client's line about a variable it cannot use; the value of a secret is not shown. */
export function parameterError(name: string, value: string, position: Position): string {
  const shown = fwknoprcVariable(name)?.secret ? "(hidden)" : value;
  return `Parameter error in ${position.file}, line ${position.line}: var=${name}, val=${shown}`;
}

function malformed(line: string, position: Position): Diagnostic {
  const [word] = line.trim().split(/[\s=:]/);
  // A key must not reach the screen because someone wrote KEY=value.
  const shown = /KEY|PW/.test(word ?? "") ? `${word} (hidden)` : line;
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

function unknownVariable(name: string, value: string, position: Position): Diagnostic {
  // The value after a misspelt KEY is a key all the same.
  const shown = /KEY|PW|PASS/i.test(name) ? "(hidden)" : value;
  const nearest = nearestWord(name, FWKNOPRC_VARIABLES.map((variable) => variable.name));
  const hint = name.startsWith("[")
    ? "close the stanza name with ]"
    : name.startsWith("#") || name.startsWith(";")
    ? `a comment begins in the first column: nothing may stand before ${name[0]}`
    : nearest === undefined
    ? undefined
    : `did you mean ${nearest}?`;
  return {
    severity: "error",
    text: `Parameter error in ${position.file}, line ${position.line}: var=${name}, val=${shown}`,
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
  const parameter = /^([ \t]*)([^ \t\r]+)([ \t]+)([^ \t;#\r]+)/.exec(text);
  if (parameter === null) {
    return { ...base, kind: "malformed", column: text.length - text.trimStart().length + 1 };
  }
  const [, indent = "", name = "", gap = "", value = ""] = parameter;
  return {
    ...base,
    kind: "parameter",
    name: name.endsWith(":") ? name.slice(0, -1) : name,
    value,
    nameColumn: indent.length + 1,
    valueColumn: indent.length + name.length + gap.length + 1,
  };
}
