/**
 * Completion for zsh (zshcompsys(1)).
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
  spellings,
} from "./program.ts";
import { optionValues, type ValueSource } from "./values.ts";

const HELPERS = `#compdef fwknop fwknopd
# Completion of fwknop and fwknopd for zsh, as _fwknop in a folder of fpath:
#   fwknop print completion zsh > /usr/local/share/zsh/site-functions/_fwknop

# The headers of ~/.fwknoprc, or of the file that --rc-file names.
_fwknop_stanzas() {
  local file=\${(Q)opt_args[--rc-file]:-$HOME/.fwknoprc} line
  local -a names match mbegin mend
  file=\${file/#\\~\\//$HOME/}
  [[ -r $file ]] || return 1
  while IFS= read -r line; do
    [[ $line =~ '^[[:blank:]]*\\[([^]]+)\\]' && \${(L)match[1]} != default ]] && names+=("$match[1]")
  done < $file
  compadd -a names
}

_fwknop_services() {
  compadd -S '' tcp/ udp/
}

# Of phrases given, the next word of those that begin with the words typed.
_fwknop_phrases() {
  local typed= word phrase
  local -aU next
  for word in "\${(@)words[2,CURRENT-1]}"; do [[ $word == -* ]] || typed+="$word "; done
  for phrase; do
    [[ $phrase == "$typed"* ]] || continue
    phrase=\${phrase#"$typed"}
    if [[ $phrase == STANZA ]]; then _fwknop_stanzas; else next+=("\${phrase%% *}"); fi
  done
  compadd -a next
}
`;

/** The script. */
export function zshCompletion(commands: Commands): string {
  const completed = completedCommands(commands);
  const names = completed.map(({ name }) => name);
  const functions = completed.map((command) =>
    formatFunction(`_fwknop_${command.name}`, command, names)
  );
  const describe = completed.map(({ name, brief }) => `    ${quoteAlways(`${name}:${brief}`)}`);
  return `${HELPERS}
${functions.join("\n")}
${formatFunction("_fwknop_as_client", { name: "", brief: "", options: C_CLIENT_OPTIONS }, names)}
${formatFunction("_fwknop_as_daemon", { name: "", brief: "", options: C_DAEMON_OPTIONS }, names)}
_fwknop() {
  local -a commands=(
${describe.join("\n")}
  )
  if [[ $service == fwknopd ]]; then
    _fwknop_as_daemon
  elif ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
  elif [[ $words[2] == -* ]]; then
    _fwknop_as_client
  elif ((\${+functions[_fwknop_$words[2]]})); then
    local name=$words[2]
    shift words
    ((CURRENT--))
    _fwknop_$name
  fi
}

if [[ $funcstack[1] == _fwknop ]]; then _fwknop "$@"; else compdef _fwknop fwknop fwknopd; fi
`;
}

function formatFunction(
  name: string,
  { options, words }: CompletedCommand,
  commands: readonly string[],
): string {
  const specs = [
    ...options.filter((row) => row.name !== "help").map((row) => optionSpec(row, commands)),
    "'(- *)'{-h,--help}'[Print help and exit]'",
    ...(words === undefined ? [] : [wordsSpec(words, commands)]),
  ];
  return `${name}() {\n  _arguments -s -S \\\n    ${specs.join(" \\\n    ")}\n}\n`;
}

function optionSpec(row: OptionRow, commands: readonly string[]): string {
  const source = optionValues(row);
  const names = spellings(row).map((name) =>
    source === undefined ? name : name.startsWith("--") ? `${name}=` : `${name}+`
  );
  const isMany = row.repeated || row.counted;
  const before = isMany ? "'*'" : names.length > 1 ? `'(${spellings(row).join(" ")})'` : "";
  const brief = row.brief.replace(/[[\]\\]/g, "\\$&").replaceAll("'", "'\\''");
  const after = source === undefined
    ? ""
    : `:${row.argument?.replaceAll(":", "\\:")}:${action(source, commands)}`;
  const set = names.length > 1 ? `{${names.join(",")}}` : names[0];
  return `${before}${set}'[${brief}]${after}'`;
}

function wordsSpec(source: ValueSource, commands: readonly string[]): string {
  if (source.kind === "command") return "'*::COMMAND:_normal'";
  if (source.kind === "phrases") {
    const phrases = source.phrases.map((phrase) => `"${phrase}"`).join(" ");
    return `'*:WHAT:{_fwknop_phrases ${phrases}}'`;
  }
  return `'*:WORD:${action(source, commands)}'`;
}

/** An action of _arguments. A blank offers nothing. */
function action(source: ValueSource, commands: readonly string[]): string {
  switch (source.kind) {
    case "words":
      return `(${source.words.join(" ")})`;
    case "subcommand":
      return `(${commands.join(" ")})`;
    case "beginnings":
      return "_fwknop_services";
    case "phrases":
    case "free":
      return " ";
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "host":
      return "_hosts";
    case "command":
      return "_command_names -e";
    case "interface":
      return "_net_interfaces";
    case "stanza":
      return "_fwknop_stanzas";
  }
}

function quoteAlways(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
