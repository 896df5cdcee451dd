/**
 * What one knock is to be, put together from its levels: built-in < `[default]` < named stanza <
 * command line.
 *
 * Each level is read by itself and says only what it sets; a later level wins, variable by variable. That is
 * what the C client promises and mostly does; the exceptions of `docs/spec/client.md` 4 (a `Y` that nothing undoes,
 * an address that defeats `-R`, keys chosen by kind) are its defects and are not copied.
 *
 * @module
 */
import type { DigestName } from "../crypto/digest.ts";
import type { EncryptionMode } from "../crypto/encryption_mode.ts";
import type { Transport } from "./transport.ts";

/** Where a key comes from. */
export type KeySource =
  /** The key itself, with the variable and the text it was written as. Never print one. */
  | {
    readonly kind: "bytes";
    readonly bytes: Uint8Array;
    readonly variable: string;
    readonly written: string;
  }
  /** A file of `destination:key` lines. */
  | { readonly kind: "file"; readonly path: string }
  /** A line of what a program prints. */
  | { readonly kind: "command"; readonly command: string }
  /** The next line of a descriptor. */
  | { readonly kind: "descriptor"; readonly descriptor: number };

/** The address to admit, as far as the settings say. */
export type AllowSetting =
  /** As written, to be checked. */
  | { readonly kind: "address"; readonly text: string }
  /** Whatever address the packet comes from. */
  | { readonly kind: "source" };

/** What one level sets. */
export interface SettingsLevel {
  digest?: DigestName;
  transport?: Transport;
  serverPort?: number;
  sourcePort?: number;
  /** Seconds; 0 asks for the server's own time. */
  timeout?: number;
  allow?: AllowSetting;
  /** Whether to find out the public address, for which an address at the same level is not replaced. */
  resolve?: boolean;
  resolveHttpOnly?: boolean;
  resolveUrl?: string;
  /** Seconds, negative for the past. */
  timeOffset?: number;
  mode?: EncryptionMode;
  useGpg?: boolean;
  gpgAgent?: boolean;
  gpgRecipient?: string;
  gpgSigner?: string;
  gpgHomeDirectory?: string;
  gpgProgram?: string;
  gpgNoPassphrase?: boolean;
  user?: string;
  spoofSource?: string;
  access?: string;
  server?: string;
  randomPort?: boolean;
  /** The symmetric key, or the passphrase of the signing key. */
  key?: KeySource;
  hmacKey?: KeySource;
  hmacDigest?: DigestName;
  useHmac?: boolean;
  wgetUserAgent?: boolean;
  natAccess?: string;
  userAgent?: string;
  ipv4Only?: boolean;
  ipv6Only?: boolean;
  natLocal?: boolean;
  natRandomPort?: boolean;
  natPort?: number;
  /** 0 to 4 or more. */
  verbosity?: number;
  wgetCommand?: string;
  saveArguments?: boolean;
  command?: string;
  /** `[http://]host[:port]`. */
  proxy?: string;
  icmpType?: number;
  icmpCode?: number;
  /** Where keys that nothing else gives are read, in place of the terminal. */
  keyDescriptor?: number;
  /** Program for keys that nothing else gives. */
  keyCommand?: string;
  /** Seconds to try the port after the knock; 0: do not try. */
  wait?: number;
  /** Seconds until the next knock, to hold the grant; 0: before it ends. */
  repeat?: number;
  test?: boolean;
  packetFile?: string;
  appendPacket?: boolean;
}

/** All levels together. `resolve` and `allow` exclude each other. */
export type Settings = Readonly<SettingsLevel>;

/** Values of the options and variables that nobody sets. */
export const DEFAULTS = {
  digest: "sha256",
  transport: "udp",
  serverPort: 62201,
  mode: "cbc",
  hmacDigest: "sha256",
  wait: 10,
} as const satisfies SettingsLevel;

/** Puts the levels together, weakest first. */
export function mergeLevels(levels: readonly Readonly<SettingsLevel>[]): Settings {
  const merged: SettingsLevel = {};
  for (const level of levels) {
    const { allow, resolve } = merged;
    Object.assign(merged, level);
    if (level.allow !== undefined) delete merged.resolve;
    else if (level.resolve === true) delete merged.allow;
    else if (level.resolve === false) keepAllow(merged, allow, resolve);
    // --stdin on the command line beats a key in a file, and a key on the command line beats --stdin.
    if (level.keyDescriptor !== undefined && level.key === undefined) {
      merged.key = { kind: "descriptor", descriptor: level.keyDescriptor };
    } else if (level.keyCommand !== undefined && level.key === undefined) {
      merged.key = { kind: "command", command: level.keyCommand };
    }
  }
  return merged;
}

/** Switching resolving off leaves an address that a weaker level named. */
function keepAllow(
  merged: SettingsLevel,
  allow: AllowSetting | undefined,
  resolve: boolean | undefined,
): void {
  delete merged.resolve;
  if (resolve !== true && allow !== undefined) merged.allow = allow;
}
