/**
 * Reads keys from a file of lines, as `fwknop keygen`, `fwknopd --key-gen` and `fwknop invite` write it.
 *
 * @module
 */
import { systemReasonOf } from "../lib/errors/reason.ts";
import { Problem } from "../lib/client/problem.ts";
import type { RcSetting } from "../lib/client/rc_text.ts";
import { levelFromRc } from "../lib/client/level.ts";
import type { SettingsLevel } from "../lib/config/client_rows.ts";
import { parseFwknoprc, readStanza } from "../lib/config/fwknoprc.ts";
import { fwknoprcVariable } from "../lib/config/client_rows.ts";
import { textBytes } from "../lib/crypto/bytes.ts";
import { fileText, foreignEncoding } from "../lib/files/file_text.ts";
import { readInput } from "./read_input.ts";

/** The key lines of a file, as written and as they are read. */
export interface KeyLines {
  readonly settings: readonly RcSetting[];
  readonly level: SettingsLevel;
}

/** Variables of a stanza that describe its keys. */
const ABOUT_KEYS: readonly string[] = ["HMAC_DIGEST_TYPE", "USE_HMAC", "ENCRYPTION_MODE"];

/** Reads lines such as `KEY_BASE64: …`, alone or in the only stanza. @param path `-` is standard input. */
export async function readKeyLines(path: string): Promise<KeyLines | Problem> {
  const text = await readKeyText(path);
  return text instanceof Problem ? text : keyLines(text, inputName(path));
}

/** The text of the file. @param path `-` is standard input. */
export async function readKeyText(path: string): Promise<string | Problem> {
  try {
    const bytes = await readInput(path);
    const foreign = foreignEncoding(bytes, inputName(path));
    return foreign === undefined ? fileText(bytes) : new Problem(foreign.text, foreign);
  } catch (error) {
    return new Problem(`cannot read the keys from ${path}: ${systemReasonOf(error)}`);
  }
}

/** Name of the file in messages. */
export function inputName(path: string): string {
  return path === "-" ? "standard input" : path;
}

/** Whether the text has a stanza of the client: a line `[NAME]`. */
export function hasClientStanza(text: string): boolean {
  return parseFwknoprc(text, "").lines.some(({ kind }) => kind === "header");
}

/** The key lines of a text. @param file for positions and messages. */
export function keyLines(text: string, file: string): KeyLines | Problem {
  const rc = parseFwknoprc(text, file);
  const [name, another] = rc.lines.flatMap((line) => line.kind === "header" ? [line.name] : []);
  if (another !== undefined) {
    return new Problem(`${file} has several stanzas`, {
      hint: "name a file with one stanza, as fwknop invite or fwknop keygen writes it",
    });
  }
  const { entries, diagnostics } = readStanza(rc, name);
  const isAboutKeys = (variable: string): boolean =>
    fwknoprcVariable(variable)?.secret === true || ABOUT_KEYS.includes(variable);
  const taken = entries.filter((entry) => isAboutKeys(entry.name));
  const { level, diagnostics: found } = levelFromRc(taken, "native", textBytes);
  const wrong = [...diagnostics, ...found].find(({ severity }) => severity === "error");
  if (wrong !== undefined) {
    const { text: what, hint, position } = wrong;
    return new Problem(what, { ...(hint && { hint }), ...(position && { position }) });
  }
  // Other lines without a stanza are a sign that the user named the wrong file.
  const stray = name === undefined ? entries.find((entry) => !isAboutKeys(entry.name)) : undefined;
  if (stray !== undefined || (level.key === undefined && level.hmacKey === undefined)) {
    return new Problem(`${file} is not a file of keys`, {
      hint:
        "it must have the lines that fwknop keygen prints: KEY_BASE64: … and HMAC_KEY_BASE64: …",
      ...(stray && { position: stray.position }),
    });
  }
  return { settings: taken.map(({ name, value }) => ({ name, value })), level };
}
