/**
 * Converts OpenWrt's `/etc/config/fwknopd` into the server's two files (`docs/spec/server.md` 15).
 *
 * @module
 */
import { ACCESS_ROWS } from "./access_variables.ts";
import { parseBoolean } from "./boolean.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import { nearestWord } from "./did_you_mean.ts";
import { parseUci, type UciFile, type UciOption, type UciSection } from "./uci.ts";

/** The contents of an OpenWrt configuration. If a diagnostic is an error, they must not be used. */
export interface OpenwrtConfig {
  /** Whether `uci_enabled` is on. If not, the files in `/etc/fwknop` count. */
  readonly isEnabled: boolean;
  /** The network to sniff, such as `wan`; absent if none is named. */
  readonly network?: UciOption;
  /** Options for fwknopd.conf, in file order. */
  readonly settings: readonly UciOption[];
  /** The stanzas, SOURCE first. */
  readonly stanzas: readonly (readonly UciOption[])[];
  /** Where each stanza begins, in the order of {@link stanzas}. */
  readonly sections: readonly UciSection[];
  readonly diagnostics: readonly Diagnostic[];
}

const SECTIONS = ["global", "network", "access", "config"];
/** Options that only the web interface uses. */
const INTERFACE_ONLY = ["keytype", "hkeytype"];
/** OpenWrt's start script sets this variable, because the interface of a router comes and goes. */
const DECIDED = "EXIT_AT_INTF_DOWN";
/** Variables that narrow access. An empty value of these is an error, not an absent line. */
const NARROWING =
  /^(DESTINATION|(OPEN|RESTRICT)_PORTS|REQUIRE_|ACCESS_EXPIRE|MAX_FW_TIMEOUT|MAX_RULES|MAX_PACKETS|NAT_TARGETS|PERMIT_|ENABLE_FORWARD_ACCESS)/;

/** Reads a UCI file, or the output of `uci show`. */
export function parseOpenwrt(text: string, file: string): OpenwrtConfig {
  const uci = parseUci(text, file);
  const diagnostics = [...uci.diagnostics, ...unknownSections(uci)];
  const network = optionOf(uci, "network", "network");
  const sections = uci.sections.filter(({ type }) => type === "access");
  return {
    isEnabled: isEnabled(uci, diagnostics),
    ...(network === undefined ? {} : { network }),
    settings: settingsOf(uci, diagnostics),
    stanzas: sections.map((section) => stanzaOf(section, diagnostics)),
    sections,
    diagnostics,
  };
}

function isEnabled(uci: UciFile, diagnostics: Diagnostic[]): boolean {
  const option = optionOf(uci, "global", "uci_enabled");
  if (option === undefined) return false;
  if (option.value === "1" || option.value === "on" || option.value === "enabled") return true;
  const value = option.value === "true" ? true : parseBoolean(option.value);
  if (value === undefined) {
    const text = `uci_enabled '${option.value}' is neither on nor off`;
    const hint = "Write 1 or 0";
    diagnostics.push({ severity: "error", text, position: option.valuePosition, hint });
  }
  return value === true;
}

/** The last value counts, as in UCI. */
function optionOf(uci: UciFile, type: string, name: string): UciOption | undefined {
  return uci.sections.filter((section) => section.type === type)
    .flatMap(({ options }) => options)
    .findLast((option) => option.name === name && option.value !== "");
}

function unknownSections({ sections }: UciFile): Diagnostic[] {
  return sections.filter(({ type }) => !SECTIONS.includes(type)).map(({ type, position }) => {
    const nearest = nearestWord(type, SECTIONS);
    return {
      severity: "error",
      text: `There is no section '${type}' in OpenWrt's fwknopd`,
      position,
      hint: nearest === undefined
        ? `Use one of ${SECTIONS.join(", ")}`
        : `Did you mean ${nearest}?`,
    };
  });
}

function settingsOf({ sections }: UciFile, diagnostics: Diagnostic[]): UciOption[] {
  const options = sections.filter(({ type }) => type === "config").flatMap((section) =>
    section.options
  );
  return options.filter(({ name, value, position }) => {
    if (name === DECIDED) {
      const text = `${DECIDED} is always n on OpenWrt`;
      const hint = "The interface of a router comes and goes; remove the line";
      diagnostics.push({ severity: "warning", text, position, hint });
    }
    return name !== DECIDED && value !== "";
  });
}

/** SOURCE first, then the others in file order. */
function stanzaOf(section: UciSection, diagnostics: Diagnostic[]): UciOption[] {
  const source = section.options.findLast(({ name }) => name === "SOURCE");
  const hint = "option SOURCE 'ANY'";
  if (source === undefined) {
    const text = "The section has no SOURCE";
    diagnostics.push({ severity: "error", text, position: section.position, hint });
  } else if (source.value === "") {
    const text = "SOURCE is empty";
    diagnostics.push({ severity: "error", text, position: source.valuePosition, hint });
  }
  const others = section.options.filter((option) => {
    const { name, value, valuePosition } = option;
    const narrows = NARROWING.test(name) && ACCESS_ROWS.some((row) => row.name === name);
    if (value === "" && narrows) {
      const text = `${name} is empty`;
      const advice = "Remove it, or give it a value: it limits who is admitted, and to what";
      diagnostics.push({ severity: "error", text, position: valuePosition, hint: advice });
    }
    return name !== "SOURCE" && value !== "" && !INTERFACE_ONLY.includes(name);
  });
  return source === undefined ? others : [source, ...others];
}

/** `fwknopd.conf` as OpenWrt's start script writes it. */
export function openwrtConf({ settings }: OpenwrtConfig): string {
  return `${DECIDED} n\n${plainLines(settings)}`;
}

/** `access.conf` as OpenWrt's start script writes it, without the options that only its web interface uses. */
export function openwrtAccess({ stanzas }: OpenwrtConfig): string {
  return stanzas.map(plainLines).join("");
}

function plainLines(options: readonly UciOption[]): string {
  return options.map(({ name, value }) => `${name} ${value}\n`).join("");
}

/**
 * The same `fwknopd.conf` with every name and value at its line and column of the UCI file, so findings have positions
 * of that file. The first line is free: it is that of a section.
 */
export function placedConf({ settings }: OpenwrtConfig): string {
  const lines = placed(settings);
  lines[0] = `${DECIDED} n`;
  return Array.from(lines, (line) => line ?? "").join("\n");
}

/** The same for `access.conf`. A SOURCE that is not the first option stands where its section begins. */
export function placedAccess({ stanzas, sections }: OpenwrtConfig): string {
  const lines: (string | undefined)[] = [];
  for (const [index, [source, ...others]] of stanzas.entries()) {
    const start = sections[index]?.position;
    if (source === undefined || start === undefined) continue;
    const isFirst = others.every(({ position }) => position.line > source.position.line);
    Object.assign(lines, placed(isFirst ? [source, ...others] : others));
    if (!isFirst) lines[start.line - 1] = `SOURCE ${source.value}`;
  }
  return Array.from(lines, (line) => line ?? "").join("\n");
}

function placed(options: readonly UciOption[]): (string | undefined)[] {
  const lines: (string | undefined)[] = [];
  for (const { name, value, position, valuePosition } of options) {
    const start = " ".repeat(position.column - 1) + name;
    lines[position.line - 1] = `${start.padEnd(valuePosition.column - 1)}${value}`;
  }
  return lines;
}
