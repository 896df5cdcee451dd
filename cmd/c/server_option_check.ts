/**
 * The checks that the C daemon makes on its options before it does anything else (`docs/spec/server.md` 3).
 *
 * @module
 */
import { type GivenOption } from "../../lib/config/option.ts";
import { systemReasonOf } from "../../lib/errors/reason.ts";

/** The C daemon's lines about the first bad option, or `undefined`. */
export function checkServerOptions(options: readonly GivenOption[]): string | undefined {
  for (const { name, value } of options) {
    const problem = CHECKS[name]?.(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type Check = (value: string) => string | undefined;

const CHECKS: Readonly<Record<string, Check>> = {
  "access-file": path(isPlainFile, (value) => `[*] Invalid access.conf file path '${value}'`),
  "access-folder": path(
    isFolder,
    (value) =>
      `[*] Invalid access folder directory '${value}' could not lstat(), does not exist, or too large?`,
  ),
  "pcap-file": path(isPlainFile, (value) => `[*] Invalid pcap file path '${value}'`),
  "gpg-home-dir": path(
    isFolder,
    (value) => `[*] gpg home directory '${value}' could not lstat(), does not exist, or too large?`,
  ),
  "gpg-exe": path(
    isProgram,
    (value) => `[*] gpg path '${value}' could not lstat()/not executable?`,
  ),
  "sudo-exe": path(
    isProgram,
    (value) => `[*] sudo path '${value}' could not stat()/not executable?`,
  ),
  "packet-limit": (value) =>
    /^[0-9]{1,9}$/.test(value) ? undefined : `[*] invalid -C packet count limit '${value}'`,
  "afl-fuzzing": () => NO_FUZZING,
  "afl-pkt-file": () => NO_FUZZING,
  "fault-injection-tag": () => "[*] fwknopd not compiled with libfiu support",
};

const NO_FUZZING = "[*] fwknopd not compiled with AFL fuzzing support";

/** Paths must be shorter than this, in bytes, as in the C daemon. */
const LONGEST_PATH = 1024;

function path(
  isGood: (info: Deno.FileInfo) => boolean,
  complain: (value: string) => string,
): Check {
  return (value) => {
    try {
      return isGood(Deno.lstatSync(value)) ? undefined : complain(value);
    } catch (error) {
      if (new TextEncoder().encode(value).length >= LONGEST_PATH) {
        return `[-] Provided path is too long\n${complain(value)}`;
      }
      const reason = systemReasonOf(error);
      return `[-] unable to lstat() path: ${value}: ${reason}\n${complain(value)}`;
    }
  };
}

/** Refuses links, as the C daemon does for paths on its command line. */
function isPlainFile(info: Deno.FileInfo): boolean {
  return info.isFile;
}

function isFolder(info: Deno.FileInfo): boolean {
  return info.isDirectory;
}

/** Accepts a link: programs are often links of the alternatives system. */
function isProgram(info: Deno.FileInfo): boolean {
  return info.isSymlink || (info.isFile && ((info.mode ?? 0) & 0o111) !== 0);
}
