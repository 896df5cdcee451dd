/**
 * What `fwknop print` does.
 *
 * @module
 */
import { sampleAccessConf, sampleFwknopdConf } from "../lib/config/sample_conf.ts";
import { systemdUnit } from "../lib/daemon/systemd_unit.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";

/** Every text by its name. */
const TEXTS: Readonly<Record<string, (program: string) => string>> = {
  unit: (program) => systemdUnit("hardened", program),
  "unit-compatible": (program) => systemdUnit("compatible", program),
  "fwknopd.conf": sampleFwknopdConf,
  "access.conf": sampleAccessConf,
};

/** Prints one text on standard output. */
export const runPrint: RunCommand = (options, [name, ...more], context) => {
  const names = Object.keys(TEXTS);
  const text = name === undefined || more.length > 0 ? undefined : TEXTS[name];
  if (text === undefined) {
    context.err(`fwknop: print takes one of ${names.join(", ")}\n`);
    return Promise.resolve(ExitCode.usage);
  }
  context.out(text(options.value("program") ?? ownPath()));
  return Promise.resolve(ExitCode.ok);
};

/** A program run from source has no path of its own. */
function ownPath(): string {
  return Deno.build.standalone ? Deno.execPath() : "/usr/local/bin/fwknop";
}
