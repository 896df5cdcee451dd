/**
 * Events of command cycles that do not belong to one packet, as data for the reporters.
 *
 * @module
 */
import type { PendingClose } from "./pending_closes.ts";
import type { CommandOutcome } from "./execute_command.ts";

/** `due`: its time has come; `exit`: the daemon ends; `revoked`: all grants end at once. */
export type CloseReason = "due" | "exit" | "revoked";

/** A close command starts, or has ended. */
export interface CloseEvent {
  readonly type: "closing" | "closed";
  readonly close: PendingClose;
  /** The command's words joined by blanks. */
  readonly command: string;
  readonly reason: CloseReason;
  /** For `closed` only. */
  readonly outcome?: CommandOutcome;
}

/** Any other event: a line for the log. */
export interface CycleNotice {
  readonly type: "error" | "warning" | "info";
  readonly text: string;
}

/** One event to report. */
export type CycleEvent = CloseEvent | CycleNotice;
