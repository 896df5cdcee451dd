/**
 * Parses `access.conf` into stanzas (`docs/spec/server.md` 5).
 *
 * @module
 */
import { MAX_USERNAME_LENGTH } from "../spa/limits.ts";
import { hasUsernameCharacters } from "../spa/username.ts";
import { buildStanza, checkBroken } from "./access_stanza.ts";
import { parseAccessValue } from "./access_value.ts";
import { ACCESS_ROWS, type AccessName, KEY_FILE_NAMES, SIGNER_NAMES } from "./access_variables.ts";
import type { ConfigFiles } from "./config_files.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import { exposedFile, EXPOSURE_HINT } from "./exposed_file.ts";
import type { Exposure } from "./exposure.ts";
import type { ServerSettings } from "./fwknopd_variables.ts";
import type { GivenValue } from "./given_value.ts";
import { commentInValue, type MalformedLine, readLines, type SettingLine } from "./line.ts";
import { ACCESS_NAMES, FWKNOPD_NAMES } from "./known_names.ts";
import { MASK } from "./mask.ts";
import type { Stanza } from "./stanza.ts";
import { StanzaDraft } from "./stanza_draft.ts";
import { unmetNeed } from "./stanza_nat.ts";
import { unknownNameHint } from "./unknown_name.ts";

/** A stanza and the values that were written for it; secrets are masked. */
export interface StanzaEntry {
  readonly stanza: Stanza;
  readonly written: ReadonlyMap<AccessName, GivenValue>;
}

/** The result of reading. If a diagnostic is an error, the entries must not be used. */
export interface AccessConf {
  readonly entries: readonly StanzaEntry[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The settings that stanzas are checked against, and access to included files. */
export interface AccessContext {
  readonly settings: ServerSettings;
  readonly files: ConfigFiles;
}

/** Parses the text of a main file. Reports every error, not only the first. */
export function parseAccessConf(
  text: string,
  file: string,
  context: AccessContext,
  exposure?: Exposure,
): AccessConf {
  const reader = new AccessReader(context);
  reader.readText(text, { file, level: 0, ...(exposure && { exposure }) });
  return reader.finish(`[*] Could not find valid SOURCE stanza in access file: '${file}'`);
}

/** Reads and parses the access file. */
export function readAccessFile(file: string, context: AccessContext): AccessConf {
  const { text, diagnostics, exposure } = context.files.read(file, "Access");
  if (text === undefined) return { entries: [], diagnostics };
  const parsed = parseAccessConf(text, file, context, exposure);
  return { ...parsed, diagnostics: [...diagnostics, ...parsed.diagnostics] };
}

/** Reads and parses the `*.conf` files of a folder in the order of their names. Each is a main file. */
export function readAccessFolder(folder: string, context: AccessContext): AccessConf {
  const reader = new AccessReader(context);
  reader.readFolder(folder, { level: 0 }, undefined);
  return reader.finish("Fatal, could not find any valid access.conf stanzas");
}

/** A main file and two levels of included files. */
const DEEPEST_LEVEL = 2;

/** Where lines are read from. */
interface Source {
  readonly file: string;
  /** 0 for a main file, and 1 more for each `%include`. */
  readonly level: number;
  /** Which other user can change the file, or a file that includes it. */
  readonly exposure?: Exposure;
}

class AccessReader {
  readonly #context: AccessContext;
  readonly #drafts: StanzaDraft[] = [];
  readonly #diagnostics: Diagnostic[] = [];

  constructor(context: AccessContext) {
    this.#context = context;
  }

  readText(text: string, source: Source): void {
    const { file, exposure } = source;
    if (exposure?.isOpenFolder === true) {
      this.#diagnostics.push(exposedFile("Access file", file, exposure));
    }
    // An included file has its own stanza. The stanza of the including file continues after it.
    let draft: StanzaDraft | undefined;
    for (const line of readLines(text, file)) {
      if (line.kind === "malformed") {
        this.#diagnostics.push(malformedLine(line));
        continue;
      }
      const name = line.name.replace(/:$/, "");
      if (name === "SOURCE") {
        draft = new StanzaDraft(line.value, line.position);
        draft.exposure = exposure;
        this.#drafts.push(draft);
      }
      if (name === "%include") this.#include(line, source);
      else if (name === "%include_folder") this.#includeFolder(line, source);
      else if (name === "%include_keys") this.#includeKeys(line, draft);
      else this.#diagnostics.push(...this.#set(line, name, draft));
    }
  }

  /**
   * @param position of the directive that names the folder; absent for an access folder.
   */
  readFolder(
    folder: string,
    source: Omit<Source, "file">,
    position: Position | undefined,
  ): void {
    const bare = folder.replace(/(.)\/$/, "$1");
    const names = this.#context.files.list(bare);
    if (names === undefined) {
      this.#error(`[*] Access folder: '${folder}' could not be opened.`, position, FOLDER_HINT);
      return;
    }
    // Sorted by code unit, so the order is the same on every system.
    for (const name of names.filter((entry) => /\.conf[^.]*$/.test(entry)).toSorted()) {
      this.#readFile(`${bare}/${name}`, source, position);
    }
  }

  /** Checks and builds the stanzas. @param emptyText message if there is no stanza. */
  finish(emptyText: string): AccessConf {
    const entries: StanzaEntry[] = [];
    for (const draft of this.#drafts) {
      if (draft.isBroken) {
        this.#diagnostics.push(...checkBroken(draft, entries.length + 1));
        continue;
      }
      const number = entries.length + 1;
      const { stanza, diagnostics } = buildStanza(draft, number, this.#context.settings);
      if (stanza !== undefined && draft.rejection === undefined) {
        // A getter: the server, which may have ten thousand stanzas, never reads the written values.
        entries.push({
          stanza,
          get written() {
            return draft.written();
          },
        });
        this.#diagnostics.push(...diagnostics, ...exposedCommands(draft, stanza));
      } else if (draft.keyFile !== undefined) this.#leaveOut(draft, diagnostics);
      else this.#diagnostics.push(...diagnostics);
    }
    const broken = this.#diagnostics.some(({ severity }) => severity === "error");
    if (entries.length === 0 && !broken) {
      this.#error(emptyText, undefined, "A stanza starts with a SOURCE line");
    }
    return { entries, diagnostics: this.#diagnostics };
  }

  #error(text: string, position: Position | undefined, hint: string): void {
    this.#diagnostics.push({ severity: "error", text, ...(position && { position }), hint });
  }

  #readFile(
    path: string,
    { level, exposure: above }: Omit<Source, "file">,
    position: Position | undefined,
  ): void {
    const { text, diagnostics, exposure = above } = this.#context.files.read(path, "Access");
    this.#diagnostics.push(
      ...diagnostics.map((found) => position === undefined ? found : namedThere(found, position)),
    );
    if (text === undefined) return;
    this.readText(text, { file: path, level, ...(exposure && { exposure }) });
  }

  #mayInclude({ position }: SettingLine, level: number): boolean {
    if (level < DEEPEST_LEVEL) return true;
    this.#error(
      `[*] Refusing to go deeper than 3 levels. Lost in Limbo: '${position.file}'`,
      position,
      "A file included by an included file cannot include another",
    );
    return false;
  }

  #include(line: SettingLine, source: Source): void {
    const { level } = source;
    if (!this.#mayInclude(line, level)) return;
    this.#readFile(line.value, { ...source, level: level + 1 }, line.position);
  }

  #includeFolder(line: SettingLine, source: Source): void {
    const { level } = source;
    if (!this.#mayInclude(line, level)) return;
    this.readFolder(line.value, { ...source, level: level + 1 }, line.position);
  }

  /**
   * The owner of a key file must not be able to stop the server. So an error in a key file leaves out this stanza only,
   * with a warning (`docs/spec/server.md` 16, row 29). A stanza that runs commands must not take its keys from a file
   * that an untrusted user can change: that is an error, because the author of the stanza decides it.
   */
  #includeKeys(line: SettingLine, draft: StanzaDraft | undefined): void {
    if (draft === undefined) {
      this.#diagnostics.push(beforeSource(line, "%include_keys"));
      return;
    }
    draft.keyFile = line.value;
    const { text, diagnostics, exposure } = this.#context.files.read(line.value, "Access");
    draft.exposure ??= exposure;
    const found: Diagnostic[] = diagnostics.map((read) => namedThere(read, line.position));
    const own = new Set<string>(draft.written().keys());
    for (const entry of text === undefined ? [] : readLines(text, line.value)) {
      if (entry.kind === "malformed") found.push(malformedLine(entry));
      else found.push(...this.#setKey(entry, draft, own));
    }
    if (exposure?.isOpenFolder === true) {
      found.push(exposedFile("Access file", line.value, exposure, line.position));
    }
    const error = found.find(({ severity }) => severity === "error");
    if (error !== undefined) draft.rejection ??= error;
    this.#diagnostics.push(...found.filter(({ severity }) => severity === "warning"));
  }

  /**
   * @param own names that the stanza had set before it included the file.
   */
  #setKey(line: SettingLine, draft: StanzaDraft, own: ReadonlySet<string>): Diagnostic[] {
    const name = line.name.replace(/:$/, "");
    const { position } = line;
    if (own.has(name) && (SIGNER_NAMES as readonly string[]).includes(name)) {
      const text = `${name} of the key file has no effect: the stanza sets it itself`;
      return [{ severity: "warning", text, position, hint: "Remove one of the lines" }];
    }
    if ((KEY_FILE_NAMES as readonly string[]).includes(name)) {
      const wasBroken = draft.isBroken;
      const found = this.#set(line, name, draft);
      draft.isBroken = wasBroken;
      return found;
    }
    const hint = `A key file sets ${KEY_FILE_NAMES.slice(0, 4).join(", ")} and GPG_ variables`;
    return [{ severity: "warning", text: `Ignoring invalid entry: '${name}'`, position, hint }];
  }

  #leaveOut(draft: StanzaDraft, diagnostics: readonly Diagnostic[]): void {
    const reason = draft.rejection ?? diagnostics.find(({ severity }) => severity === "error");
    this.#diagnostics.push({
      position: draft.position,
      ...reason,
      severity: "warning",
      text: `[*] Data error in included keyfile: '${draft.keyFile}', skipping stanza.\n` +
        `${reason?.text}`,
    });
  }

  #set(line: SettingLine, name: string, draft: StanzaDraft | undefined): Diagnostic[] {
    const row = ACCESS_ROWS.find((known) => known.name === name);
    if (row === undefined) return [unknownName(line, name)];
    if (draft === undefined) return [beforeSource(line, name)];
    const position = line.valuePosition;
    const found: Diagnostic[] = [];
    const warn = (text: string, hint: string): void => {
      found.push({ severity: "warning", text, position, hint });
    };
    const secret = row.secret === true;
    if (line.rest !== "" && (secret || !line.rest.startsWith("#"))) {
      warn(`The text after ';' is not part of the value of ${name}`, SEMICOLON_HINT);
    }
    if (line.trailingBlanks && secret && row.kind !== "base64") {
      warn(`The blanks after the value of ${name} are not part of it`, BLANKS_HINT);
    }
    if (draft.has(row.name)) {
      warn(`${name} is set twice in one stanza; the last one counts`, "Remove one of the lines");
    }
    const { file } = line.position;
    const { files } = this.#context;
    const { value, error } = parseAccessValue(row, line.value, {
      files,
      source: draft.source,
      file,
    });
    if (row.perlEra !== undefined && typeof value === "boolean") {
      const [word, meaning] = value ? ["Y", row.perlEra.yes] : ["N", row.perlEra.no];
      warn(`${name} ${word}: ${meaning}`, PERL_HINT);
    }
    if (error === undefined) {
      const comment = commentInValue(line, name);
      if (comment !== undefined) found.push(comment);
      if (name === "REQUIRE_USERNAME" && !isPossibleUsername(line.value)) {
        warn(`No packet can carry the user name '${line.value}'`, USERNAME_HINT);
      }
      draft.set(row.name, { value, text: secret ? MASK : line.value, position });
      return found;
    }
    draft.isBroken = true;
    if (secret || name === "GPG_ALLOW_NO_PW") draft.keyIsBroken = true;
    const unmet = unmetNeed(name, this.#context.settings);
    const { text, hint, offset = 0 } = unmet === undefined
      ? error
      : { ...unmet, hint: `${unmet.hint}; ${error.hint}` };
    const culprit = { ...position, column: position.column + offset };
    return [...found, { severity: "error", text, position: culprit, ...(hint && { hint }) }];
  }
}

/** An untrusted user must not decide which commands run, or which clients may run them. */
function exposedCommands(draft: StanzaDraft, { commandExecution, cycle }: Stanza): Diagnostic[] {
  const { exposure, position, source } = draft;
  const namesProgram = draft.has("GPG_EXE") || draft.has("GPG_HOME_DIR");
  const runs = commandExecution !== undefined || cycle !== undefined || namesProgram;
  if (exposure === undefined || !runs) return [];
  return [{
    severity: "error",
    text: `[*] Stanza runs commands and can be changed by others: ${exposure.text} ` +
      `for access stanza source: '${source}'`,
    position,
    hint: EXPOSURE_HINT,
  }];
}

/** Gives a finding about a file the position of the line that names the file. */
function namedThere(found: Diagnostic, position: Position): Diagnostic {
  const hint = "Correct the path, or remove the line";
  return { position, ...found, ...(found.code === "missing" && { hint }) };
}

const USERNAME_HINT =
  `It may have ${MAX_USERNAME_LENGTH} printable ASCII characters, but none of "/\\[]:;|=,+*?<>`;

function isPossibleUsername(name: string): boolean {
  return hasUsernameCharacters(name) && name.length <= MAX_USERNAME_LENGTH;
}

const FOLDER_HINT = "Give the path of a folder that can be read";
const SEMICOLON_HINT = "A value ends at the first ';'; write comments on lines of their own";
const PERL_HINT =
  "This is a line of the perl daemon: the C daemon ignores it, and here it can only restrict access";
const BLANKS_HINT = "Release 2.6.10 takes them as part of it, later ones do not; remove them";

/** The line itself is not shown: it may hold a key without its name. */
function malformedLine({ text, position, reason }: MalformedLine): Diagnostic {
  return {
    severity: "error",
    text: `[*] Invalid access file entry in ${position.file} at line ${position.line}.`,
    position,
    hint: malformedHint(text.trim(), reason),
  };
}

function malformedHint(text: string, reason: MalformedLine["reason"]): string {
  if (reason === "not text") return "The line is not UTF-8 text";
  if (text === "") return "The line holds only blanks; empty lines must be empty";
  if (text.startsWith("#")) return "A comment must start in the first column";
  return "Write NAME, blanks, VALUE";
}

function unknownName({ position }: SettingLine, name: string): Diagnostic {
  return {
    severity: "warning",
    text: `[*] Ignoring unknown access parameter: '${name}' in ${position.file}`,
    position,
    hint: unknownNameHint(name, ACCESS_NAMES, FWKNOPD_NAMES),
  };
}

function beforeSource({ position }: SettingLine, name: string): Diagnostic {
  const text = `${name} stands before the first SOURCE of ${position.file} and is ignored`;
  return { severity: "warning", text, position, hint: "A stanza starts with its SOURCE line" };
}
