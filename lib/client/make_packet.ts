/**
 * From a request to the packet: names, times and random values are inputs, so that the result is exact.
 *
 * @module
 */
import { SPA_ERRORS, type SpaErrorName, type SpaFailure } from "../spa/error.ts";
import { MessageType, PROTOCOL_VERSION, type SpaMessage } from "../spa/message.ts";
import type { SealedPacket } from "../spa/seal.ts";
import type { KnockKeys } from "./keys.ts";
import { libraryError, Problem, usageProblem } from "./problem.ts";
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
  return sealed.ok ? sealed.value : explain(sealed, message, ingredients);
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
  return sealed.ok ? sealed.value : gpgProblem(sealed) ?? explain(sealed, message, ingredients);
}

const TOO_LONG: readonly SpaErrorName[] = [
  "INVALID_DATA_ENCRYPT_TYPE_UNKNOWN",
  "NO_ENCRYPTION_TYPE_MATCH",
  "DATA_TOO_LARGE",
  "INVALID_DATA_DECODE_MESSAGE_TOOBIG",
];

function explain(failure: SpaFailure, message: SpaMessage, used: PacketIngredients): Problem {
  const { error, detail } = failure;
  const call = callOf(error, used.usernameFromEnvironment);
  const { code, text } = SPA_ERRORS[error];
  const reference = code === undefined ? text : libraryError(call, code, text);
  if (error.includes("USER_") || error.includes("USERNAME")) {
    return usageProblem(`the user name '${message.username}' cannot be sent`, {
      hint:
        "use -U with 1 to 48 letters, digits, blanks or any of ! # $ % & ' ( ) - . @ ^ _ ` { } ~",
      reference,
    });
  }
  if (TOO_LONG.includes(error)) {
    const size = detail === undefined ? "" : ` (${detail})`;
    return usageProblem(`the request is too long: no server could read the packet${size}`, {
      hint: message.type === 0
        ? "shorten the command or the user name"
        : "ask for fewer services, or for a range through several knocks",
      reference,
    });
  }
  if (error === "INVALID_DATA_DECODE_TIMESTAMP_DECODEFAIL") {
    return usageProblem(`the time stamp ${message.timestamp} cannot be sent`, {
      hint: "use a smaller time offset",
      reference,
    });
  }
  const known = detail === undefined ? text : `${text}: ${detail}`;
  return new Problem(known, { reference });
}

/** The function of libfko that the C client would name. */
function callOf(error: SpaErrorName, usernameFromEnvironment: boolean): string {
  if (error.includes("_USER_")) return usernameFromEnvironment ? "fko_new" : "fko_set_username";
  if (error === "INVALID_SPA_NAT_ACCESS_MSG") return "fko_set_nat_access_str";
  if (error.startsWith("INVALID_SPA") || error === "INVALID_ALLOW_IP") return "fko_set_spa_message";
  return error === "DATA_TOO_LARGE" ? "fko_set_spa_message" : "fko_spa_data_final";
}
