/**
 * The C library: loads its tables and turns a result of -1 into an error with the system's text.
 *
 * @module
 */
import { errorSymbols } from "./libc_symbols.ts";
import { type LibraryName, openLibrary } from "./library.ts";
import { platform } from "./platform.ts";

/** The values of `errno` that code names, for Linux and macOS. */
const ERRNO_NAMES: Readonly<Record<"linux" | "darwin", Readonly<Record<number, string>>>> = {
  linux: {
    1: "EPERM",
    2: "ENOENT",
    4: "EINTR",
    11: "EAGAIN",
    13: "EACCES",
    19: "ENODEV",
    20: "ENOTDIR",
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
    20: "ENOTDIR",
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

/** A system call failed: `bind: Address already in use`. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  /** @param code symbolic name, or the number as text. @param reason the system's text. */
  constructor(readonly call: string, readonly code: string, readonly reason: string) {
    super(`${call}: ${reason}`);
  }
}

/** How to find the C library. */
export function libcName(): LibraryName {
  return { candidates: platform().libc, hint: "fwknop needs glibc 2.27 or newer, or macOS" };
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
 * `errno` of the most recent call on this thread.
 *
 * In practice the engine makes no system call of its own between two synchronous calls into C (tried:
 * 900,000 failing calls with garbage collections in between, none misread), but no documentation
 * promises it. So the number chooses the error text. Control flow uses it only where a wrong value
 * costs one more turn of a loop, never where it could open or keep something. A call on another
 * thread (`nonblocking`) sets the errno of that thread: `poll` has no errno here.
 */
export function errno(): number {
  const functions = errorFunctions();
  const location = functions[platform().errnoFunction]?.() ?? null;
  if (location === null) return 0;
  functions.memcpy(errnoBytes, location, FOUR);
  return errnoView.getInt32(0, true);
}

/** The error of the most recent call. */
export function lastError(call: string): SystemError {
  const number = errno();
  return new SystemError(call, errorCode(number), errorText(number));
}

/** The symbolic name of an error number, or the number as text when the table has no name for it. */
export function errorCode(number: number): string {
  const names = ERRNO_NAMES[Deno.build.os === "darwin" ? "darwin" : "linux"];
  return names[number] ?? String(number);
}

/** The system's text for an error number: `Address already in use`. */
export function errorText(number: number): string {
  const buffer = new Uint8Array(256);
  const fill = errorFunctions()[platform().errorTextFunction];
  if (fill === null || fill(number, buffer, BigInt(buffer.length)) !== 0) return `error ${number}`;
  return fromCString(buffer);
}

/** Loads the error functions. Call it before the `ffi` permission is dropped. */
export function prepareErrors(): void {
  errorFunctions();
}

/**
 * Returns the result unless it is -1.
 *
 * @throws {SystemError} when it is -1.
 */
export function check(result: number, call: string): number {
  if (result !== -1) return result;
  throw lastError(call);
}

/** Encodes text with a terminating zero byte. @throws {TypeError} when the text contains a zero byte. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new TypeError(`Text for C may not contain a zero byte: ${text}`);
  const bytes = new Uint8Array(encoder.encode(text).length + 1);
  encoder.encodeInto(text, bytes);
  return bytes;
}

/** The text up to the first zero byte. */
export function fromCString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
