/**
 * What opens a listener.
 *
 * @module
 */
import type { ServerSettings } from "../config/fwknopd_variables.ts";
import type { Capture, Notify } from "./datagram.ts";

/** A capture, and the C daemon's lines about its start. */
export interface OpenedCapture {
  readonly capture: Capture;
  /** Lines for the log (`docs/spec/server.md` 6). */
  readonly announcements: readonly string[];
  /** It also sees the packets that come to the ports of the listeners beside it. */
  readonly seesOthers?: true;
}

/** What the settings do not say. */
export interface OpeningContext {
  /** Receives a notice when an interface disappears or returns. */
  readonly notify: Notify;
  /** Changes nothing on the host. */
  readonly testMode: boolean;
}

/** Opens a listener. @throws {HintedError} when it cannot be opened. */
export type OpenListener = (
  settings: ServerSettings,
  context: OpeningContext,
) => OpenedCapture | Promise<OpenedCapture>;
