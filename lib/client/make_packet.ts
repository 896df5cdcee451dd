/**
 * Makes the packet of a request. User name, time and random values are inputs, so the same inputs make the same packet.
 *
 * @module
 */
import type { SpaFailure } from "../spa/error.ts";
import { MessageType, PROTOCOL_VERSION, type SpaMessage } from "../spa/message.ts";
import type { SealedPacket } from "../spa/seal.ts";
import type { KnockKeys } from "./keys.ts";
import type { Problem } from "./problem.ts";
import type { KnockRequest } from "./request.ts";
import { sealForSending } from "./seal.ts";
import type { GpgSealing, Sealing } from "./plan.ts";

/** What goes into the packet besides the request. */
export interface PacketIngredients {
  readonly username: string;
  /** The user name comes from the environment, not from a setting. */
  readonly usernameFromEnvironment: boolean;
  /** Seconds since 1970 UTC, the offset included. */
  readonly timestamp: number;
  /** 16 random digits. */
  readonly randomValue: string;
  /** 8 random bytes. */
  readonly salt: Uint8Array;
}

/** The message of a request. */
export function composeMessage(
  request: KnockRequest,
  { username, timestamp, randomValue }: PacketIngredients,
): SpaMessage {
  return {
    randomValue,
    username,
    timestamp,
    version: PROTOCOL_VERSION,
    type: request.type,
    message: request.message,
    ...(request.natAccess === undefined ? {} : { natAccess: request.natAccess }),
    ...(request.clientTimeout === undefined ? {} : { clientTimeout: request.clientTimeout }),
  };
}

/** Seals the message with the keys, or says why a server would refuse it. */
export async function makePacket(
  message: SpaMessage,
  sealing: Sealing,
  keys: KnockKeys,
  ingredients: PacketIngredients,
): Promise<SealedPacket | Problem> {
  if (sealing.kind === "gpg") return await makeGpgPacket(message, sealing, keys, ingredients);
  const sealed = await sealForSending(message, {
    encryptionKey: keys.encryptionKey,
    mode: sealing.mode,
    digestName: sealing.digest,
    hmac: keys.hmac,
    salt: ingredients.salt,
    // Only a stanza that allows commands accepts a command message.
    commandStanza: message.type === MessageType.command,
  });
  return sealed.ok ? sealed.value : await explain(sealed, message, ingredients);
}

/** Loads the code for GnuPG, which most knocks do not need. */
async function makeGpgPacket(
  message: SpaMessage,
  sealing: GpgSealing,
  keys: KnockKeys,
  ingredients: PacketIngredients,
): Promise<SealedPacket | Problem> {
  const { gpgProblem, sealWithGpg } = await import("./gpg.ts");
  const sealed = await sealWithGpg(message, sealing, keys);
  return sealed.ok
    ? sealed.value
    : gpgProblem(sealed) ?? await explain(sealed, message, ingredients);
}

/** Loads the texts about errors, which most knocks do not need. */
async function explain(
  failure: SpaFailure,
  message: SpaMessage,
  { usernameFromEnvironment }: PacketIngredients,
): Promise<Problem> {
  const { sealProblem } = await import("./seal_problem.ts");
  return sealProblem(failure, message, usernameFromEnvironment);
}
