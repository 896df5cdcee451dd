/**
 * Plans: changes of a firewall, as data. Adapters make them, the runner carries them out.
 *
 * @module
 */
import type { StartFailure, StartFailureKind } from "../exec/start_failure.ts";

/** One program to start, without a shell. */
export interface FirewallCommand {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** Written to its standard input; absent: nothing. */
  readonly document?: string;
}

/** How a helper process is asked to acknowledge a document, and how its answer is read. */
export interface Handshake {
  /** The stream on which it answers. */
  readonly stream: "stdout" | "stderr";
  /** Text to write after a document, so that the program answers when it has carried the document out. */
  request(number: number, document: string): string;
  /** Whether an output line is that answer. */
  isAnswer(line: string, number: number): boolean;
  /** The text in the error output, up to the answer, that says that the document was refused. */
  complaint(said: readonly string[]): string | undefined;
  /** Whether a program that ended says that the document was the reason; if not, it may have done its work before. */
  refusesByEnd(said: readonly string[]): boolean;
  /** Number of documents after which a new process takes its place; absent: no limit. */
  readonly most?: number;
}

/** A program to run as a helper process: it stays open and takes one document after another. */
export interface Helper {
  readonly words: readonly string[];
  readonly handshake: Handshake;
}

/** One change that the firewall carries out as a whole or not at all. */
export interface Transaction {
  /** The helper process that takes the document; absent: the commands are run instead. */
  readonly helper?: Helper;
  /** Lines, each ended by a newline. */
  readonly document: string;
  /** The same change as single commands: used without a helper process, or to get past a line that fails. */
  readonly commands: readonly FirewallCommand[];
}

/** Transactions, in order; the first that fails ends the plan. */
export type Plan = readonly Transaction[];

/** One change made of single commands of one program; the first that fails ends it. */
export function commandsOf(program: readonly string[], lines: readonly string[][]): Transaction {
  return { document: "", commands: lines.map((words) => ({ words: [...program, ...words] })) };
}

/** How a command ended. */
export interface Outcome {
  readonly words: readonly string[];
  /** Exit status; 126 or 127, as in a shell, if the program could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Set if it did not end in time and was killed. */
  readonly late?: boolean;
  /** Set if it was not started. */
  readonly notStarted?: StartFailureKind;
}

/** The exit statuses that a shell gives to programs that it cannot start. */
export const CANNOT_RUN = 126;
export const NOT_FOUND = 127;

/** The plan as text for the log: the programs, and their input. */
export function describePlan(plan: Plan): string[] {
  return plan.flatMap((transaction) =>
    transaction.helper === undefined
      ? transaction.commands.map(describeCommand)
      : [`${transaction.helper.words.join(" ")} <<\n${transaction.document}`.trimEnd()]
  );
}

/** A command as text for the log. */
export function describeCommand({ words, document }: FirewallCommand): string {
  return document === undefined ? words.join(" ") : `${words.join(" ")} <<\n${document}`.trimEnd();
}

/** The name of a command's program: in `ip netns exec NAME PROGRAM` it is PROGRAM. */
export function programOf(words: readonly string[]): string {
  const inside = words[1] === "netns" && words[2] === "exec" ? words[4] : undefined;
  return inside ?? words[0] ?? "";
}

/** Why a program was not started: `cannot be run: Too many open files`. */
export function describeStartFailure({ why, reason }: StartFailure): string {
  return why === "missing" ? "not found" : `cannot be run: ${reason}`;
}

/** `iptables failed with exit status 1: iptables: Index of insertion too big.` */
export function describeOutcome({ words, code, stderr }: Outcome): string {
  const said = stderr.split("\n").map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("#"));
  const program = programOf(words);
  if (code === NOT_FOUND || code === CANNOT_RUN) return `${program}: ${said ?? "cannot be run"}`;
  return said === undefined
    ? `${program} failed with exit status ${code}`
    : `${program} failed with exit status ${code}: ${said}`;
}
