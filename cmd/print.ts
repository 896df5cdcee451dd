/**
 * `fwknop print`.
 *
 * @module
 */
import { nearestWord } from "../lib/config/did_you_mean.ts";
import { sampleAccessConf, sampleFwknopdConf } from "../lib/config/sample_conf.ts";
import { sampleFwknoprc } from "../lib/config/sample_fwknoprc.ts";
import { systemdUnit } from "../lib/daemon/systemd_unit.ts";
import { COMPLETIONS } from "../lib/manual/completion/scripts.ts";
import { MANUAL_PAGES } from "../lib/manual/pages.ts";
import { renderRoff } from "../lib/manual/roff.ts";
import { visible } from "../lib/one_line.ts";
import { wrap } from "../lib/report/wrap.ts";
import { type Command, type CommandTable, describeAll } from "./command.ts";
import { ExitCode } from "./context.ts";

/** `program` is the path of the binary, for texts that start it. `table` is what manual and completion describe. */
type PrintText = (program: string, table: CommandTable) => string | Promise<string>;

/** Every text by the words that name it. */
const TEXTS: Readonly<Record<string, PrintText>> = {
  unit: (program) => systemdUnit("hardened", program),
  "unit-compatible": (program) => systemdUnit("compatible", program),
  "fwknopd.conf": sampleFwknopdConf,
  "access.conf": sampleAccessConf,
  fwknoprc: sampleFwknoprc,
  "man fwknop": manual("fwknop"),
  "man fwknopd": manual("fwknopd"),
  "man fwknoprc": manual("fwknoprc"),
  "man access.conf": manual("access.conf"),
  "man fwknopd.conf": manual("fwknopd.conf"),
  "completion bash": completion("bash"),
  "completion zsh": completion("zsh"),
  "completion fish": completion("fish"),
};

/** The words that name each text. */
export const PRINTABLE: readonly string[] = Object.keys(TEXTS);

/** Prints the files of an installation, which the program contains. */
export const printFrom = (table: CommandTable): Command => ({
  description: [
    "  fwknop print unit              systemd, without root; nft or iptables-nft",
    "  fwknop print unit-compatible   systemd, as root, like the C daemon",
    "  fwknop print fwknopd.conf      every setting, explained, at its default",
    "  fwknop print access.conf       one stanza; its keys come from fwknop keygen",
    "  fwknop print fwknoprc          the client's file, explained",
    "  fwknop print man fwknop        a page for man: ... | man -l -",
    "  fwknop print completion bash   a script for bash, with the path to put it at",
  ].join("\n"),
  options: [{
    name: "program",
    argument: "FILE",
    brief: "Path of the program in the unit; default: the path of this program",
  }],
  words: { placeholder: "WHAT", brief: "What to print", phrases: PRINTABLE },
  async run(options, words, context) {
    const wanted = words.join(" ");
    const text = Object.hasOwn(TEXTS, wanted) ? TEXTS[wanted] : undefined;
    if (text === undefined) {
      context.err(unknownText(wanted));
      return ExitCode.usage;
    }
    context.out(await text(options.value("program") ?? ownPath(), table));
    return ExitCode.ok;
  },
});

function unknownText(wanted: string): string {
  const nearest = nearestWord(wanted, PRINTABLE);
  const what = wanted === "" ? "print needs the name of a text" : `there is no text '${wanted}'`;
  const hint = nearest === undefined || wanted === "" ? "" : `  did you mean ${nearest}?\n`;
  const texts = wrap(`the texts are ${PRINTABLE.join(", ")}`, 76).map((line) => `  ${line}\n`);
  return `fwknop: ${visible(what)}\n${hint}${texts.join("")}`;
}

function manual(name: keyof typeof MANUAL_PAGES): PrintText {
  return async (_program, table) => renderRoff(MANUAL_PAGES[name](await describeAll(table)));
}

function completion(shell: keyof typeof COMPLETIONS): PrintText {
  return async (_program, table) => COMPLETIONS[shell](await describeAll(table));
}

/** The path of this program. A program that runs from source has none. */
function ownPath(): string {
  return Deno.build.standalone ? Deno.execPath() : "/usr/local/bin/fwknop";
}
