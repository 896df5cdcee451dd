/**
 * Command messages: what a client sent is run, as the stanza says (`docs/spec/server.md` 10).
 *
 * @module
 */
import type { CommandExecution } from "../config/stanza.ts";
import type { Identity } from "../exec/start.ts";
import { type CommandOutcome, type CommandSurroundings, runCommand } from "./run_command.ts";
import { splitWords } from "./words.ts";

/** Who a command runs as, with names for the log. */
export interface NamedIdentity extends Identity {
  readonly user: string;
  readonly group: string;
}

/** A command about to be started. */
export interface PreparedCommand {
  readonly words: readonly string[];
  /** The words joined by blanks, for the log. */
  readonly text: string;
  /** Absent: as this process. */
  readonly identity?: NamedIdentity;
}

/** Runs commands of messages, a limited number at a time and of each stanza. */
export class CommandRunner {
  readonly #surroundings: CommandSurroundings;
  readonly #sudo: string;
  readonly #uid: number;

  /**
   * @param sudo SUDO_EXE.
   * @param uid the user this process runs as.
   */
  constructor(surroundings: CommandSurroundings, sudo: string, uid: number) {
    this.#surroundings = surroundings;
    this.#sudo = sudo;
    this.#uid = uid;
  }

  /** What running the command of a message means under this stanza's settings. */
  prepare(command: string, execution: CommandExecution): PreparedCommand {
    const words = [...sudoWords(this.#sudo, execution), ...splitWords(command)];
    const identity = identityOf(execution, this.#uid);
    return { words, text: words.join(" "), ...(identity && { identity }) };
  }

  /**
   * Runs it to its end, or refuses at once where too many run already.
   *
   * @param stanza the number of the one that the message is for.
   * @param onStart called when it runs.
   * @returns the outcome, or why it was not tried.
   */
  async run(
    { words, identity }: PreparedCommand,
    stanza: number,
    onStart: () => void,
  ): Promise<CommandOutcome | string> {
    if (words.length === 0) return "there is no word in it";
    const ids = identity && { uid: identity.uid, gid: identity.gid };
    const run = { kind: "command", stanza, identity: ids, onStart } as const;
    return await runCommand(words, this.#surroundings, run);
  }
}

/**
 * `SUDO_EXE -u USER -g GROUP --`; the C daemon gives `-g` only under a condition that has nothing to do with it
 * (`docs/spec/server.md` 16, row 12) and no `--`, so that a command like `-u root id` chooses its own user.
 */
function sudoWords(program: string, { sudo }: CommandExecution): string[] {
  if (sudo === undefined) return [];
  const user = sudo.user === undefined || sudo.user.uid === 0 ? [] : ["-u", sudo.user.name];
  const group = sudo.group === undefined ? [] : ["-g", sudo.group.name];
  return [program, ...user, ...group, "--"];
}

/** Root as root stays as it is, as in the C daemon. A group alone is given to this process's own user. */
function identityOf(
  { user, group }: CommandExecution,
  ownUid: number,
): NamedIdentity | undefined {
  if (group === undefined && (user === undefined || user.uid === 0 && ownUid === 0)) {
    return undefined;
  }
  const uid = user?.uid ?? ownUid;
  const gid = group?.gid ?? user?.gid ?? 0;
  const name = user?.name ?? String(uid);
  return { uid, gid, user: name, group: group?.name ?? name };
}
