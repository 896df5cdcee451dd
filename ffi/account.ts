/**
 * Looks up users and groups by name in every source the system uses: files, LDAP, systemd (nsswitch.conf(5)).
 *
 * @module
 */
import { errorText, libcName, toCString } from "./libc.ts";
import { openLibrary } from "./library.ts";

const accountSymbols = {
  getpwnam_r: {
    parameters: [
      "buffer", // const char *name
      "buffer", // struct passwd *pwd
      "buffer", // char *buf
      "usize", // size_t buflen
      "buffer", // struct passwd **result
    ],
    result: "i32", // 0 or an error number
  },
  getgrnam_r: {
    parameters: [
      "buffer", // const char *name
      "buffer", // struct group *grp
      "buffer", // char *buf
      "usize", // size_t buflen
      "buffer", // struct group **result
    ],
    result: "i32", // 0 or an error number
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** A user's id and the id of the user's primary group. */
export interface UserNumbers {
  readonly uid: number;
  /** The user's primary group. */
  readonly gid: number;
}

/** Larger than either structure on every 64-bit system. */
const STRUCTURE_SIZE = 128;
/** `struct passwd` and `struct group` begin with two pointers, name and password; the numbers follow. */
const FIRST_NUMBER = 16;
const SECOND_NUMBER = 20;
/** Bytes for the texts: the first attempt, and the limit. The entry of a group lists its members. */
const TEXT_SIZE = 16384;
const LARGEST_TEXT_SIZE = 16 * 1024 * 1024;
const ERANGE = 34;

type Lookup = "getpwnam_r" | "getgrnam_r";

let library: ReturnType<typeof openLibrary<typeof accountSymbols>> | undefined;

/** Loads the functions. Call it before the `ffi` permission is dropped. */
export function prepareAccounts(): void {
  library ??= openLibrary(libcName(), accountSymbols);
}

/** The ids of a user, or `undefined` when no user has that name. @throws {Error} with the system's text. */
export function lookUpUser(name: string): UserNumbers | undefined {
  const found = lookUp("getpwnam_r", name);
  return found && {
    uid: found.getUint32(FIRST_NUMBER, true),
    gid: found.getUint32(SECOND_NUMBER, true),
  };
}

/** The id of a group, or `undefined` when no group has that name. @throws {Error} with the system's text. */
export function lookUpGroup(name: string): number | undefined {
  return lookUp("getgrnam_r", name)?.getUint32(FIRST_NUMBER, true);
}

function lookUp(lookup: Lookup, name: string): DataView | undefined {
  prepareAccounts();
  if (name.includes("\0")) return undefined;
  const structure = new Uint8Array(new ArrayBuffer(STRUCTURE_SIZE));
  const result = new BigUint64Array(new ArrayBuffer(8));
  for (let size = TEXT_SIZE; size <= LARGEST_TEXT_SIZE; size *= 4) {
    const status = library?.[lookup](
      toCString(name),
      structure,
      new Uint8Array(new ArrayBuffer(size)),
      BigInt(size),
      new Uint8Array(result.buffer),
    ) ?? 0;
    if (status === ERANGE) continue;
    if (result[0] !== 0n) return new DataView(structure.buffer);
    // Some systems report an unknown name as "no such process" or "no such file".
    if (status === 0 || NOT_FOUND.includes(status)) return undefined;
    throw new Error(`${lookup}: ${errorText(status)}`);
  }
  throw new Error(`${lookup}: ${errorText(ERANGE)}`);
}

/** ENOENT, ESRCH, EBADF, EPERM (getpwnam(3)). */
const NOT_FOUND: readonly number[] = [2, 3, 9, 1];
