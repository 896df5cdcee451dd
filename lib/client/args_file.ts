/**
 * The command line of the last run, for `-l` and `--show-last` (`docs/spec/client.md` 12).
 *
 * @module
 */
import type { OptionRow } from "../config/option.ts";
import { fileText } from "../files/file_text.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { replacePrivateFile } from "../files/private_file.ts";
import { Problem } from "./problem.ts";

/** Longest line, as in the C client. */
const MAX_LENGTH = 1023;
/** `-l` accepts at most this many words. */
const MAX_WORDS = 28;

/** `$HOME/.fwknop.run`, or `undefined` without a home directory. */
export function defaultArgsPath(env: (name: string) => string | undefined): string | undefined {
  const home = env(Deno.build.os === "windows" ? "USERPROFILE" : "HOME");
  return home === undefined || home === "" ? undefined : `${home}/.fwknop.run`;
}

/**
 * The words without key material. `-l` asks for the keys again. A key option may be abbreviated, and its key may follow
 * `=`.
 */
export function withoutSecrets(words: readonly string[], rows: readonly OptionRow[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") return [...kept, ...words.slice(index)];
    if (!word.startsWith("--")) {
      kept.push(word);
      continue;
    }
    const [typed = ""] = word.slice(2).split("=", 1);
    const exact = rows.filter(({ name }) => name === typed);
    const matches = exact.length > 0 ? exact : rows.filter(({ name }) => name.startsWith(typed));
    if (!matches.some(({ secret }) => secret)) kept.push(word);
    else if (!word.includes("=")) index++;
  }
  return kept;
}

/** Writes the words, each followed by a blank, and a line feed. */
export async function saveArgs(
  path: string,
  words: readonly string[],
): Promise<Problem | undefined> {
  const line = words.map((word) => `${word} `).join("");
  if (line.length > MAX_LENGTH) {
    return new Problem("the command line is too long to be saved", {
      hint: "use --no-save-args",
      reference: "argument string too long, exiting.",
    });
  }
  try {
    // Do not wait until the disk has it: losing this file does no harm.
    await replacePrivateFile(path, `${line}\n`, false);
    return undefined;
  } catch (error) {
    return new Problem(`cannot write ${path}: ${systemReasonOf(error)}`, {
      reference: `Could not open args file: ${path}`,
    });
  }
}

/** The saved line, with its line feed. */
export async function readArgs(path: string): Promise<string | Problem> {
  let text: string;
  try {
    text = fileText(await Deno.readFile(path));
  } catch (error) {
    return new Problem(`cannot read ${path}: ${systemReasonOf(error)}`, {
      reference: `Could not open args file: ${path}`,
    });
  }
  const [line = ""] = text.split(/(?<=\n)/);
  return line === ""
    ? new Problem(`${path} is empty`, { reference: `Could not read line from file: ${path}` })
    : line;
}

/** The words of a saved line, without the program's name. Quoting is lost, as in the C client. */
export function splitArgs(line: string): string[] | Problem {
  const words = line.split(/\s+/).filter((word) => word !== "");
  return words.length > MAX_WORDS
    ? new Problem(`the saved command line has more than ${MAX_WORDS} words`)
    : words.slice(1);
}
