/**
 * Why a program could not be started.
 *
 * @module
 */
import { reasonOf } from "../errors/reason.ts";

/**
 * `missing`: there is no such program; `forbidden`: it may not be run; `exhausted`: this process or host has no
 * descriptor, process or memory left; `busy`: the limit of its kind is reached; `stopped`: the daemon ends;
 * `other`: see the reason.
 */
export type StartFailureKind =
  | "missing"
  | "forbidden"
  | "exhausted"
  | "busy"
  | "stopped"
  | "other";

/** A program that was not started. */
export interface StartFailure {
  readonly why: StartFailureKind;
  /** The system's text, without the program's name: `Too many open files`. */
  readonly reason: string;
}

/** EAGAIN, ENOMEM, ENFILE and EMFILE. On Linux and macOS only EAGAIN has different numbers. */
const EXHAUSTED: readonly number[] = [Deno.build.os === "darwin" ? 35 : 11, 12, 23, 24];

/** The meaning of an exception of the start: `Failed to spawn 'x': Permission denied (os error 13)`. */
export function startFailureOf(error: unknown): StartFailure {
  if (error instanceof Deno.errors.NotFound) {
    return { why: "missing", reason: "No such file or directory" };
  }
  const message = reasonOf(error);
  const [, words = message, number] = /: ([^:]+) \(os error (\d+)\)/.exec(message) ?? [];
  if (EXHAUSTED.includes(Number(number))) return { why: "exhausted", reason: words };
  const isForbidden = error instanceof Deno.errors.PermissionDenied;
  return { why: isForbidden ? "forbidden" : "other", reason: words };
}
