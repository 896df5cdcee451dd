/**
 * What the steps of a set-up may do to the host. Tests put a host in memory in its place.
 *
 * @module
 */
import type { FirewallKind } from "../firewall/kind.ts";

/** How a program ended. */
export interface ProgramOutcome {
  /** Exit status; 127 if there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The host. */
export interface SetupHost {
  /** Runs a program of the system to its end. Never rejects. */
  run(words: readonly string[]): Promise<ProgramOutcome>;
  /** The text of a file; `undefined` if it is missing. */
  read(path: string): string | undefined;
  /**
   * Writes a file in one step and waits until it is on the disk. A new file is readable by root only; one that is there
   * keeps its owner and mode.
   */
  write(path: string, text: string): Promise<void>;
  /** Removes a file, if it is there. */
  remove(path: string): void;
  /** Makes a folder of mode 0700, if it is not there. */
  makeFolder(path: string): void;
  /** Removes a folder, if it is there and empty. */
  removeFolder(path: string): void;
  /** Removes a folder with all that it holds. */
  removeTree(path: string): void;
  /**
   * Starts the server as a process that outlives this one, and returns when it is ready.
   *
   * @throws {HintedError} if it does not start.
   */
  startServer(options: readonly string[]): Promise<void>;
  /**
   * Ends the servers of this network whose command line holds each of the words.
   *
   * @returns whether there was one.
   */
  endServers(marks: readonly string[]): Promise<boolean>;
  /**
   * Removes the rules, chains and tables of the server.
   *
   * @returns whether there were some.
   */
  removeGrants(firewall: FirewallKind): Promise<boolean>;
}
