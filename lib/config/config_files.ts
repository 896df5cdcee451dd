/**
 * What the parsers of the configuration need from the system. They have no other access to it.
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Exposure } from "./exposure.ts";
import type { GroupAccount, UserAccount } from "./access_kinds.ts";

/** A file that was read, or the reason why it was not. Warnings about the file come with either. */
export interface FileRead {
  /** Absent if one of the diagnostics is an error. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent if only root and the user of this process can change the file. */
  readonly exposure?: Exposure;
}

/** Files, folders, users and groups of the system. */
export interface ConfigFiles {
  /** Reads a file. `role` names it in messages. Bytes that are not UTF-8 become U+FFFD. */
  read(path: string, role: "Config" | "Access"): FileRead;
  /** Names of the entries of a folder in any order; `undefined` if it cannot be read. */
  list(folder: string): readonly string[] | undefined;
  isFolder(path: string): boolean;
  /** Whether the path exists. */
  exists(path: string): boolean;
  /**
   * Which other user can change a program or file that is not read here; also `undefined` if the path does not exist.
   */
  exposure(path: string): Exposure | undefined;
  /** Returns the user of that name; `undefined` if there is no such user. */
  user(name: string): UserAccount | undefined;
  /** Returns the group of that name; `undefined` if there is no such group. */
  group(name: string): GroupAccount | undefined;
}
