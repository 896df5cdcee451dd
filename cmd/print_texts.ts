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
import { COMMANDS } from "./application.ts";
import { PRINTABLE } from "./print.ts";

/** One text. `program` is the path of the binary for texts that start it. */
export type PrintText = (program: string) => string;

/** Every text by the words that ask for it. */
export const TEXTS: Readonly<Record<typeof PRINTABLE[number], PrintText>> = {
  unit: (program) => systemdUnit("hardened", program),
  "unit-compatible": (program) => systemdUnit("compatible", program),
  "fwknopd.conf": sampleFwknopdConf,
  "access.conf": sampleAccessConf,
  fwknoprc: sampleFwknoprc,
  "man fwknop": () => manual("fwknop"),
  "man fwknopd": () => manual("fwknopd"),
  "man fwknoprc": () => manual("fwknoprc"),
  "man access.conf": () => manual("access.conf"),
  "man fwknopd.conf": () => manual("fwknopd.conf"),
  "completion bash": () => COMPLETIONS.bash(COMMANDS),
  "completion zsh": () => COMPLETIONS.zsh(COMMANDS),
  "completion fish": () => COMPLETIONS.fish(COMMANDS),
};

function manual(name: keyof typeof MANUAL_PAGES): string {
  return renderRoff(MANUAL_PAGES[name](COMMANDS));
}
