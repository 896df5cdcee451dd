/**
 * What `fwknop print` does.
 *
 * @module
 */
import { nearestWord } from "../lib/config/did_you_mean.ts";
import type { Commands } from "../lib/manual/command.ts";
import { wrap } from "../lib/report/wrap.ts";
import type { RunCommand } from "./command.ts";
import { ExitCode } from "./context.ts";
import { PRINTABLE } from "./printable.ts";
import { TEXTS } from "./print_texts.ts";

/** Prints one text on standard output. */
export const printFrom = (commands: Commands): RunCommand => (options, words, context) => {
  const wanted = words.join(" ");
  const phrase = PRINTABLE.find((phrase) => phrase === wanted);
  if (phrase === undefined) {
    const nearest = nearestWord(wanted, PRINTABLE);
    const what = wanted === "" ? "print needs a text to print" : `there is no text '${wanted}'`;
    const hint = nearest === undefined || wanted === "" ? "" : `  did you mean ${nearest}?\n`;
    const texts = wrap(`the texts are ${PRINTABLE.join(", ")}`, 76).map((line) => `  ${line}\n`);
    context.err(`fwknop: ${what}\n${hint}${texts.join("")}`);
    return Promise.resolve(ExitCode.usage);
  }
  context.out(TEXTS[phrase](options.value("program") ?? ownPath(), commands));
  return Promise.resolve(ExitCode.ok);
};

/** A program run from source has no path of its own. */
function ownPath(): string {
  return Deno.build.standalone ? Deno.execPath() : "/usr/local/bin/fwknop";
}
