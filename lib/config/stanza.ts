/**
 * One stanza of `access.conf`: parsed, checked and with its defaults.
 *
 * @module
 */
import type { Position } from "../errors/position.ts";
import type { Service } from "../net/service.ts";
import type { DigestName } from "../crypto/digest.ts";
import type { EncryptionMode } from "../crypto/encryption_mode.ts";
import type { AddressList, ForcedNatTarget, GroupAccount, UserAccount } from "./access_kinds.ts";
import type { StanzaMembers } from "./access_variables.ts";
import type { NatTargets } from "./nat_targets.ts";

/** An HMAC key in the bytes that enter the HMAC. Never print one. */
export interface HmacKey {
  readonly key: Uint8Array;
  readonly type: DigestName;
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

/**
 * What the clients of one stanza may do, and how they authenticate. {@link StanzaMembers} has the members that are the
 * value of one variable.
 */
export interface Stanza extends StanzaMembers {
  /** From 1, in the order read. */
  readonly number: number;
  readonly position: Position;
  /** SOURCE as written. */
  readonly sourceText: string;
  readonly source: AddressList;
  readonly restrictPorts: readonly Service[];
  /** Key of the symmetric cipher, 1 to 32 bytes; absent if the stanza is for GnuPG only. */
  readonly encryptionKey?: Uint8Array;
  readonly encryptionMode: EncryptionMode;
  readonly hmac?: HmacKey;
  /** Seconds granted if the client names none, at most `maxTimeout`. */
  readonly accessTimeout: number;
  /** Seconds; no grant lasts longer. */
  readonly maxTimeout: number;
  readonly requireSourceAddress: boolean;
  /** Seconds since 1970 UTC after which the stanza admits no client. */
  readonly expires?: number;
  readonly commandExecution?: CommandExecution;
  readonly cycle?: CommandCycle;
  readonly forceNat?: ForcedNatTarget;
  /** Absent if NAT requests may name any destination. */
  readonly natTargets?: NatTargets;
  /** ENABLE_FORWARD_ACCESS N of the perl era: NAT requests to inside hosts (types 2 and 4) are refused. */
  readonly refuseForwardNat?: boolean;
  readonly gpg?: GpgSettings;
}
