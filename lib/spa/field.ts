/**
 * Decodes single fields of a plaintext strictly (`docs/spec/wire.md` 3.1, 3.3 and 14).
 *
 * @module
 */
import { decodeBase64, encodeBase64 } from "../crypto/base64.ts";
import { bytesText, textBytes } from "../crypto/bytes.ts";
import { failure, success } from "../errors/result.ts";
import type { SpaErrorName, SpaResult } from "./error.ts";
import {
  MAX_CLIENT_TIMEOUT,
  MAX_TIMESTAMP,
  MAX_TIMESTAMP_FIELD_LENGTH,
  MAX_TYPE_FIELD_LENGTH,
  MAX_VERSION_LENGTH,
  RANDOM_VALUE_LENGTH,
} from "./limits.ts";
import type { MessageType } from "./message.ts";

/** Names of the errors in a base64 field. */
export interface TextFieldErrors {
  readonly missing: SpaErrorName;
  readonly tooBig: SpaErrorName;
  readonly undecodable: SpaErrorName;
  readonly invalid: SpaErrorName;
}

/** Encodes a text as a base64 field. */
export function encodeText(text: string): string {
  return encodeBase64(textBytes(text));
}

/**
 * The text of a base64 field. It must be there, not too long, canonical, and have valid content; checked in this order.
 * Texts are UTF-8. A NUL is invalid content, because the reference would cut the text there.
 */
export function decodeText(
  field: string | undefined,
  limit: number,
  errors: TextFieldErrors,
  isValid: (text: string) => boolean,
): SpaResult<string> {
  if (field === undefined || field === "") return failure(errors.missing);
  if (field.length > limit) return failure(errors.tooBig, `${field.length} characters`);
  const bytes = decodeBase64(field);
  if (bytes === undefined) return failure(errors.undecodable);
  const text = bytesText(bytes);
  return text === undefined || text.includes("\0") || !isValid(text)
    ? failure(errors.invalid)
    : success(text);
}

/** Whether this is a random value: 16 decimal digits. */
export function isRandomValue(text: string): boolean {
  return text.length === RANDOM_VALUE_LENGTH && /^[0-9]+$/.test(text);
}

/** Seconds since 1970 UTC, 0 to 4294967295. */
export function decodeTimestamp(field: string): SpaResult<number> {
  if (field === "") return failure("INVALID_DATA_DECODE_TIMESTAMP_MISSING");
  if (field.length > MAX_TIMESTAMP_FIELD_LENGTH) {
    return failure("INVALID_DATA_DECODE_TIMESTAMP_TOOBIG");
  }
  const value = parseDecimal(field);
  return value === undefined || value > MAX_TIMESTAMP
    ? failure("INVALID_DATA_DECODE_TIMESTAMP_DECODEFAIL")
    : success(value);
}

/** The version of the sender's format: any text. */
export function decodeVersion(field: string): SpaResult<string> {
  if (field === "") return failure("INVALID_DATA_DECODE_VERSION_MISSING");
  return field.length > MAX_VERSION_LENGTH
    ? failure("INVALID_DATA_DECODE_VERSION_TOOBIG")
    : success(field);
}

/** The message type, one digit. The reference takes a text that is not a number for a command. */
export function decodeType(field: string): SpaResult<MessageType> {
  if (field === "") return failure("INVALID_DATA_DECODE_MSGTYPE_MISSING");
  if (field.length > MAX_TYPE_FIELD_LENGTH) {
    return failure("INVALID_DATA_DECODE_MSGTYPE_TOOBIG");
  }
  return /^[0-6]$/.test(field)
    ? success(Number(field) as MessageType)
    : failure("INVALID_DATA_DECODE_MSGTYPE_DECODEFAIL");
}

/** Seconds, 0 to 65536. */
export function decodeTimeout(field: string): SpaResult<number> {
  if (field === "") return failure("INVALID_DATA_DECODE_TIMEOUT_MISSING");
  const value = parseDecimal(field);
  if (value === undefined) return failure("INVALID_DATA_DECODE_TIMEOUT_VALIDFAIL");
  return value > MAX_CLIENT_TIMEOUT
    ? failure("INVALID_DATA_DECODE_TIMEOUT_DECODEFAIL", `${field} seconds`)
    : success(value);
}

/** Parses digits without a leading zero, so that each number has one text. */
function parseDecimal(text: string): number | undefined {
  return /^(0|[1-9][0-9]*)$/.test(text) ? Number(text) : undefined;
}
