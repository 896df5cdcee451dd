/**
 * Refuses messages that every decoder would refuse.
 *
 * @module
 */
import { textBytes } from "../crypto/bytes.ts";
import { parseAddress } from "../net/address.ts";
import { failure } from "../errors/result.ts";
import type { SpaFailure } from "./error.ts";
import { isRandomValue } from "./field.ts";
import {
  MAX_CLIENT_TIMEOUT,
  MAX_ENCODER_MESSAGE_LENGTH,
  MAX_ENCODER_NAT_LENGTH,
  MAX_ENCODER_SERVER_AUTH_LENGTH,
  MAX_MESSAGE_LENGTH,
  MAX_TIMESTAMP,
  MAX_USERNAME_LENGTH,
  MAX_VERSION_LENGTH,
} from "./limits.ts";
import { hasClientTimeout, hasNatAccess, type SpaMessage } from "./message.ts";
import { parseMessageText, parseNatAccess } from "./request.ts";
import { hasUsernameCharacters } from "./username.ts";

/**
 * Why the message cannot be sent, or `undefined`. Names are those of the C encoder (`docs/spec/wire.md` 12). Where the
 * C encoder sends a message that no decoder accepts, the name is the decoder's.
 *
 * @throws {TypeError} when a field is there that the type does not have, or a field that the type needs is missing.
 */
export function checkMessage(message: SpaMessage): SpaFailure | undefined {
  checkShape(message);
  if (!isRandomValue(message.randomValue)) return failure("INVALID_DATA_RAND_LEN_VALIDFAIL");
  return checkUsername(message.username) ?? checkNumbers(message) ?? checkText(message) ??
    checkOptionalTexts(message);
}

function checkUsername(username: string): SpaFailure | undefined {
  if (username === "") return failure("INVALID_DATA_USER_MISSING");
  if (!hasUsernameCharacters(username.charAt(0))) {
    return failure("INVALID_DATA_USER_FIRSTCHAR_VALIDFAIL");
  }
  if (!hasUsernameCharacters(username)) return failure("INVALID_DATA_USER_REMCHAR_VALIDFAIL");
  return username.length > MAX_USERNAME_LENGTH
    ? failure("INVALID_DATA_DECODE_USERNAME_TOOBIG", `${username.length} bytes`)
    : undefined;
}

function checkNumbers(message: SpaMessage): SpaFailure | undefined {
  const { timestamp, version, clientTimeout = 0 } = message;
  if (!isWholeNumber(timestamp, MAX_TIMESTAMP)) {
    return failure("INVALID_DATA_DECODE_TIMESTAMP_DECODEFAIL", `${timestamp} seconds`);
  }
  if (version === "") return failure("INVALID_DATA_DECODE_VERSION_MISSING");
  if (version.length > MAX_VERSION_LENGTH) return failure("INVALID_DATA_DECODE_VERSION_TOOBIG");
  if (!/^[\x20-\x39\x3b-\x7e]+$/.test(version)) return failure("INVALID_DATA_DECODE_NON_ASCII");
  return isWholeNumber(clientTimeout, MAX_CLIENT_TIMEOUT)
    ? undefined
    : failure("INVALID_DATA_DECODE_TIMEOUT_DECODEFAIL", `${clientTimeout} seconds`);
}

function checkText({ type, message }: SpaMessage): SpaFailure | undefined {
  const length = textBytes(message).length;
  if (length > MAX_ENCODER_MESSAGE_LENGTH) return failure("DATA_TOO_LARGE", `${length} bytes`);
  if (!parseMessageText(type, message).ok) {
    if (type === 0) return failure("INVALID_SPA_COMMAND_MSG");
    const [address = ""] = message.split(",", 1);
    return failure(
      parseAddress(address) === undefined ? "INVALID_ALLOW_IP" : "INVALID_SPA_ACCESS_MSG",
    );
  }
  return length > MAX_MESSAGE_LENGTH
    ? failure("INVALID_DATA_DECODE_MESSAGE_TOOBIG", `${length} bytes`)
    : undefined;
}

function checkOptionalTexts({ natAccess, serverAuth = "" }: SpaMessage): SpaFailure | undefined {
  if (natAccess !== undefined) {
    const length = textBytes(natAccess).length;
    if (length > MAX_ENCODER_NAT_LENGTH) return failure("DATA_TOO_LARGE", `${length} bytes`);
    if (!parseNatAccess(natAccess).ok) return failure("INVALID_SPA_NAT_ACCESS_MSG");
  }
  const length = textBytes(serverAuth).length;
  return length > MAX_ENCODER_SERVER_AUTH_LENGTH
    ? failure("DATA_TOO_LARGE", `${length} bytes`)
    : undefined;
}

function isWholeNumber(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= limit;
}

function checkShape({ type, natAccess, clientTimeout, serverAuth }: SpaMessage): void {
  if ((natAccess !== undefined) !== hasNatAccess(type)) {
    throw new TypeError(`Message type ${type} and its natAccess do not go together`);
  }
  if ((clientTimeout !== undefined) !== hasClientTimeout(type)) {
    throw new TypeError(`Message type ${type} and its clientTimeout do not go together`);
  }
  if (serverAuth === "" || serverAuth?.includes("\0")) {
    throw new TypeError("The serverAuth must have at least one character and no NUL");
  }
}
