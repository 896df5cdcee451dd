/**
 * The kinds of variables of `access.conf`, and the types of their values.
 *
 * @module
 */
import type { DigestName } from "../crypto/digest.ts";
import type { EncryptionMode } from "../crypto/encryption_mode.ts";
import type { Address } from "../net/address.ts";
import type { Prefix } from "../net/prefix.ts";
import type { Service } from "../net/service.ts";
import type { NatTargets } from "./nat_targets.ts";

/** A SOURCE or DESTINATION list. */
export type AddressList = "any" | readonly Prefix[];

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

/** The kinds of variables of `access.conf`, and the type of each kind once parsed. */
export interface AccessKinds {
  /** `y…` or `n…`. */
  boolean: boolean;
  /** Decimal digits, within the range of the row. */
  integer: number;
  /** Anything. */
  text: string;
  /** One word of few letters (`client_name.ts`). */
  "client name": string;
  /** `docs/spec/server.md` 5.5. */
  addresses: AddressList;
  /** `docs/spec/server.md` 5.6. */
  services: readonly Service[];
  /** The rest of the line, as bytes. */
  passphrase: Uint8Array;
  /** The bytes that the base64 text stands for. */
  base64: Uint8Array;
  digest: DigestName;
  mode: EncryptionMode;
  /** `MM/DD/YYYY`: local midnight, in seconds since 1970 UTC. */
  date: number;
  /** Seconds since 1970 UTC; 0 means never. */
  epoch: number;
  /** A user of this system. */
  user: UserAccount;
  /** A group of this system. */
  group: GroupAccount;
  /** A command line of 1 to 255 characters. */
  command: string;
  /** `ADDRESS PORT`. */
  "nat target": ForcedNatTarget;
  /** Items, joined by commas; an item is a place and its services. */
  "nat targets": NatTargets;
  address: Address;
  /** A folder that exists. */
  folder: string;
  /** GnuPG key ids or fingerprints, separated by commas. */
  "key ids": readonly string[];
}
