/**
 * `fwknop uci`.
 *
 * @module
 */
import { openwrtAccess, openwrtConf, parseOpenwrt } from "../lib/config/openwrt.ts";
import { disabledUci } from "../lib/config/uci_source.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { systemReasonOf } from "../lib/errors/reason.ts";
import { fileText, foreignEncoding } from "../lib/files/file_text.ts";
import { replacePrivateFile } from "../lib/files/private_file.ts";
import type { Command } from "./command.ts";
import { ExitCode } from "./context.ts";
import { printDiagnostics } from "./print_diagnostics.ts";
import { readInput } from "./read_input.ts";

/** Converts OpenWrt's configuration to the server's two files. */
export const uci: Command = {
  description: [
    "  fwknop uci /etc/config/fwknopd --output /etc/fwknop",
    "  uci show fwknopd | fwknop uci - --output .",
    "",
    "Writes what OpenWrt's start script would write, without the settings that only its web interface uses. fwknop serve",
    "--uci FILE does not need these files. Run it on a gateway with glibc: this program does not run on OpenWrt's musl.",
  ].join("\n"),
  options: [{
    name: "output",
    short: "o",
    argument: "FOLDER",
    brief: "Folder for the two files; existing files are replaced",
  }],
  words: { placeholder: "FILE", brief: "The UCI file, or - for standard input" },
  /** Converts one file. If it has an error, nothing is written. */
  async run(options, [path, ...more], context) {
    const folder = options.value("output");
    if (path === undefined || more.length > 0 || folder === undefined) {
      context.err(
        "fwknop: uci takes a FILE and --output FOLDER\n" +
          "  for example: uci show fwknopd | fwknop uci - --output /etc/fwknop\n",
      );
      return ExitCode.usage;
    }
    const config = parseOpenwrt(await readText(path), path === "-" ? "standard input" : path);
    printDiagnostics(config.diagnostics, context);
    if (config.diagnostics.some(({ severity }) => severity === "error")) return ExitCode.failure;
    if (!config.isEnabled) {
      printDiagnostics([disabledUci(path, "OpenWrt does not use what it says")], context);
    }
    const files = { "fwknopd.conf": openwrtConf(config), "access.conf": openwrtAccess(config) };
    try {
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
      for (const [name, text] of Object.entries(files)) {
        await replacePrivateFile(`${folder}/${name}`, text);
      }
    } catch (error) {
      throw failure(`Cannot write to ${folder}`, error);
    }
    for (const name of Object.keys(files)) context.out(`Wrote ${folder}/${name}\n`);
    return ExitCode.ok;
  },
};

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readInput(path);
  } catch (error) {
    throw failure(`Cannot read ${path}`, error);
  }
  const foreign = foreignEncoding(bytes, path);
  if (foreign !== undefined) throw new HintedError(foreign.text, { hint: foreign.hint });
  return fileText(bytes);
}

function failure(what: string, cause: unknown): HintedError {
  const reason = systemReasonOf(cause);
  return new HintedError(`${what}: ${reason}`, { cause });
}
