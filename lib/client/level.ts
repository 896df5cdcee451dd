/**
 * Reads one level of settings from a stanza, from options or from the defaults, and writes a level as a stanza. The
 * rows of `lib/config/client_rows.ts` say how.
 *
 * @module
 */
import {
  type EncodeText,
  type KindName,
  kindOf,
  type Range,
  type Reading,
} from "../config/client_kinds.ts";
import {
  FWKNOPRC_VARIABLES,
  fwknoprcVariable,
  SETTING_ROWS,
  type SettingRow,
  type SettingsLevel,
} from "../config/client_rows.ts";
import type { SettingOption } from "../config/client_setting.ts";
import type { KeySource } from "../config/client_values.ts";
import { nearestWord } from "../config/did_you_mean.ts";
import { type FwknoprcEntry, parameterError } from "../config/fwknoprc.ts";
import type { GivenOption, GivenOptions } from "../config/option.ts";
import type { Dialect } from "../dialect.ts";
import { leadingNumber } from "../config/number.ts";
import { textBytes } from "../crypto/bytes.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import { type Problem, usageProblem } from "./problem.ts";
import type { RcSetting } from "./rc_text.ts";
import type { Settings } from "./settings.ts";

/** What a stanza sets, and what is wrong with it. */
export interface RcLevel {
  readonly level: SettingsLevel;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the variables in order; a later one of the same name wins. */
export function levelFromRc(
  entries: readonly FwknoprcEntry[],
  dialect: Dialect,
  encode: EncodeText,
): RcLevel {
  const level: SettingsLevel = {};
  const diagnostics: Diagnostic[] = [];
  for (const entry of entries) {
    const row = fwknoprcVariable(entry.name);
    if (row === undefined) continue;
    const range = dialect === "c" ? row.c?.range ?? row.range : row.range;
    const reading = readingOf(row, dialect, range, encode);
    const value = kindOf(row.kind).parse(entry.value, reading);
    if (value === undefined) diagnostics.push(badEntry(entry, row, reading));
    else apply(level, row, value);
  }
  return { level, diagnostics };
}

/** Reads the options in the order given, so that the last one wins. Stops at the first bad argument. */
export function levelFromOptions(options: GivenOptions, dialect: Dialect): SettingsLevel | Problem {
  const level: SettingsLevel = {};
  const entries = options.entries.flatMap((entry) =>
    OPTIONS.get(entry.name)?.option.standsFor?.(entry.value) ?? [entry]
  );
  for (const entry of entries) {
    const known = OPTIONS.get(entry.name);
    if (known === undefined) continue;
    const bad = applyOption(level, known, entry, dialect);
    if (bad !== undefined) return bad;
  }
  return level;
}

/** The defaults of the table. They hold where no other level sets the member. */
export function builtInLevel(): Settings {
  const level: SettingsLevel = {};
  for (const row of SETTING_ROWS) {
    if (row.default === undefined) continue;
    const reading = readingOf(row, "native", row.range, textBytes);
    apply(level, row, kindOf(row.kind).parse(row.default, reading));
  }
  return level as Settings;
}

/** What a level sets, in the order of the table. Settings without a variable are left out. */
export function rcSettings(given: Readonly<SettingsLevel>): RcSetting[] {
  // An address on the same command line switched resolving off.
  const level = given.resolve && given.allow !== undefined ? { ...given, resolve: false } : given;
  return FWKNOPRC_VARIABLES.flatMap(({ member, kind, variable, alias }) => {
    const set = member === undefined || alias ? undefined : level[member];
    const value = set === undefined ? undefined : kindOf(kind).format(set, variable);
    return value === undefined ? [] : [{ name: variable, value }];
  });
}

interface KnownOption {
  readonly row: SettingRow;
  readonly option: SettingOption;
}

const OPTIONS: ReadonlyMap<string, KnownOption> = new Map(
  SETTING_ROWS.flatMap((row) =>
    (row.options ?? []).map((option): [string, KnownOption] => [option.name, { row, option }])
  ),
);

function applyOption(
  level: SettingsLevel,
  { row, option }: KnownOption,
  { value: argument }: GivenOption,
  dialect: Dialect,
): Problem | undefined {
  if (option.argument !== undefined) {
    const range = dialect === "c" ? row.c?.optionRange ?? row.c?.range : undefined;
    const reading = readingOf(row, dialect, range ?? row.range, textBytes);
    const kind = option.kind ?? row.kind;
    const value = kindOf(kind).parse(argument, reading);
    if (value === undefined) return describeBad({ row, option }, kind, argument, row.range);
    apply(level, row, value);
  } else if (option.counted) level.verbosity = (level.verbosity ?? 0) + 1;
  else if (option.sets !== undefined) Object.assign(level, option.sets);
  else apply(level, row, true);
  follow(level, option);
  return undefined;
}

function readingOf(
  { variable = "", yes = 0 }: SettingRow,
  dialect: Dialect,
  range: Range = [0, 0],
  encode: EncodeText,
): Reading {
  return { dialect, range, yes, variable, encode };
}

/** Puts a value of the row's kind into the level. */
function apply(level: SettingsLevel, row: SettingRow, value: unknown): void {
  const { member } = row;
  const isResolve = member === "allow" && (value as { readonly kind: string }).kind === "resolve";
  if (isResolve) level.resolve = true;
  else if (member === "key" || member === "hmacKey") {
    const source = value as KeySource;
    if (rankOf(source) >= rankOf(level[member])) level[member] = source;
  } else if (member !== undefined) Object.assign(level, { [member]: value });
  follow(level, row);
}

function follow(level: SettingsLevel, { implies, assumes }: SettingRow | SettingOption): void {
  Object.assign(level, implies);
  Object.assign(level, { ...assumes, ...level });
}

/** Within one level, text beats base64, and base64 beats a file, as in the C client. */
function rankOf(source: KeySource | undefined): number {
  if (source?.kind !== "bytes") return 0;
  return fwknoprcVariable(source.variable)?.kind === "key text" ? 2 : 1;
}

function badEntry(
  { name, value, position, valuePosition }: FwknoprcEntry,
  row: SettingRow,
  { range }: Reading,
): Diagnostic {
  const { advice, ignored, c, words } = kindOf(row.kind);
  if (ignored !== undefined) {
    const text = `${name} ${value} has no effect: the value is ${ignored}`;
    return { severity: "warning", text, position: valuePosition };
  }
  const line = parameterError(name, value, position);
  const reference = row.c?.file ?? c?.file;
  const meant = nearestWord(value, words?.file ?? []);
  return {
    severity: "error",
    text: reference === undefined ? line : `${fill(reference, value, name, range)}\n${line}`,
    position: valuePosition,
    hint: (meant === undefined ? "" : `did you mean ${meant}? `) + (advice?.(range) ?? ""),
  };
}

/** The problem of an option with a bad argument. @param range the values that are allowed here. */
export function badArgument(name: string, argument: string, range: Range): Problem {
  const known = OPTIONS.get(name);
  if (known === undefined) throw new Error(`there is no option --${name}`);
  return describeBad(known, known.row.kind, argument, range);
}

function describeBad(
  { row, option }: KnownOption,
  kindName: KindName,
  argument: string,
  range: Range = [0, 0],
): Problem {
  const { allowed, optionAdvice, c, words } = kindOf(kindName);
  const text = option.complaint ??
    `--${option.name}: '${argument}' is not ${allowed?.(range) ?? "possible"}`;
  const reference = row.c?.option ?? c?.option;
  const meant = nearestWord(argument, words?.option ?? []);
  const hint = meant === undefined ? optionAdvice : `did you mean ${meant}?`;
  return usageProblem(text, {
    ...(hint === undefined ? {} : { hint }),
    ...(reference === undefined ? {} : { reference: fill(reference, argument, "", range) }),
  });
}

/** Fills a line of the C client with the text. */
function fill(form: string, text: string, variable: string, [low, high]: Range): string {
  const parts: Readonly<Record<string, string>> = {
    "%s": text,
    "%d": String(leadingNumber(text)),
    "%v": variable,
    "%l": String(low),
    "%h": String(high),
  };
  return form.replace(/%[sdvlh]/g, (part) => parts[part] ?? part);
}
