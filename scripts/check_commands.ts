/**
 * Checks that the subcommands, options, tasks and variables of configuration files in fenced blocks of the documents
 * exist.
 *
 * @module
 */
import { describeAll } from "../cmd/command.ts";
import { COMMANDS } from "../cmd/commands.ts";
import { FWKNOPD } from "../cmd/c/fwknopd.ts";
import { ACCESS_ROWS } from "../lib/config/access_variables.ts";
import { FWKNOPD_ROWS } from "../lib/config/fwknopd_variables.ts";
import { FWKNOPRC_VARIABLES } from "../lib/config/client_rows.ts";
import { parseCommandLine } from "../lib/config/getopt.ts";
import { getoptMessage } from "../lib/config/getopt_message.ts";
import type { OptionRow } from "../lib/config/option.ts";
import { type CommandDescription, type Commands, ownOptions } from "../lib/manual/command.ts";
import { C_CLIENT_OPTIONS, C_DAEMON_OPTIONS } from "../lib/manual/completion/program.ts";
import { mustRun, ROOT } from "./process.ts";

/** A fenced block: its language, and its lines with their numbers, from 1. */
interface Block {
  readonly language: string;
  readonly lines: readonly { readonly number: number; readonly text: string }[];
}

/**
 * Runs in a separate process: a command's file loads packages, and only a program that is started with the settings
 * of this tree can resolve their names.
 */
const DESCRIBED: Commands = import.meta.main ? {} : JSON.parse(
  await mustRun(Deno.execPath(), [
    "run",
    "--allow-all",
    "--quiet",
    `${ROOT}scripts/check_commands.ts`,
  ]),
);
const HELP: OptionRow = { name: "help", short: "h", brief: "" };
const PROGRAMS: readonly string[] = ["fwknop", FWKNOPD];
const VARIABLES: ReadonlySet<string> = new Set(
  [
    ...[...FWKNOPD_ROWS, ...ACCESS_ROWS].map(({ name }) => name),
    ...FWKNOPRC_VARIABLES.map(({ variable }) => variable),
  ],
);

/** Names in the fenced blocks of a document that do not exist. `tasks`: the names of `deno task`. */
export function commandProblems(
  path: string,
  markdown: string,
  tasks: readonly string[],
): string[] {
  return fencedBlocks(markdown).flatMap((block) =>
    block.lines.flatMap(({ number, text }) => {
      const problems = block.language === "" && isSetting(text)
        ? settingProblems(text)
        : typedCommands(block.language, text).flatMap((words) => wordProblems(words, tasks));
      return problems.map((problem) => `${path}:${number}: ${problem}`);
    })
  );
}

function fencedBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open:
    | { fence: string; language: string; lines: { number: number; text: string }[] }
    | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    if (open !== undefined) {
      if (text.trim() === open.fence) {
        blocks.push(open);
        open = undefined;
      } else open.lines.push({ number: index + 1, text });
      continue;
    }
    const [, fence, language = ""] = /^\s*(```|~~~)\s*(\w*)/.exec(text) ?? [];
    if (fence !== undefined) open = { fence, language, lines: [] };
  }
  return blocks;
}

/** `NAME   value` of a configuration file. */
function isSetting(text: string): boolean {
  return /^[A-Z][A-Z0-9]+(_[A-Z0-9]+)*\s{2,}\S/.test(text);
}

function settingProblems(text: string): string[] {
  const [name = ""] = text.split(/\s/, 1);
  return VARIABLES.has(name) ? [] : [`there is no variable ${name}`];
}

/** The command lines of a line; in transcripts only text after a prompt is typed. */
function typedCommands(language: string, text: string): string[][] {
  const line = language === "console"
    ? /^[$#] (.*)/.exec(text)?.[1]
    : language === "" || /^(sh|bash)$/.test(language)
    ? text.replace(/^[$#] (?=(sudo )?\w)/, "")
    : undefined;
  if (line === undefined) return [];
  return line.split(/\s(?:\||&&|\|\||;)\s/).map((part) => shellWords(part));
}

/** Words as a shell splits them; what follows `#` or a redirection is left out. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.trim().matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)) {
    if (/^(#|\d?[<>])/.test(word)) break;
    words.push(word.replace(/["']/g, ""));
  }
  return words;
}

function wordProblems(words: readonly string[], tasks: readonly string[]): string[] {
  const start = words[0] === "sudo" || words[0] === "ProxyCommand" ? 1 : 0;
  const program = words[start]?.replace(/^.*\//, "") ?? "";
  const rest = words.slice(start + 1);
  if (/^deno(@[\d.]+)?$/.test(program) || program === "npx") return taskProblems(words, tasks);
  if (!PROGRAMS.includes(program)) return [];
  const [first = "", ...more] = rest;
  if (program === FWKNOPD) return optionProblems(rest, C_DAEMON_OPTIONS);
  if (first === FWKNOPD) return optionProblems(more, C_DAEMON_OPTIONS);
  if (first === "" || ["--help", "-h", "--version"].includes(first)) return [];
  if (first.startsWith("-")) return optionProblems(rest, C_CLIENT_OPTIONS);
  const command = Object.hasOwn(DESCRIBED, first) ? DESCRIBED[first] : undefined;
  // A word in capitals is a placeholder.
  if (command === undefined) return /^[A-Z]+$/.test(first) ? [] : [`there is no command ${first}`];
  return [...optionProblems(more, ownOptions(command)), ...phraseProblems(more, command)];
}

function optionProblems(args: readonly string[], rows: readonly OptionRow[]): string[] {
  const { complaints } = parseCommandLine(
    args.filter((word) => !/^(\.\.\.|…|\[.*\])$/.test(word)),
    [...rows, HELP],
    { exact: true },
  );
  return complaints.map(getoptMessage);
}

function phraseProblems(args: readonly string[], command: CommandDescription): string[] {
  const { words } = parseCommandLine(args, [...ownOptions(command), HELP]);
  const [first] = words;
  if (first === undefined || /^[A-Z]+$/.test(first)) return [];
  if (command.words === undefined) return [`unexpected word '${first}'`];
  const phrases = command.words.phrases;
  const isKnown = phrases === undefined ||
    phrases.some((phrase) => (`${phrase} `).startsWith(`${first} `));
  return isKnown ? [] : [`'${words.join(" ")}' must be one of ${phrases.join(", ")}`];
}

function taskProblems(words: readonly string[], tasks: readonly string[]): string[] {
  const name = words[words.indexOf("task") + 1];
  if (!words.includes("task") || name === undefined || /^[A-Z…]/.test(name)) return [];
  return tasks.includes(name) ? [] : [`there is no task ${name}`];
}

if (import.meta.main) console.log(JSON.stringify(await describeAll(COMMANDS)));
