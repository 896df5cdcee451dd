/**
 * Starts programs of this host, or none in a dry run.
 *
 * @module
 */
import { startProgram } from "../exec/start.ts";
import type { StartFailure } from "../exec/start_failure.ts";
import type { FirewallCommand, Helper, Outcome } from "./plan.ts";
import { runOnce } from "./run_once.ts";

/** A running program: what a helper process needs of it. */
export interface RunningProgram {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when it has ended. */
  readonly status: Promise<unknown>;
  /** Kills it, with all that it started. Does nothing if it has ended. */
  kill(): void;
}

/** What starts programs. */
export interface Programs {
  /** Starts a program that stays open, or says why it cannot. */
  startHelper(helper: Helper): RunningProgram | StartFailure;
  /** Runs a program to its end, or kills it after `milliseconds`. Never rejects. */
  runOnce(command: FirewallCommand, milliseconds: number): Promise<Outcome>;
}

/** The programs of this host. */
export const HOST_PROGRAMS: Programs = {
  startHelper: ({ words }) => startProgram("firewall helper", words),
  runOnce,
};

/** Starts nothing and acknowledges everything: a firewall that uses these programs changes nothing. */
export const NO_OP_PROGRAMS: Programs = {
  startHelper: echoingProgram,
  runOnce: ({ words }) => Promise.resolve({ words, code: 0, stdout: "", stderr: "" }),
};

/** Repeats its input on both outputs, and so acknowledges every document in each handshake. */
function echoingProgram(): RunningProgram {
  const outputs: ReadableByteStreamController[] = [];
  const output = (): ReadableStream<Uint8Array> =>
    new ReadableStream({ type: "bytes", start: (controller) => void outputs.push(controller) });
  const stdin = new WritableStream<Uint8Array>({
    write: (chunk) => outputs.forEach((controller) => controller.enqueue(chunk.slice())),
    close: () => outputs.forEach((controller) => controller.close()),
  });
  return {
    stdin,
    stdout: output(),
    stderr: output(),
    status: Promise.resolve(),
    kill: () => {},
  };
}
