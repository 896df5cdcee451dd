/**
 * From a request to the packet: names, times and random values are inputs, so that the result is exact.
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

/** What the packet is made of besides the request. */
export interface PacketIngredients {
  readonly username: string;
  /** The user name was not asked for but found in the environment. */
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

/** Seals the message with the keys, or says why no server would take it. */
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
    // Only a stanza that allows commands can want a command message.
    commandStanza: message.type === MessageType.command,
  });
  return sealed.ok ? sealed.value : await explain(sealed, message, ingredients);
}

/** Loaded only when it is wanted: most knocks do without. */
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

/** Texts about errors are loaded for an error. */
async function explain(
  failure: SpaFailure,
  message: SpaMessage,
  { usernameFromEnvironment }: PacketIngredients,
): Promise<Problem> {
  const { sealProblem } = await import("./seal_problem.ts");
  return sealProblem(failure, message, usernameFromEnvironment);
}
