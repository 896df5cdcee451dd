/**
 * A knock before it leaves.
 *
 * @module
 */
import type { Ports } from "../lib/client/deliver.ts";
import type { KnockKeys } from "../lib/client/keys.ts";
import type { KnockRequest } from "../lib/client/request.ts";
import type { SpaMessage } from "../lib/spa/message.ts";
import type { SealedPacket } from "../lib/spa/seal.ts";

/** A packet, and what it was made from. */
export interface Knock {
  readonly request: KnockRequest;
  readonly message: SpaMessage;
  readonly packet: SealedPacket;
  readonly keys: KnockKeys;
  readonly ports: Ports;
}
