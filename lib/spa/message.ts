/**
 * The SPA message for client and server, before it becomes fields on the wire (`docs/spec/wire.md` 3).
 *
 * @module
 */

/** What a message asks for. The value is the number on the wire (`docs/spec/wire.md` 3.2). */
export const MessageType = {
  command: 0,
  access: 1,
  natAccess: 2,
  timeoutAccess: 3,
  timeoutNatAccess: 4,
  localNatAccess: 5,
  timeoutLocalNatAccess: 6,
} as const;

/** One of the seven message types. */
export type MessageType = typeof MessageType[keyof typeof MessageType];

/** The decoded content of one packet. Texts are decoded from base64 and already checked. */
export interface SpaMessage {
  /** Exactly 16 decimal digits. */
  readonly randomValue: string;
  /** 1 to 48 bytes of printable ASCII without the characters of `docs/spec/wire.md` 3.3. */
  readonly username: string;
  /** Seconds since 1970 UTC, 0 to 4294967295. */
  readonly timestamp: number;
  /** Format version of the sender, 1 to 8 characters; `3.0.0` today. */
  readonly version: string;
  readonly type: MessageType;
  /** `address,proto/port[,…]` or, for a command, `address,command`. */
  readonly message: string;
  /** `host,port`; present for the NAT types only. */
  readonly natAccess?: string;
  /** Part of the format. No shipped client sets it, and the server ignores it. */
  readonly serverAuth?: string;
  /** Seconds, 0 to 65536; present for the timeout types only. */
  readonly clientTimeout?: number;
}

/** The version that every current client writes. */
export const PROTOCOL_VERSION = "3.0.0";

/** Whether the type carries a `natAccess` field. */
export function hasNatAccess(type: MessageType): boolean {
  return type === 2 || type >= 4;
}

/** Whether the type carries a `clientTimeout` field. */
export function hasClientTimeout(type: MessageType): boolean {
  return type === 3 || type === 4 || type === 6;
}

/** Whether the NAT target is the server itself. */
export function isLocalNat(type: MessageType): boolean {
  return type >= 5;
}
