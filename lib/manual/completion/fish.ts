/**
 * Completion for fish, 3.0 and later.
 *
 * @module
 */
import type { OptionRow } from "../../config/option.ts";
import type { Commands } from "../command.ts";
import {
  C_CLIENT_OPTIONS,
  C_DAEMON_OPTIONS,
  type CompletedCommand,
  completedCommands,
} from "./program.ts";
import { optionValues, type ValueSource } from "./values.ts";

const HELPERS = `# Completion of fwknop and fwknopd for fish:
#   fwknop print completion fish > ~/.config/fish/completions/fwknop.fish

# Whether the subcommand is being typed.
function __fwknop_is_first
    test (count (commandline -opc)) -eq 1
end

# Whether that subcommand was typed.
function __fwknop_is
    set -l words (commandline -opc)
    test "$words[2]" = $argv[1]
end

# Whether an option stands in place of a subcommand.
function __fwknop_is_client
    set -l words (commandline -opc) (commandline -ct)
    string match -q -- '-*' "$words[2]"
end

# Whether options have ended.
function __fwknop_is_after
    contains -- -- (commandline -opc)
end

# The headers of ~/.fwknoprc, or of the file that --rc-file names.
function __fwknop_stanzas
    set -l file ~/.fwknoprc
    set -l words (commandline -opc)
    if set -l at (contains -i -- --rc-file $words)
        set file $words[(math $at + 1)]
    end
    for word in $words
        string match -q -- '--rc-file=*' $word; and set file (string replace -- --rc-file= '' $word)
    end
    set file (string replace -r '^~/' "$HOME/" -- $file)
    test -r "$file"; or return
    string replace -rf '^[ \\t]*\\[([^]]+)\\].*' '$1' <$file | string match -v -i default
end

# Of phrases given, the next word of those that begin with the words typed.
function __fwknop_phrases
    set -l typed ''
    for word in (commandline -opc)[3..-1]
        string match -q -- '-*' $word; or set typed "$typed$word "
    end
    for phrase in $argv
        string match -q -- "$typed*" $phrase; or continue
        set -l next (string split -m 1 ' ' -- (string sub -s (math (string length -- "$typed") + 1) -- $phrase))[1]
        test "$next" = STANZA; and __fwknop_stanzas; or echo $next
    end | sort -u
end
`;

/** The script. */
export function fishCompletion(commands: Commands): string {
  const completed = completedCommands(commands);
  const names = completed.map(({ name }) => name);
  const lines = [
    "complete -c fwknop -f",
    "complete -c fwknopd -f",
    ...completed.map(({ name, brief }) =>
      `complete -c fwknop -n __fwknop_is_first -a ${name} -d ${quote(brief)}`
    ),
    ...completed.flatMap((command) => commandLines(command, names)),
    ...C_CLIENT_OPTIONS.map((row) => optionLine("fwknop", "__fwknop_is_client", row, names)),
    ...C_DAEMON_OPTIONS.map((row) => optionLine("fwknopd", undefined, row, names)),
  ];
  return `${HELPERS}\n${lines.join("\n")}\n`;
}

function commandLines(
  { name, options, words }: CompletedCommand,
  names: readonly string[],
): string[] {
  const condition = `__fwknop_is ${name}`;
  return [
    ...options.map((row) => optionLine("fwknop", condition, row, names)),
    ...(words === undefined || words.kind === "free" ? [] : [
      `complete -c fwknop -n ${
        quote(words.kind === "command" ? `${condition}; and __fwknop_is_after` : condition)
      } ${words.kind === "file" ? "-F" : values(words, names)}`,
    ]),
  ];
}

function optionLine(
  program: string,
  condition: string | undefined,
  { name, short, aliases, brief, ...row }: OptionRow,
  commands: readonly string[],
): string {
  const source = optionValues({ name, brief, ...row });
  const parts = [
    `complete -c ${program}`,
    ...(condition === undefined ? [] : [`-n ${quote(condition)}`]),
    ...(short === undefined ? [] : [`-s ${short}`]),
    ...[name, ...aliases ?? []].map((long) => `-l ${long}`),
    ...(source === undefined ? [] : [argument(source, commands)]),
    `-d ${quote(brief)}`,
  ];
  return parts.join(" ");
}

/** `-x`: the option takes an argument that is not a file. */
function argument(source: ValueSource, commands: readonly string[]): string {
  if (source.kind === "file") return "-r -F";
  return source.kind === "free" ? "-x" : `-x ${values(source, commands)}`;
}

function values(source: ValueSource, commands: readonly string[]): string {
  switch (source.kind) {
    case "words":
    case "beginnings":
      return `-a ${quote(source.words.join(" "))}`;
    case "subcommand":
      return `-a ${quote(commands.join(" "))}`;
    case "phrases":
      return `-a ${quote(`(__fwknop_phrases ${source.phrases.map(quote).join(" ")})`)}`;
    case "folder":
      return "-a '(__fish_complete_directories)'";
    case "host":
      return "-a '(__fish_print_hostnames)'";
    case "interface":
      return "-a '(__fish_print_interfaces)'";
    case "command":
      return "-a '(__fish_complete_command)'";
    case "stanza":
      return "-a '(__fwknop_stanzas)'";
    case "file":
    case "free":
      return "";
  }
}

/** fish has two escapes between single quotes. */
function quote(text: string): string {
  if (/^[\w.\/-]+$/.test(text)) return text;
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
