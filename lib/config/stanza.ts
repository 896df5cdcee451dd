/**
 * One stanza of `access.conf`: parsed, checked and with its defaults.
 *
 * @module
 */
import type { Position } from "../errors/position.ts";
import type { Address } from "../net/address.ts";
import type { Prefix } from "../net/prefix.ts";
import type { Service } from "../net/service.ts";
import type { DigestName } from "../crypto/digest.ts";
import type { EncryptionMode } from "../crypto/encryption_mode.ts";
import type { NatTargets } from "./nat_targets.ts";

/** A SOURCE or DESTINATION list. */
export type AddressList = "any" | readonly Prefix[];

/** An HMAC key in the bytes that enter the HMAC. Never print one. */
export interface HmacKey {
  readonly key: Uint8Array;
  readonly type: DigestName;
}

/** The destination that FORCE_NAT gives connections. */
export interface ForcedNatTarget {
  readonly address: Address;
  /** 0 to 65535; 0 only with FORWARD_ALL. */
  readonly port: number;
}

/** A user of this system, looked up when the configuration was read. */
export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  /** The user's own group. */
  readonly gid: number;
}

/** A group of this system. */
export interface GroupAccount {
  readonly name: string;
  readonly gid: number;
}

/** How command messages are run (`docs/spec/server.md` 10). */
export interface CommandExecution {
  readonly user?: UserAccount;
  readonly group?: GroupAccount;
  readonly sudo?: { readonly user?: UserAccount; readonly group?: GroupAccount };
}

/** A command cycle in place of firewall rules (`docs/spec/server.md` 11). */
export interface CommandCycle {
  readonly open: string;
  /** Absent for `NONE`: something else closes. */
  readonly close?: string;
  /** Seconds until the close, at most `maxTimeout`; absent if not set. */
  readonly timer?: number;
}

/** GnuPG settings of a stanza (`docs/spec/server.md` 5.3). */
export interface GpgSettings {
  readonly homeDirectory?: string;
  readonly program?: string;
  readonly decryptId?: string;
  readonly passphrase?: string;
  readonly requireSignature: boolean;
  readonly ignoreSignatureErrors: boolean;
  readonly remoteIds: readonly string[];
  readonly fingerprints: readonly string[];
}

/** What the clients of one stanza may do, and how they authenticate. */
export interface Stanza {
  /** From 1, in the order read. */
  readonly number: number;
  readonly position: Position;
  /** SOURCE as written. */
  readonly sourceText: string;
  readonly source: AddressList;
  readonly destination: AddressList;
  /** Absent if clients may ask for any service. */
  readonly openPorts?: readonly Service[];
  readonly restrictPorts: readonly Service[];
  /** Key of the symmetric cipher, 1 to 32 bytes; absent if the stanza is for GnuPG only. */
  readonly encryptionKey?: Uint8Array;
  readonly encryptionMode: EncryptionMode;
  readonly hmac?: HmacKey;
  /** Seconds granted if the client names none, at most `maxTimeout`. */
  readonly accessTimeout: number;
  /** Seconds; no grant lasts longer. */
  readonly maxTimeout: number;
  /** Number of firewall rules that the stanza may have in force at a time. */
  readonly maxRules: number;
  /** Number of packets of its keys that are processed within a minute. */
  readonly maxPacketsPerMinute: number;
  readonly requireUsername?: string;
  readonly requireSourceAddress: boolean;
  /** Seconds since 1970 UTC after which the stanza admits no client. */
  readonly expires?: number;
  readonly commandExecution?: CommandExecution;
  readonly cycle?: CommandCycle;
  readonly forceNat?: ForcedNatTarget;
  /** Absent if NAT requests may name any destination. */
  readonly natTargets?: NatTargets;
  readonly forceSnat?: Address;
  readonly forceMasquerade: boolean;
  readonly forwardAll: boolean;
  readonly disableDnat: boolean;
  /** ENABLE_FORWARD_ACCESS N of the perl era: NAT requests to inside hosts (types 2 and 4) are refused. */
  readonly refuseForwardNat?: boolean;
  readonly gpg?: GpgSettings;
}
