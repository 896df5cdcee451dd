/**
 * Completion for bash, 3.2 and later.
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
  quote,
  spellings,
} from "./program.ts";
import { optionValues, type ValueSource } from "./values.ts";

/** The script never evaluates text that was typed or read from a file. `compgen -W` would do that. */
const HELPERS = `# Completion of fwknop and fwknopd for bash:
#   fwknop print completion bash > /etc/bash_completion.d/fwknop

# Of the words given, those that begin like the current one.
__fwknop_offer() {
  local word
  for word; do [[ $word == "$cur"* ]] && COMPREPLY+=("$word"); done
}

# The same, where more follows without a blank.
__fwknop_begin() {
  compopt -o nospace 2>/dev/null
  __fwknop_offer "$@"
}

# What compgen finds: -f files, -d folders, -c commands, -A hostname.
__fwknop_generate() {
  local name
  [[ $1 == -[fd] ]] && compopt -o filenames 2>/dev/null
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$@" -- "$cur")
}

__fwknop_interfaces() {
  local path
  __fwknop_offer any
  for path in /sys/class/net/*; do [[ -e $path ]] && __fwknop_offer "\${path##*/}"; done
}

# The headers of ~/.fwknoprc, or of the file that --rc-file names.
__fwknop_stanzas() {
  local file=~/.fwknoprc line name i header='^[[:blank:]]*\\[([^]]+)\\]'
  for ((i = 1; i + 1 < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == --rc-file ]] || continue
    file=\${COMP_WORDS[i + 1]}
    [[ $file == = ]] && file=\${COMP_WORDS[i + 2]}
    [[ $file == '~/'* ]] && file=$HOME/\${file#??}
  done
  [[ -r $file ]] || return
  while IFS= read -r line; do
    [[ $line =~ $header ]] || continue
    name=\${BASH_REMATCH[1]}
    [[ $name == [Dd][Ee][Ff][Aa][Uu][Ll][Tt] || $name != "$cur"* ]] && continue
    printf -v name %q "$name"
    COMPREPLY+=("$name")
  done < "$file"
}

# Of phrases given, the next word of those that begin with the words typed.
__fwknop_phrases() {
  local typed= last= i phrase
  for ((i = 2; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -* ]] || typed+="\${COMP_WORDS[i]} "
  done
  for phrase; do
    [[ $phrase == "$typed"* ]] || continue
    phrase=\${phrase#"$typed"}
    phrase=\${phrase%% *}
    if [[ $phrase == STANZA ]]; then __fwknop_stanzas
    elif [[ $phrase != "$last" ]]; then __fwknop_offer "$phrase"
    fi
    last=$phrase
  done
}

# After -- only the words of a command follow.
__fwknop_is_after() {
  local i
  for ((i = 2; i < COMP_CWORD; i++)); do [[ \${COMP_WORDS[i]} == -- ]] && return; done
  return 1
}

__fwknop_command() {
  if [[ $prev == -- ]]; then __fwknop_generate -c; else __fwknop_generate -f; fi
}

# The current word and the one before it; bash takes --option=VALUE apart.
__fwknop_begins() {
  COMPREPLY=()
  cur=\${COMP_WORDS[COMP_CWORD]}
  prev=\${COMP_WORDS[COMP_CWORD - 1]}
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]] && ((COMP_CWORD > 2)); then prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
}
`;

/** The script. */
export function bashCompletion(commands: Commands): string {
  const completed = completedCommands(commands);
  const names = completed.map(({ name }) => name);
  const cases = completed.map((command) =>
    `    ${command.name})\n${body(command, names, "      ")}\n      ;;`
  );
  const client = body({ name: "", brief: "", options: C_CLIENT_OPTIONS }, names, "      ");
  const daemon = body({ name: "", brief: "", options: C_DAEMON_OPTIONS }, names, "  ");
  return `${HELPERS}
_fwknop() {
  local cur prev
  __fwknop_begins
  if ((COMP_CWORD == 1)) && [[ $cur != -* ]]; then
    __fwknop_offer ${names.join(" ")}
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
    -*)
${client}
      ;;
  esac
}

_fwknopd() {
  local cur prev
  __fwknop_begins
${daemon}
}

complete -F _fwknop fwknop
complete -F _fwknopd fwknopd
`;
}

function body(
  { options, words }: CompletedCommand,
  commands: readonly string[],
  indent: string,
): string {
  const valued = options.flatMap((row) => {
    const source = optionValues(row);
    return source === undefined ? [] : [{ row, action: action(source, commands) }];
  });
  const lines = [
    ...(words?.kind === "command" ? ["__fwknop_is_after && { __fwknop_command; return; }"] : []),
    "case $prev in",
    ...byAction(valued).map(([action, rows]) =>
      `  ${rows.flatMap(spellings).join("|")}) ${action === "" ? "" : `${action}; `}return ;;`
    ),
    "esac",
    `if [[ $cur == -* ]]; then __fwknop_offer ${
      options.flatMap(longSpellings).concat("--help").join(" ")
    }`,
    ...(words === undefined || words.kind === "free" || words.kind === "command"
      ? []
      : [`else ${action(words, commands)}`]),
    "fi",
  ];
  return lines.map((line) => indent + line).join("\n");
}

/** Options with the same values share a line. */
function byAction(
  valued: readonly { readonly row: OptionRow; readonly action: string }[],
): [string, OptionRow[]][] {
  const groups = new Map<string, OptionRow[]>();
  for (const { row, action } of valued) groups.set(action, [...groups.get(action) ?? [], row]);
  return [...groups];
}

function longSpellings(row: OptionRow): string[] {
  return row.name === "help" ? [] : [`--${row.name}`];
}

function action(source: ValueSource, commands: readonly string[]): string {
  switch (source.kind) {
    case "words":
      return `__fwknop_offer ${source.words.join(" ")}`;
    case "beginnings":
      return `__fwknop_begin ${source.words.join(" ")}`;
    case "phrases":
      return `__fwknop_phrases ${source.phrases.map(quote).join(" ")}`;
    case "subcommand":
      return `__fwknop_offer ${commands.join(" ")}`;
    case "file":
      return "__fwknop_generate -f";
    case "folder":
      return "__fwknop_generate -d";
    case "host":
      return "__fwknop_generate -A hostname";
    case "command":
      return "__fwknop_generate -c";
    case "interface":
      return "__fwknop_interfaces";
    case "stanza":
      return "__fwknop_stanzas";
    case "free":
      return "";
  }
}
