/**
 * What `fwknop print` can print.
 *
 * @module
 */
import { sampleAccessConf, sampleFwknopdConf } from "../lib/config/sample_conf.ts";
import { sampleFwknoprc } from "../lib/config/sample_fwknoprc.ts";
import { systemdUnit } from "../lib/daemon/systemd_unit.ts";
import { COMPLETIONS } from "../lib/manual/completion/scripts.ts";
import { MANUAL_PAGES } from "../lib/manual/pages.ts";
import { renderRoff } from "../lib/manual/roff.ts";
import type { Commands } from "../lib/manual/command.ts";
import { PRINTABLE } from "./printable.ts";

/** One text. `program` is the path of the binary for texts that start it; `commands` what manual and completion describe. */
export type PrintText = (program: string, commands: Commands) => string;

/** Every text by the words that ask for it. */
export const TEXTS: Readonly<Record<typeof PRINTABLE[number], PrintText>> = {
  unit: (program) => systemdUnit("hardened", program),
  "unit-compatible": (program) => systemdUnit("compatible", program),
  "fwknopd.conf": sampleFwknopdConf,
  "access.conf": sampleAccessConf,
  fwknoprc: sampleFwknoprc,
  "man fwknop": (_, commands) => manual("fwknop", commands),
  "man fwknopd": (_, commands) => manual("fwknopd", commands),
  "man fwknoprc": (_, commands) => manual("fwknoprc", commands),
  "man access.conf": (_, commands) => manual("access.conf", commands),
  "man fwknopd.conf": (_, commands) => manual("fwknopd.conf", commands),
  "completion bash": (_, commands) => COMPLETIONS.bash(commands),
  "completion zsh": (_, commands) => COMPLETIONS.zsh(commands),
  "completion fish": (_, commands) => COMPLETIONS.fish(commands),
};

function manual(name: keyof typeof MANUAL_PAGES, commands: Commands): string {
  return renderRoff(MANUAL_PAGES[name](commands));
}
