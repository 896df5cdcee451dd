/**
 * `--uci`: presents OpenWrt's one file as the server's files (`docs/spec/server.md` 15).
 *
 * @module
 */
import type { ConfigFiles } from "./config_files.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import { type OpenwrtConfig, parseOpenwrt, placedAccess, placedConf } from "./openwrt.ts";
import { deviceOfNetwork } from "./openwrt_device.ts";
import { type GivenOption, GivenOptions } from "./option.ts";

/** Where a configuration is read from. */
export interface ConfigSource {
  readonly options: GivenOptions;
  readonly files: ConfigFiles;
  /** Findings so far; those about the contents of files follow when the files are read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The network that OpenWrt's start script uses if none is named. */
const DEFAULT_NETWORK = "wan";

/**
 * Returns the same options and files; with `--uci FILE`, ones that read that file.
 *
 * @param isBroken if true, a UCI file with errors is used as far as it can be parsed.
 */
export function configSource(
  options: GivenOptions,
  files: ConfigFiles,
  isBroken = false,
): ConfigSource {
  const path = options.value("uci");
  if (path === undefined) return { options, files, diagnostics: [] };
  const conflict = ["config-file", "access-file"].find((name) => options.has(name));
  if (conflict !== undefined) {
    const hint = "The UCI file replaces both files";
    const text = `--uci and --${conflict} exclude each other`;
    return { options, files, diagnostics: [{ severity: "error", text, hint }] };
  }
  const { text, diagnostics, exposure } = files.read(path, "Config");
  if (text === undefined) return { options, files, diagnostics };
  const uci = parseOpenwrt(text, path);
  const hasErrors = uci.diagnostics.some(({ severity }) => severity === "error");
  if (hasErrors && !isBroken) {
    return { options, files, diagnostics: [...diagnostics, ...uci.diagnostics] };
  }
  if (!uci.isEnabled && !hasErrors) {
    const disabled = disabledUci(path, "the files in /etc/fwknop are read");
    return { options, files, diagnostics: [disabled] };
  }
  const sniffed = interfaceOf(uci, path, options, files);
  return {
    options: new GivenOptions([
      { name: "config-file", value: path },
      { name: "access-file", value: path },
      ...sniffed.options,
      ...options.entries,
    ]),
    files: {
      ...files,
      read: (wanted, role) => {
        if (wanted !== path) return files.read(wanted, role);
        const placed = role === "Config" ? placedConf(uci) : placedAccess(uci);
        // Findings about the file itself are reported once.
        const about = role === "Config" ? diagnostics : [];
        return { text: placed, diagnostics: about, ...(exposure && { exposure }) };
      },
    },
    diagnostics: [...uci.diagnostics, ...sniffed.diagnostics],
  };
}

/** The warning about a UCI file that its own switch turns off. @param what the consequence. */
export function disabledUci(path: string, what: string): Diagnostic {
  return {
    severity: "warning",
    text: `uci_enabled is off in ${path}: ${what}`,
    hint: "option uci_enabled '1' in the section global",
  };
}

/** `--interface`, else the network that the file names, else PCAP_INTF, else the network `wan`. */
function interfaceOf(
  { network, settings }: OpenwrtConfig,
  path: string,
  options: GivenOptions,
  files: ConfigFiles,
): { readonly options: readonly GivenOption[]; readonly diagnostics: readonly Diagnostic[] } {
  const isNamed = options.has("interface") || settings.some(({ name }) => name === "PCAP_INTF");
  if (options.has("interface") || (network === undefined && isNamed)) {
    return { options: [], diagnostics: [] };
  }
  const name = network?.value ?? DEFAULT_NETWORK;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const { text = "" } = files.read(`${folder}network`, "Config");
  const device = deviceOfNetwork(text, name);
  if (device !== undefined) {
    return { options: [{ name: "interface", value: device }], diagnostics: [] };
  }
  return { options: [], diagnostics: [unknownDevice(name, folder, network?.valuePosition)] };
}

function unknownDevice(name: string, folder: string, position: Position | undefined): Diagnostic {
  return {
    severity: "error",
    text: `${folder}network does not name the interface of the network '${name}'`,
    ...(position && { position }),
    hint:
      `Name it with -i, it is l3_device in the output of "ubus call network.interface.${name} status"`,
  };
}
