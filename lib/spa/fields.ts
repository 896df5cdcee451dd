/**
 * Converts between a message and its plaintext: fields joined by colons, and their digest (`docs/spec/wire.md` 3 and 4).
 *
 * @module
 */
import { encodeBase64 } from "../crypto/base64.ts";
import { bytesText, textBytes } from "../crypto/bytes.ts";
import { digest, DIGEST_NAMES, type DigestName, DIGESTS } from "../crypto/digest.ts";
import { failure, success } from "../errors/result.ts";
import { appendDigest, type EncodedPlaintext, encodeFields } from "./encode_fields.ts";
import type { SpaResult } from "./error.ts";
import {
  decodeText,
  decodeTimeout,
  decodeTimestamp,
  decodeType,
  decodeVersion,
  isRandomValue,
  type TextFieldErrors,
} from "./field.ts";
import {
  MAX_TEXT_FIELD_LENGTH,
  MAX_TEXT_LENGTH,
  MAX_USERNAME_FIELD_LENGTH,
  MIN_TEXT_LENGTH,
} from "./limits.ts";
import { hasClientTimeout, hasNatAccess, type MessageType, type SpaMessage } from "./message.ts";
import { parseMessageText, parseNatAccess } from "./request.ts";
import { hasUsernameCharacters } from "./username.ts";

/** A decoded plaintext. */
export interface DecodedFields {
  readonly message: SpaMessage;
  /** Determined from the digest's length and value; the wire does not name it. */
  readonly digestName: DigestName;
  /** The base64 text in the plaintext. */
  readonly digest: string;
  /** The fields without the digest: the text over which the digest was computed. */
  readonly encodedData: string;
}

/** Random value, user, time, version, type and message: every message has these. */
const COMMON_FIELD_COUNT = 6;

const USERNAME_ERRORS: TextFieldErrors = {
  missing: "INVALID_DATA_DECODE_USERNAME_MISSING",
  tooBig: "INVALID_DATA_DECODE_USERNAME_TOOBIG",
  undecodable: "INVALID_DATA_DECODE_USERNAME_DECODEFAIL",
  invalid: "INVALID_DATA_DECODE_USERNAME_VALIDFAIL",
};
const ACCESS_ERRORS: TextFieldErrors = {
  missing: "INVALID_DATA_DECODE_MESSAGE_MISSING",
  tooBig: "INVALID_DATA_DECODE_MESSAGE_TOOBIG",
  undecodable: "INVALID_DATA_DECODE_MESSAGE_DECODEFAIL",
  invalid: "INVALID_DATA_DECODE_ACCESS_VALIDFAIL",
};
const COMMAND_ERRORS: TextFieldErrors = {
  ...ACCESS_ERRORS,
  invalid: "INVALID_DATA_DECODE_MESSAGE_VALIDFAIL",
};
const NAT_ERRORS: TextFieldErrors = {
  missing: "INVALID_DATA_DECODE_NATACCESS_MISSING",
  tooBig: "INVALID_DATA_DECODE_NATACCESS_TOOBIG",
  undecodable: "INVALID_DATA_DECODE_NATACCESS_DECODEFAIL",
  invalid: "INVALID_DATA_DECODE_NATACCESS_VALIDFAIL",
};
/** All errors of `server_auth` have one name, which depends on whether a timeout follows. */
const SERVER_AUTH_ERRORS = textFieldErrors("INVALID_DATA_DECODE_SRVAUTH_DECODEFAIL");
const EXTRA_ERRORS = textFieldErrors("INVALID_DATA_DECODE_EXTRA_DECODEFAIL");

/** The fields and their digest as one plaintext. Fails as `encodeFields` does. */
export function encodePlaintext(
  message: SpaMessage,
  digestName: DigestName,
): SpaResult<EncodedPlaintext> {
  const fields = encodeFields(message);
  return fields.ok
    ? success(appendDigest(fields.value, digest(digestName, textBytes(fields.value))))
    : fields;
}

/**
 * Checks and decodes a plaintext, in the order of `docs/spec/wire.md` 11 from the length on. The first check that fails
 * names the error. The strict rules of section 14 apply: canonical base64, digits only, no NUL.
 */
export function decodeFields(plaintext: Uint8Array): SpaResult<DecodedFields> {
  if (plaintext.length < MIN_TEXT_LENGTH || plaintext.length > MAX_TEXT_LENGTH) {
    return failure("INVALID_DATA_DECODE_MSGLEN_VALIDFAIL", `${plaintext.length} bytes`);
  }
  const text = bytesText(plaintext);
  if (text === undefined || !/^[\x20-\x7e]*$/.test(text)) {
    return failure("INVALID_DATA_DECODE_NON_ASCII");
  }
  const end = Math.max(0, text.lastIndexOf(":"));
  const encodedData = text.slice(0, end);
  const digestText = text.slice(end + 1);
  const fields = encodedData.split(":");
  if (fields.length < COMMON_FIELD_COUNT) return failure("INVALID_DATA_DECODE_LT_MIN_FIELDS");

  const digestName = findDigest(encodedData, digestText);
  if (!digestName.ok) return digestName;
  const message = decodeMessage(fields);
  if (!message.ok) return message;
  return success({
    message: message.value,
    digestName: digestName.value,
    digest: digestText,
    encodedData,
  });
}

/** The digest that has this text. SHA-2 is tried before SHA-3 of the same length (`docs/spec/wire.md` 4). */
function findDigest(encodedData: string, digestText: string): SpaResult<DigestName> {
  const candidates = DIGEST_NAMES.filter((name) =>
    DIGESTS[name].base64Length === digestText.length
  );
  if (candidates.length === 0) {
    return failure("INVALID_DIGEST_TYPE", `${digestText.length} characters`);
  }
  const bytes = textBytes(encodedData);
  const name = candidates.find((name) => encodeBase64(digest(name, bytes)) === digestText);
  return name === undefined ? failure("DIGEST_VERIFICATION_FAILED") : success(name);
}

function decodeMessage(fields: readonly string[]): SpaResult<SpaMessage> {
  const [randomValue = "", usernameField, timeField = "", versionField = "", typeField = ""] =
    fields;
  if (!isRandomValue(randomValue)) return failure("INVALID_DATA_DECODE_RAND_MISSING");
  const username = decodeText(
    usernameField,
    MAX_USERNAME_FIELD_LENGTH,
    USERNAME_ERRORS,
    hasUsernameCharacters,
  );
  if (!username.ok) return username;
  const timestamp = decodeTimestamp(timeField);
  if (!timestamp.ok) return timestamp;
  const version = decodeVersion(versionField);
  if (!version.ok) return version;
  const type = decodeType(typeField);
  if (!type.ok) return type;
  if (fields.length > maxFieldCount(type.value)) {
    return failure("INVALID_DATA_DECODE_WRONG_NUM_FIELDS", `type ${type.value}`);
  }
  const message = decodeText(
    fields[COMMON_FIELD_COUNT - 1],
    MAX_TEXT_FIELD_LENGTH,
    type.value === 0 ? COMMAND_ERRORS : ACCESS_ERRORS,
    (text) => parseMessageText(type.value, text).ok,
  );
  if (!message.ok) return message;
  const optional = decodeOptionalFields(type.value, fields.slice(COMMON_FIELD_COUNT));
  if (!optional.ok) return optional;
  return success({
    randomValue,
    username: username.value,
    timestamp: timestamp.value,
    version: version.value,
    type: type.value,
    message: message.value,
    ...optional.value,
  });
}

type OptionalFields = Pick<SpaMessage, "natAccess" | "serverAuth" | "clientTimeout">;

/** Fields 7 to 9, and only those that the type allows. */
function decodeOptionalFields(type: MessageType, fields: string[]): SpaResult<OptionalFields> {
  const decoded: { -readonly [name in keyof OptionalFields]: OptionalFields[name] } = {};
  const tail = hasNatAccess(type) ? fields.slice(1) : fields;
  if (hasNatAccess(type)) {
    const natAccess = decodeText(
      fields[0],
      MAX_TEXT_FIELD_LENGTH,
      NAT_ERRORS,
      (text) => parseNatAccess(text).ok,
    );
    if (!natAccess.ok) return natAccess;
    decoded.natAccess = natAccess.value;
  }
  if (tail.join(":").length > MAX_TEXT_FIELD_LENGTH) {
    return failure("INVALID_DATA_DECODE_SRVAUTH_MISSING", "server_auth and timeout too long");
  }
  // The timeout comes last, so the field before it is server_auth.
  const timeoutField = hasClientTimeout(type) ? tail.pop() ?? "" : undefined;
  if (tail.length > 0) {
    const errors = timeoutField === undefined ? SERVER_AUTH_ERRORS : EXTRA_ERRORS;
    const serverAuth = decodeText(tail[0], MAX_TEXT_FIELD_LENGTH, errors, () => true);
    if (!serverAuth.ok) return serverAuth;
    decoded.serverAuth = serverAuth.value;
  }
  if (timeoutField !== undefined) {
    const timeout = decodeTimeout(timeoutField);
    if (!timeout.ok) return timeout;
    decoded.clientTimeout = timeout.value;
  }
  return success(decoded);
}

/** Most fields of a type, without the digest. Every type may have server_auth (`docs/spec/wire.md` 3.2). */
function maxFieldCount(type: MessageType): number {
  return COMMON_FIELD_COUNT + 1 + Number(hasNatAccess(type)) + Number(hasClientTimeout(type));
}

function textFieldErrors(name: TextFieldErrors["invalid"]): TextFieldErrors {
  return { missing: name, tooBig: name, undecodable: name, invalid: name };
}
