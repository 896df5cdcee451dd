/**
 * Plans: what is to be done to a firewall, as data. Adapters make them, the runner carries them out.
 *
 * @module
 */
import type { StartFailure, StartFailureKind } from "../exec/start_failure.ts";

/** One start of a program, without a shell. */
export interface FirewallCommand {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** What it gets on its standard input; absent: nothing. */
  readonly document?: string;
}

/** How a program that is kept open is spoken to: how it says "done". */
export interface Handshake {
  /** The stream the answer comes on. */
  readonly stream: "stdout" | "stderr";
  /** What is written after a document so that the program answers when it has carried it out. */
  request(number: number, document: string): string;
  /** Whether an output line is that answer. */
  isAnswer(line: string, number: number): boolean;
  /** What in the error output, up to the answer, says that the document was refused. */
  complaint(said: readonly string[]): string | undefined;
  /** Whether one that ended says that it did so because of the document; otherwise it may have done its work before. */
  refusesByEnd(said: readonly string[]): boolean;
  /** Documents after which another one is started in its place; absent: one lives as long as it can. */
  readonly most?: number;
}

/** A program that is kept open and takes one document after another. */
export interface Helper {
  readonly words: readonly string[];
  readonly handshake: Handshake;
}

/** One change that the firewall carries out as a whole or not at all. */
export interface Transaction {
  /** Who takes the document; absent: the commands are run instead. */
  readonly helper?: Helper;
  /** Lines, each ended by a newline. */
  readonly document: string;
  /** The same change, one program start after another: without a helper, or to get past a bad line. */
  readonly commands: readonly FirewallCommand[];
}

/** Transactions in the order in which they are carried out; the first that fails ends the plan. */
export type Plan = readonly Transaction[];

/** Single commands of one program as one change: the first that fails ends it. */
export function commandsOf(program: readonly string[], lines: readonly string[][]): Transaction {
  return { document: "", commands: lines.map((words) => ({ words: [...program, ...words] })) };
}

/** How a command ended. */
export interface Outcome {
  readonly words: readonly string[];
  /** Exit status; 126 or 127 as in a shell when the program could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Set when it did not end in time and was killed. */
  readonly late?: boolean;
  /** Set when it was not started. */
  readonly notStarted?: StartFailureKind;
}

/** Exit statuses a shell gives; used for programs that never got to have one. */
export const CANNOT_RUN = 126;
export const NOT_FOUND = 127;

/** The plan as a person reads it: what is run, and what it is given. */
export function describePlan(plan: Plan): string[] {
  return plan.flatMap((transaction) =>
    transaction.helper === undefined
      ? transaction.commands.map(describeCommand)
      : [`${transaction.helper.words.join(" ")} <<\n${transaction.document}`.trimEnd()]
  );
}

/** A command as a person reads it. */
export function describeCommand({ words, document }: FirewallCommand): string {
  return document === undefined ? words.join(" ") : `${words.join(" ")} <<\n${document}`.trimEnd();
}

/** What to call the program of a command: `ip netns exec NAME PROGRAM` runs PROGRAM. */
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
