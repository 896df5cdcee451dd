/**
 * Writes a stanza into the text of an rc file and keeps every comment. Pure: takes text, returns text
 * (`docs/spec/client.md` 6; the C client drops every comment and blank line of the file).
 *
 * @module
 */
import {
  formatFwknoprc,
  type Fwknoprc,
  type FwknoprcLine,
  hasStanza,
  sameStanza,
} from "../config/fwknoprc.ts";
import { fwknoprcVariable } from "../config/client_rows.ts";
import { formatRcLine, type RcSetting } from "./rc_text.ts";

/** Variables of the stanza that need a question before they are replaced: keys, and the names of GnuPG keys. */
export function criticalVariables(rc: Fwknoprc, stanza: string): string[] {
  const names = linesOf(rc, stanza).flatMap((line) =>
    line.kind === "parameter" && isCritical(line.name) ? [line.name] : []
  );
  return [...new Set(names)];
}

/**
 * The text of the file with the stanza made of exactly these settings. A line that sets the same variable is replaced
 * in its place. Other lines of the stanza are removed. New lines come at its end. Comments stay.
 *
 * @param keep critical variables whose old lines stay, although there are new values.
 */
export function writeStanza(
  rc: Fwknoprc,
  stanza: string,
  settings: readonly RcSetting[],
  keep: ReadonlySet<string>,
): string {
  const wanted = settings.filter(({ name }) => !keep.has(name));
  if (!hasStanza(rc, stanza)) return appendStanza(formatFwknoprc(rc), stanza, wanted);
  const out: string[] = [];
  const pending = new Map(wanted.map((setting) => [setting.name, setting]));
  let inside = false;
  let insertAt: number | undefined;
  for (const line of rc.lines) {
    if (line.kind === "header") inside = sameStanza(line.name, stanza);
    const written = inside ? replaceLine(line, pending, keep) : line.text;
    if (written === undefined) continue;
    out.push(written + (line.end === "" ? "\n" : line.end));
    // New lines follow the last setting, not the blank lines before the next stanza.
    if (inside && line.text.trim() !== "" && line.kind !== "comment") insertAt = out.length;
  }
  out.splice(
    insertAt ?? out.length,
    0,
    ...[...pending.values()].map((it) => `${formatRcLine(it)}\n`),
  );
  return out.join("");
}

/**
 * The text of the file without the stanzas of that name and their comments. Comments after a blank line behind the last
 * setting stay: they belong to the next stanza.
 */
export function removeStanza(rc: Fwknoprc, stanza: string): string {
  const out: string[] = [];
  /** Lines after the last setting of a stanza that is removed. */
  let tail: FwknoprcLine[] = [];
  let inside = false;
  const keepTail = (): void => {
    const blank = tail.findIndex(({ text }) => text.trim() === "");
    if (blank < 0) return;
    // Without the stanza, the blank lines before and after it would become two.
    const from = out.length === 0 || out.at(-1)?.trim() === "" ? blank + 1 : blank;
    out.push(...tail.slice(from).map((line) => line.text + line.end));
  };
  for (const line of rc.lines) {
    if (line.kind === "header") {
      if (inside) keepTail();
      inside = sameStanza(line.name, stanza);
      tail = [];
    }
    if (!inside) out.push(line.text + line.end);
    else if (line.kind === "comment") tail.push(line);
    else tail = [];
  }
  if (inside) keepTail();
  return out.join("");
}

function isCritical(name: string): boolean {
  const variable = fwknoprcVariable(name);
  return variable?.secret === true || variable?.critical === true;
}

function linesOf(rc: Fwknoprc, stanza: string): FwknoprcLine[] {
  let inside = false;
  return rc.lines.filter((line) => {
    if (line.kind === "header") inside = sameStanza(line.name, stanza);
    return inside;
  });
}

/** The new text of a line of the stanza; `undefined`: the line is removed. Takes what it writes from `pending`. */
function replaceLine(
  line: FwknoprcLine,
  pending: Map<string, RcSetting>,
  keep: ReadonlySet<string>,
): string | undefined {
  if (line.kind !== "parameter") return line.kind === "malformed" ? undefined : line.text;
  if (keep.has(line.name)) return line.text;
  const setting = pending.get(line.name);
  if (setting === undefined) return undefined;
  pending.delete(line.name);
  return formatRcLine(setting);
}

function appendStanza(text: string, stanza: string, settings: readonly RcSetting[]): string {
  const ended = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const gap = ended === "" || ended.endsWith("\n\n") ? "" : "\n";
  const lines = settings.map((setting) => `${formatRcLine(setting)}\n`).join("");
  return `${ended}${gap}[${stanza}]\n${lines}`;
}
