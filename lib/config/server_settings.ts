/**
 * Resolves the settings of a server from its files and its command line (`docs/spec/server.md` 2 to 4).
 *
 * @module
 */
import { knownTarget } from "./chain.ts";
import { formatService, sameService } from "../net/service.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { FwknopdConf } from "./fwknopd_conf.ts";
import { parseFwknopdValue } from "./fwknopd_value.ts";
import { FWKNOPD_ROWS, type FwknopdName, type ServerSettings } from "./fwknopd_variables.ts";
import { openedPorts } from "./listeners.ts";
import type { GivenSettings, GivenValue } from "./given_value.ts";
import type { GivenOptions, OptionRow } from "./option.ts";
import { natSwitches } from "./nat_switches.ts";
import { PLACEHOLDER } from "./parsed_value.ts";
import { settleContradictions } from "./settings_contradictions.ts";

/** Settings without errors. */
export interface ResolvedSettings {
  readonly settings: ServerSettings;
  readonly given: GivenSettings;
}

/** The outcome of resolving; `resolved` is absent if a diagnostic is an error. */
export interface SettingsOutcome {
  readonly resolved?: ResolvedSettings;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Merges the files in order (the last value wins), applies the options of the command line, fills in the defaults and
 * checks every value. Diagnostics of the files themselves come first.
 *
 * @param table names the variable of each option; a switch sets `Y`.
 * @param isBroken if true, an unusable value is skipped: the value before it counts, or the default. Then there are
 * settings even if a diagnostic is an error.
 */
export function resolveServerSettings(
  files: readonly FwknopdConf[],
  options: GivenOptions,
  table: readonly OptionRow[],
  isBroken = false,
): SettingsOutcome {
  const diagnostics: Diagnostic[] = files.flatMap((file) => file.diagnostics);
  const given = new Map<FwknopdName, GivenValue>();
  const set = (name: FwknopdName, value: GivenValue): void => {
    const error = isBroken ? errorIn(name, value) : undefined;
    if (error !== undefined) diagnostics.push(error);
    else given.set(name, value);
  };
  substituteFiles(files, given, set, diagnostics);
  for (const [name, value] of optionValues(options, table)) set(name, value);
  // The age of packets in a capture file does not matter (`docs/spec/server.md` 4.2, PCAP_FILE).
  const agingDefault = given.has("PCAP_FILE") ? "N" : undefined;

  const values: Record<string, unknown> = {};
  for (const row of FWKNOPD_ROWS) {
    const written = given.get(row.name);
    const fallback = row.name === "ENABLE_SPA_PACKET_AGING" ? agingDefault : undefined;
    const text = written?.text ?? expandDefault(fallback ?? row.default, given);
    if (text === undefined) continue;
    const { value, error } = parseFwknopdValue(row, text);
    values[row.name] = value;
    if (error !== undefined) {
      diagnostics.push(findingAt("error", error.text, written, error.hint));
    } else if (written !== undefined) {
      diagnostics.push(...warnings(row.name, written));
    }
  }
  for (const { name, text, hint } of settleContradictions(values, given)) {
    diagnostics.push(findingAt("warning", text, given.get(name), hint));
  }
  const settings = withVerbosity(values, options.count("verbose")) as ServerSettings;
  diagnostics.push(...crossChecks(settings, given));
  const broken = !isBroken && diagnostics.some(({ severity }) => severity === "error");
  return broken ? { diagnostics } : { resolved: { settings, given }, diagnostics };
}

/** Returns the error of a value on its own, if there is one. */
function errorIn(name: FwknopdName, written: GivenValue): Diagnostic | undefined {
  const row = FWKNOPD_ROWS.find((known) => known.name === name);
  const { error } = row === undefined ? {} : parseFwknopdValue(row, written.text);
  return error && findingAt("error", error.text, written, error.hint);
}

/** Replaces `$NAME` at the start of values and sets the values in the order of the lines. */
function substituteFiles(
  files: readonly FwknopdConf[],
  given: ReadonlyMap<FwknopdName, GivenValue>,
  set: (name: FwknopdName, value: GivenValue) => void,
  diagnostics: Diagnostic[],
): void {
  for (const { name, value, valuePosition: position } of files.flatMap(({ entries }) => entries)) {
    const reference = /^\$([A-Z_]*)([^ \t\v\f]*)(.*)$/s.exec(value);
    if (reference === null) {
      set(name, { text: value, position });
      continue;
    }
    const [, variable = "", word = "", rest = ""] = reference;
    const text = given.get(variable as FwknopdName)?.text;
    if (text === undefined) {
      diagnostics.push({
        severity: "warning",
        text: `[*] Invalid embedded variable in: '${value}'`,
        position,
        hint: `${variable || "The name"} is not set above this line; ${name} keeps its value`,
      });
      continue;
    }
    if (rest !== "") {
      diagnostics.push({
        severity: "warning",
        text: `The text after the blank is not part of the value of ${name}`,
        position,
        hint: `A value that starts with '$' ends at the first blank`,
      });
    }
    set(name, { text: text + word, position });
  }
}

/** VERBOSE is not included: each `-v` adds to the value of the file. */
function optionValues(
  options: GivenOptions,
  table: readonly OptionRow[],
): [FwknopdName, GivenValue][] {
  return table.flatMap((row): [FwknopdName, GivenValue][] => {
    const name = FWKNOPD_ROWS.find((variable) => variable.name === row.variable)?.name;
    if (name === undefined || row.counted === true || !options.has(row.name)) return [];
    const text = row.argument === undefined ? "Y" : options.value(row.name) ?? "";
    return [[name, { text, option: row.name }]];
  });
}

function withVerbosity(values: Record<string, unknown>, count: number): Record<string, unknown> {
  if (count === 0) return values;
  return { ...values, VERBOSE: Number(values["VERBOSE"] ?? 0) + count };
}

/** A default refers only to variables that have a default. */
function expandDefault(
  text: string | undefined,
  given: ReadonlyMap<FwknopdName, GivenValue>,
): string | undefined {
  const [, variable, rest] = /^\$([A-Z_]+)(.*)$/.exec(text ?? "") ?? [];
  if (variable === undefined) return text;
  const row = FWKNOPD_ROWS.find(({ name }) => name === variable);
  const folder = row === undefined ? "" : given.get(row.name)?.text ?? row.default ?? "";
  return folder.replace(/\/$/, "") + rest;
}

/** Warnings about values that are valid but misleading. */
function warnings(name: FwknopdName, written: GivenValue): Diagnostic[] {
  const kind = FWKNOPD_ROWS.find((row) => row.name === name)?.kind;
  if (kind !== "chain") return [];
  const fields = written.text.split(",");
  const found: Diagnostic[] = [];
  if (fields.length === 7) {
    const text = `${name} has the seven fields of the perl server; the direction is dropped`;
    found.push(findingAt("warning", text, written, "Remove the second field"));
  }
  const target = fields[0]?.trim() ?? "";
  const meant = knownTarget(target);
  if (meant !== undefined && meant !== target) {
    const text = `${name}: '${target}' is not a target of iptables`;
    const hint = `Did you mean ${meant}? A chain '${target}' has to be there before the server`;
    found.push(findingAt("warning", text, written, hint));
  }
  if (Number(fields.at(-1)) !== 1) {
    const text = `The last field of ${name}, the rule position, has no effect`;
    const hint = "Rules are appended, or with ENABLE_RULE_PREPEND inserted at the top";
    found.push(findingAt("warning", text, written, hint));
  }
  return found;
}

function crossChecks(settings: ServerSettings, given: GivenSettings): Diagnostic[] {
  const found: Diagnostic[] = [];
  const translate = given.get("SNAT_TRANSLATE_IP");
  if (natSwitches(settings).sourceNat && translate?.text === PLACEHOLDER) {
    const text = "Invalid IPv4 addr for SNAT_TRANSLATE_IP";
    found.push(findingAt("error", text, translate, `Replace ${PLACEHOLDER} or remove the line`));
  }
  const { IPFW_ACTIVE_SET_NUM: active, IPFW_EXPIRE_SET_NUM: expired } = settings;
  if (active === expired && active !== 0) {
    const written = given.get("IPFW_EXPIRE_SET_NUM") ?? given.get("IPFW_ACTIVE_SET_NUM");
    const text = "[*] Cannot set identical ipfw active and expire sets.";
    found.push(findingAt("error", text, written, "Give IPFW_EXPIRE_SET_NUM another number"));
  }
  for (const port of openedPorts(settings)) {
    if (settings.NFT_PROTECT?.some((it) => sameService(it, port)) !== true) continue;
    const text = `NFT_PROTECT would drop the packets that come to ${formatService(port)}`;
    found.push(findingAt("error", text, given.get("NFT_PROTECT"), "Remove the port from the list"));
  }
  return found;
}

/** A finding about a value, with its position or the option that gave it. */
function findingAt(
  severity: Diagnostic["severity"],
  text: string,
  written: GivenValue | undefined,
  hint: string | undefined,
): Diagnostic {
  const option = written?.option === undefined ? [] : [`given by --${written.option}`];
  const hints = [...option, ...(hint === undefined ? [] : [hint])].join("; ");
  return {
    severity,
    text,
    ...(written?.position === undefined ? {} : { position: written.position }),
    ...(hints === "" ? {} : { hint: hints }),
  };
}
