/**
 * What one level of the client's settings sets: the rc file's `[default]`, a named stanza, the command line.
 *
 * @module
 */
import type { DigestName } from "../crypto/digest_name.ts";
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
