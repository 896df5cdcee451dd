/**
 * Finds, checks and reads `.fwknoprc` (`docs/spec/client.md` 4).
 *
 * @module
 */
import { visible } from "../one_line.ts";
import type { Diagnostic } from "../errors/diagnostic.ts";
import { type Fwknoprc, parseFwknoprc } from "../config/fwknoprc.ts";
import { bytesText, textBytes } from "../crypto/bytes.ts";
import { foreignEncoding, withoutMark } from "../files/file_text.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { Problem } from "./problem.ts";
import type { EncodeText } from "../config/client_kinds.ts";

/** A file that was read. */
export interface RcFile {
  readonly rc: Fwknoprc;
  /** Returns the original bytes of a text from the file: a passphrase need not be UTF-8. */
  readonly encode: EncodeText;
  readonly warnings: readonly Diagnostic[];
}

/** Path of the user's file, or `undefined` without a home directory. */
export function defaultRcPath(env: (name: string) => string | undefined): string | undefined {
  const home = env(Deno.build.os === "windows" ? "USERPROFILE" : "HOME");
  return home === undefined || home === "" ? undefined : `${home}/.fwknoprc`;
}

/** Reads the file; `"absent"` if it does not exist. */
export function readRcFile(path: string): RcFile | "absent" | Problem {
  let bytes: Uint8Array | undefined;
  let warnings: readonly Diagnostic[];
  try {
    // Synchronous: reading a small file takes less time than handing it to another thread.
    const info = ifThere(() => Deno.statSync(path));
    if (info === undefined) return "absent";
    warnings = checkPrivate(path, info);
    bytes = ifThere(() => Deno.readFileSync(path));
  } catch (error) {
    return new Problem(`cannot read ${path}: ${systemReasonOf(error)}`, {
      reference: `Unable to open rc file: ${path}: ${systemReasonOf(error)}`,
    });
  }
  if (bytes === undefined) return "absent";
  bytes = withoutMark(bytes);
  const foreign = foreignEncoding(bytes, path);
  if (foreign !== undefined) return new Problem(foreign.text, { hint: foreign.hint });
  const { text, encode } = decodeText(bytes);
  return { rc: parseFwknoprc(text, path), encode, warnings };
}

/**
 * Warnings about the permissions of a file that holds keys. The run continues (`docs/spec/client.md` 4 and 17).
 */
function checkPrivate(path: string, info: Deno.FileInfo): Diagnostic[] {
  const findings: Diagnostic[] = [];
  // The path is escaped only for a warning, because the pattern costs 0.4 ms of a knock.
  const warn = (text: string, hint?: string) =>
    findings.push({ severity: "warning", text, ...(hint === undefined ? {} : { hint }) });
  if (!info.isFile) warn(`[-] file: ${visible(path)} is not a regular file or symbolic link.`);
  if (info.mode !== null && (info.mode & 0o777) !== 0o600) {
    warn(
      `[-] file: ${visible(path)} permissions should only be user read/write (0600, -rw-------)`,
      `chmod 600 ${visible(path)}`,
    );
  }
  if (info.uid !== null && info.uid !== Deno.uid()) {
    warn(`[-] file: ${visible(path)} not owned by current effective user id`);
  }
  return findings;
}

/** Decodes UTF-8. Text that is not UTF-8 becomes one character per byte, so that no byte is lost. */
function decodeText(bytes: Uint8Array): { text: string; encode: EncodeText } {
  const utf8 = bytesText(bytes);
  if (utf8 !== undefined) return { text: utf8, encode: textBytes };
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return {
    text,
    encode: (part) => Uint8Array.from(part, (character) => character.charCodeAt(0)),
  };
}
