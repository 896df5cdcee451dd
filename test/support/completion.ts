/**
 * Real shells that complete a command line.
 *
 * @module
 */
import { run } from "../../scripts/process.ts";

/** A shell that has loaded our script. */
export interface CompletingShell {
  readonly program: string;
  /**
   * The completions for the last word of the line.
   *
   * @param script path of the completion script.
   * @param words the line, split as the shell would split it.
   */
  complete(script: string, words: readonly string[], home: string): Promise<string[]>;
}

async function lines(
  program: string,
  args: readonly string[],
  home: string,
): Promise<string[]> {
  const { stdout, stderr } = await run(program, args, {
    env: { HOME: home, TERM: "dumb" },
    cwd: home,
    limit: 20,
  });
  if (stderr !== "") throw new Error(`${program}: ${stderr}`);
  return stdout.split(/\r?\n/).filter((line) => line !== "");
}

const bash: CompletingShell = {
  program: "bash",
  complete: (script, words, home) =>
    lines("bash", [
      "--norc",
      "-c",
      // Same as readline: calls the function that is registered for the first word, with the words in an array.
      `source "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
       [[ $(complete -p "$1") =~ -F\\ ([^ ]+) ]] && "\${BASH_REMATCH[1]}" "$1" "\${!#}"
       printf '%s\\n' "\${COMPREPLY[@]}"`,
      script,
      ...words,
    ], home),
};

const fish: CompletingShell = {
  program: "fish",
  complete: async (script, words, home) => {
    const offered = await lines("fish", [
      "--no-config",
      "-c",
      'source $argv[1]; complete -C "$argv[2]"',
      script,
      words.join(" "),
    ], home);
    return offered.map((line) => line.split("\t")[0] ?? "");
  },
};

/** An interactive zsh in a pseudo-terminal, whose compadd prints its arguments. */
const ZSH = `
zmodload zsh/zpty || exit 1
zpty z zsh -f -i
zpty -w z "PS1= PS2= RPS1=; unsetopt zle prompt_sp; setopt zle
autoload -Uz compinit; compinit -u -D; zstyle ':completion:*' verbose no
source $1
compadd() {
  if [[ \\\${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd \\"\\$@\\"; return; fi
  local -a hits; builtin compadd -A hits \\"\\$@\\"; local hit; for hit in \\$hits; do print -r -- \\"HIT \\$hit\\"; done
  builtin compadd \\"\\$@\\"
}
finish() { print -r -- END }
comppostfuncs=(finish)
bindkey '^I' complete-word
stty -echo
print -r READ''Y"
while zpty -r z line; do [[ $line == *READY* ]] && break; done
zpty -n -w z "$2"$'\\t'
while zpty -r z line; do
  [[ $line == *END* ]] && break
  [[ $line == *HIT\\ * ]] && print -r -- "\${\${line##*HIT }%%[[:cntrl:]]*}"
done
zpty -d z
`;

const zsh: CompletingShell = {
  program: "zsh",
  complete: async (script, words, home) => {
    const hits = await lines("zsh", ["-f", "-c", ZSH, "zsh", script, words.join(" ")], home);
    // Files pass through compadd more than once.
    return [...new Set(hits)];
  },
};

/** Every shell that has a script. */
export const SHELLS = { bash, zsh, fish } as const;
