/**
 * Encodes a message as fields, joined by colons (`docs/spec/wire.md` 3).
 *
 * @module
 */
import { encodeBase64 } from "../crypto/base64.ts";
import { textBytes } from "../crypto/bytes.ts";
import { success } from "../errors/result.ts";
import type { SpaResult } from "./error.ts";
import { encodeText } from "./field.ts";
import type { SpaMessage } from "./message.ts";
import { checkMessage } from "./message_check.ts";

/**
 * The fields text of a message. A message that no decoder would accept is refused, with the names of
 * `message_check.ts`.
 *
 * @throws {TypeError} when the optional fields do not match the type.
 */
export function encodeFields(message: SpaMessage): SpaResult<string> {
  const refusal = checkMessage(message);
  if (refusal !== undefined) return refusal;
  const { natAccess, serverAuth, clientTimeout } = message;
  const fields = [
    message.randomValue,
    encodeText(message.username),
    String(message.timestamp),
    message.version,
    String(message.type),
    encodeText(message.message),
  ];
  if (natAccess !== undefined) fields.push(encodeText(natAccess));
  if (serverAuth !== undefined) fields.push(encodeText(serverAuth));
  if (clientTimeout !== undefined) fields.push(String(clientTimeout));
  return success(fields.join(":"));
}

/** A message that is ready to be encrypted. */
export interface EncodedPlaintext {
  readonly plaintext: Uint8Array;
  readonly encodedData: string;
  readonly digest: string;
}

/** The plaintext: the fields and, after a colon, their digest (`docs/spec/wire.md` 4). */
export function appendDigest(encodedData: string, digest: Uint8Array): EncodedPlaintext {
  const digestText = encodeBase64(digest);
  return {
    plaintext: textBytes(`${encodedData}:${digestText}`),
    encodedData,
    digest: digestText,
  };
}
