/**
 * How programs are started: by the host, or not at all.
 *
 * @module
 */
import { startProgram } from "../exec/start.ts";
import type { StartFailure } from "../exec/start_failure.ts";
import type { FirewallCommand, Helper, Outcome } from "./plan.ts";
import { runOnce } from "./run_once.ts";

/** A program that runs, as far as it is spoken to. */
export interface RunningProgram {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when it has ended. */
  readonly status: Promise<unknown>;
  /** Ends it at once, with all that it started; one that is gone is no error. */
  kill(): void;
}

/** What starts programs. */
export interface Programs {
  /** Starts a program that is to be kept open, or says why it cannot be. */
  startHelper(helper: Helper): RunningProgram | StartFailure;
  /** Runs a program to its end, or kills it after `milliseconds`. Never rejects. */
  runOnce(command: FirewallCommand, milliseconds: number): Promise<Outcome>;
}

/** The programs of this host. */
export const HOST_PROGRAMS: Programs = {
  startHelper: ({ words }) => startProgram("firewall helper", words),
  runOnce,
};

/** Programs that are never started and acknowledge everything: a firewall that uses them changes nothing. */
export const NO_OP_PROGRAMS: Programs = {
  startHelper: echoingProgram,
  runOnce: ({ words }) => Promise.resolve({ words, code: 0, stdout: "", stderr: "" }),
};

/** Repeats what it is told, and so acknowledges every document in each handshake. */
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
