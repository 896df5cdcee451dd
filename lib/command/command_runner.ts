/**
 * Command messages: runs the command that a client sent, as the stanza allows (`docs/spec/server.md` 10).
 *
 * @module
 */
import type { CommandExecution } from "../config/stanza.ts";
import type { Identity } from "../exec/start.ts";
import { type CommandLimits, type CommandOutcome, executeCommand } from "./execute_command.ts";
import { argumentVector } from "./words.ts";

/** The user and group of a command, with names for the log. */
export interface NamedIdentity extends Identity {
  readonly user: string;
  readonly group: string;
}

/** A command that is ready to start. */
export interface PreparedCommand {
  readonly words: readonly string[];
  /** The words joined by blanks, for the log. */
  readonly text: string;
  /** Absent: the identity of this process. */
  readonly identity?: NamedIdentity;
}

/** Runs command messages, a limited number at a time and for each stanza. */
export class CommandRunner {
  readonly #limits: CommandLimits;
  readonly #sudo: string;
  readonly #uid: number;

  /**
   * @param sudo SUDO_EXE.
   * @param uid the user id of this process.
   */
  constructor(limits: CommandLimits, sudo: string, uid: number) {
    this.#limits = limits;
    this.#sudo = sudo;
    this.#uid = uid;
  }

  /** The argument vector and identity of a command under this stanza's settings. */
  prepare(command: string, execution: CommandExecution): PreparedCommand {
    const words = [...sudoWords(this.#sudo, execution), ...argumentVector(command)];
    const identity = identityOf(execution, this.#uid);
    return { words, text: words.join(" "), ...(identity && { identity }) };
  }

  /**
   * Runs a command to its end, or refuses at once when too many are running.
   *
   * @param stanza number of the stanza to which the message belongs.
   * @param onStart called when the command starts.
   * @returns the outcome, or why the command was not run.
   */
  async run(
    { words, identity }: PreparedCommand,
    stanza: number,
    onStart: () => void,
  ): Promise<CommandOutcome | string> {
    if (words.length === 0) return "the command has no words";
    const ids = identity && { uid: identity.uid, gid: identity.gid };
    const run = { kind: "command", stanza, identity: ids, onStart } as const;
    return await executeCommand(words, this.#limits, run);
  }
}

/**
 * `SUDO_EXE -u USER -g GROUP --`. The C daemon passes `-g` only under an unrelated condition (`docs/spec/server.md` 16,
 * row 12) and passes no `--`, so a command like `-u root id` chooses its own user.
 */
function sudoWords(program: string, { sudo }: CommandExecution): string[] {
  if (sudo === undefined) return [];
  const user = sudo.user === undefined || sudo.user.uid === 0 ? [] : ["-u", sudo.user.name];
  const group = sudo.group === undefined ? [] : ["-g", sudo.group.name];
  return [program, ...user, ...group, "--"];
}

/** Root for root changes nothing, as in the C daemon. With a group alone, the user is that of this process. */
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
