/**
 * Why a program could not be started.
 *
 * @module
 */
import { reasonOf } from "../errors/reason.ts";

/**
 * `missing`: there is no such program; `forbidden`: it may not be run; `exhausted`: this process or host has no
 * descriptor, process or memory left for it; `busy`: as many of its kind run as may; `stopped`: the daemon ends;
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
  /** The system's own words, without the program's name: `Too many open files`. */
  readonly reason: string;
}

/** EAGAIN, ENOMEM, ENFILE and EMFILE have these numbers on Linux and macOS alike but for EAGAIN. */
const EXHAUSTED: readonly number[] = [Deno.build.os === "darwin" ? 35 : 11, 12, 23, 24];

/** What an exception of the start means: `Failed to spawn 'x': Permission denied (os error 13)`. */
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
