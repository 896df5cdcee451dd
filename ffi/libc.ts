/**
 * The C library: loading its tables and turning its -1 into errors with the system's own words.
 *
 * @module
 */
import { errorSymbols } from "./libc_symbols.ts";
import { type LibraryName, openLibrary } from "./library.ts";
import { platform } from "./platform.ts";

/** Numbers of `errno` that are named in code, by their Linux and macOS values. */
const ERRNO_NAMES: Readonly<Record<"linux" | "darwin", Readonly<Record<number, string>>>> = {
  linux: {
    1: "EPERM",
    2: "ENOENT",
    4: "EINTR",
    11: "EAGAIN",
    13: "EACCES",
    19: "ENODEV",
    28: "ENOSPC",
    30: "EROFS",
    97: "EAFNOSUPPORT",
    98: "EADDRINUSE",
    99: "EADDRNOTAVAIL",
    100: "ENETDOWN",
    101: "ENETUNREACH",
    105: "ENOBUFS",
    111: "ECONNREFUSED",
    112: "EHOSTDOWN",
    113: "EHOSTUNREACH",
    115: "EINPROGRESS",
  },
  darwin: {
    1: "EPERM",
    2: "ENOENT",
    4: "EINTR",
    13: "EACCES",
    19: "ENODEV",
    28: "ENOSPC",
    30: "EROFS",
    35: "EAGAIN",
    36: "EINPROGRESS",
    47: "EAFNOSUPPORT",
    48: "EADDRINUSE",
    49: "EADDRNOTAVAIL",
    50: "ENETDOWN",
    51: "ENETUNREACH",
    55: "ENOBUFS",
    61: "ECONNREFUSED",
    64: "EHOSTDOWN",
    65: "EHOSTUNREACH",
  },
};

/** A system call that failed: `bind: Address already in use`. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  /** @param code symbolic name, or the number as text. @param reason the system's own words. */
  constructor(readonly call: string, readonly code: string, readonly reason: string) {
    super(`${call}: ${reason}`);
  }
}

/** How to find the C library. */
export function libcName(): LibraryName {
  return { candidates: [platform().libc], hint: "fwknop needs glibc 2.27 or newer, or macOS" };
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

let errors: ReturnType<typeof openLibrary<typeof errorSymbols>> | undefined;

function errorFunctions(): NonNullable<typeof errors> {
  return errors ??= openLibrary(libcName(), errorSymbols);
}

const errnoBytes = new Uint8Array(new ArrayBuffer(8));
const errnoView = new DataView(errnoBytes.buffer);
const FOUR = 4n;

/**
 * `errno` of the call that was made last on this thread.
 *
 * The engine makes no system call of its own between two synchronous calls into C in practice
 * (tried: 900,000 failing calls with garbage collections in between, none misread), but nothing
 * promises it. So the number only chooses words; control flow uses it where a wrong guess costs
 * another turn of a loop, never where it could open or keep something. Calls on another thread
 * (`nonblocking`) leave theirs behind: there is no errno for `poll`.
 */
export function errno(): number {
  const functions = errorFunctions();
  const location = functions[platform().errnoFunction]?.() ?? null;
  if (location === null) return 0;
  functions.memcpy(errnoBytes, location, FOUR);
  return errnoView.getInt32(0, true);
}

/** The error of the call that was made last. */
export function lastError(call: string): SystemError {
  const number = errno();
  return new SystemError(call, errorCode(number), errorText(number));
}

/** The symbolic name of an error number, or the number as text for one that no code asks about. */
export function errorCode(number: number): string {
  const names = ERRNO_NAMES[Deno.build.os === "darwin" ? "darwin" : "linux"];
  return names[number] ?? String(number);
}

/** What the system calls an error number: `Address already in use`. */
export function errorText(number: number): string {
  const buffer = new Uint8Array(256);
  const fill = errorFunctions()[platform().errorTextFunction];
  if (fill === null || fill(number, buffer, BigInt(buffer.length)) !== 0) return `error ${number}`;
  return fromCString(buffer);
}

/** Loads the error functions, which is impossible once the `ffi` permission is dropped. */
export function prepareErrors(): void {
  errorFunctions();
}

/**
 * Returns a result that is not -1.
 *
 * @throws {SystemError} when it is.
 */
export function check(result: number, call: string): number {
  if (result !== -1) return result;
  throw lastError(call);
}

/** Text as C wants it. @throws {TypeError} when it holds a zero byte. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new TypeError(`Text for C may not contain a zero byte: ${text}`);
  const bytes = new Uint8Array(encoder.encode(text).length + 1);
  encoder.encodeInto(text, bytes);
  return bytes;
}

/** Text up to the first zero byte. */
export function fromCString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
