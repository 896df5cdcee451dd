/**
 * One stanza of `access.conf`, parsed, checked and with its defaults filled in.
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

/** A key, in the bytes that enter the derivation or the HMAC. Never print one. */
export interface HmacKey {
  readonly key: Uint8Array;
  readonly type: DigestName;
}

/** Where FORCE_NAT sends a connection. */
export interface NatTarget {
  readonly address: Address;
  /** 0 to 65535; 0 with FORWARD_ALL only. */
  readonly port: number;
}

/** A user of this system, as it was when the configuration was read. */
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

/** Running command messages (`docs/spec/server.md` 10). */
export interface CommandExecution {
  readonly user?: UserAccount;
  readonly group?: GroupAccount;
  readonly sudo?: { readonly user?: UserAccount; readonly group?: GroupAccount };
}

/** A command cycle in place of firewall rules (`docs/spec/server.md` 11). */
export interface CommandCycle {
  readonly open: string;
  /** Absent: `NONE`, something else closes. */
  readonly close?: string;
  /** Seconds until the close, already within `maxTimeout`; absent: not set. */
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

/** What one kind of client may do, and how it proves who it is. */
export interface Stanza {
  /** From 1, in the order read. */
  readonly number: number;
  readonly position: Position;
  /** SOURCE as written. */
  readonly sourceText: string;
  readonly source: AddressList;
  readonly destination: AddressList;
  /** Absent: any service may be asked for. */
  readonly openPorts?: readonly Service[];
  readonly restrictPorts: readonly Service[];
  /** Key of the symmetric cipher, 1 to 32 bytes; absent when the stanza is for GnuPG only. */
  readonly encryptionKey?: Uint8Array;
  readonly encryptionMode: EncryptionMode;
  readonly hmac?: HmacKey;
  /** Seconds granted when the client names none, already within `maxTimeout`. */
  readonly accessTimeout: number;
  /** Seconds; no grant lasts longer. */
  readonly maxTimeout: number;
  /** Firewall rules that it may have in force at a time. */
  readonly maxRules: number;
  /** Packets of its keys that count within a minute. */
  readonly maxPacketsPerMinute: number;
  readonly requireUsername?: string;
  readonly requireSourceAddress: boolean;
  /** Seconds since 1970 UTC after which the stanza admits nobody. */
  readonly expires?: number;
  readonly commandExecution?: CommandExecution;
  readonly cycle?: CommandCycle;
  readonly forceNat?: NatTarget;
  /** Absent: the ends that a NAT request may name are not listed. */
  readonly natTargets?: NatTargets;
  readonly forceSnat?: Address;
  readonly forceMasquerade: boolean;
  readonly forwardAll: boolean;
  readonly disableDnat: boolean;
  /** Perl era's ENABLE_FORWARD_ACCESS N: NAT requests to inside hosts (types 2 and 4) are refused. */
  readonly refuseForwardNat?: boolean;
  readonly gpg?: GpgSettings;
}
