/**
 * What happens to command cycles outside a packet's business, as data for the reporters.
 *
 * @module
 */
import type { PendingClose } from "./pending_closes.ts";
import type { CommandOutcome } from "./run_command.ts";

/** `due`: its time has come; `exit`: the daemon leaves; `revoked`: every grant is ended at once. */
export type CloseReason = "due" | "exit" | "revoked";

/** A close command is started, or has ended. */
export interface CloseEvent {
  readonly type: "closing" | "closed";
  readonly close: PendingClose;
  /** The command's words joined by blanks. */
  readonly command: string;
  readonly reason: CloseReason;
  /** Of `closed`. */
  readonly outcome?: CommandOutcome;
}

/** Anything else: a line of the log. */
export interface CycleNotice {
  readonly type: "error" | "warning" | "info";
  readonly text: string;
}

/** One thing worth telling. */
export type CycleEvent = CloseEvent | CycleNotice;
