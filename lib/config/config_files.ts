/**
 * What the parsers of the configuration need from the outside. They have no other way to it.
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Exposure } from "./exposure.ts";
import type { GroupAccount, UserAccount } from "./stanza.ts";

/** A file that was read, or why it was not; warnings about the file come with it either way. */
export interface FileRead {
  /** Absent: one of the diagnostics is an error. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent: nobody but root and the user of this process can change the file. */
  readonly exposure?: Exposure;
}

/** Files, folders, users and groups of the system. */
export interface ConfigFiles {
  /** Reads a file. `role` is the word for it in messages; bytes that are not UTF-8 become U+FFFD. */
  read(path: string, role: "Config" | "Access"): FileRead;
  /** Names of the entries of a folder in any order, or `undefined` where it cannot be read. */
  list(folder: string): readonly string[] | undefined;
  isFolder(path: string): boolean;
  /** Whether anything is there. */
  exists(path: string): boolean;
  /** Who else can change a program or file that is not read; `undefined` also where there is none of that path. */
  exposure(path: string): Exposure | undefined;
  /** The user of that name, if there is one. */
  user(name: string): UserAccount | undefined;
  /** The group of that name, if there is one. */
  group(name: string): GroupAccount | undefined;
}
