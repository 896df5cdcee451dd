/**
 * Checks whether a payload can be an SPA packet at all (`docs/spec/wire.md` 11, steps 1 to 3).
 *
 * Every stranger's bytes come here first, so the check needs no keys, and a refusal allocates nothing.
 *
 * @module
 */
import { bytesText, textBytes } from "../crypto/bytes.ts";
import { failure, success } from "../errors/result.ts";
import type { SpaFailure, SpaResult } from "./error.ts";
import { decodeHttpRequest, type HttpPacket, type HttpRules, isHttpRequest } from "./http.ts";
import { GPG_LENGTH, MAX_PAYLOAD_LENGTH, MAX_TEXT_LENGTH, MIN_PACKET_LENGTH } from "./limits.ts";
import { PREFIXES } from "./prefix.ts";

/** What to accept besides plain packets. */
export interface ScreenOptions {
  /** Unwrap HTTP requests by these rules. Absent: do not unwrap (ENABLE_SPA_OVER_HTTP). */
  readonly http?: HttpRules | undefined;
}

/** A payload that looks like a packet. Its text is base64 without `=`. */
export type ScreenedPacket = HttpPacket;

const WRONG_LENGTH = failure("SPA_MSG_BAD_DATA", "length outside 140 to 1500");
const PREFIX_LEFT_ON = failure("SPA_MSG_BAD_DATA", "the constant prefix was left on");
const NOT_BASE64 = failure("SPA_MSG_NOT_SPA_DATA", "not base64");
const TOO_LONG = failure("INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL", "1500 characters");

const RIJNDAEL_PREFIX = textBytes(PREFIXES.rijndael);
const GPG_PREFIX = textBytes(PREFIXES.gpg);

/** 1 for each character that is allowed in a packet text. `=` is not allowed: canonical base64 has no padding here. */
const IS_TEXT = new Uint8Array(256);
for (const byte of textBytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
  IS_TEXT[byte] = 1;
}

/**
 * Screens a payload. The text from an HTTP request is checked again. The reference does not do that, and accepts a
 * captured packet with its prefix restored (`docs/spec/wire.md` 14). Accepts any bytes and never throws.
 */
export function screenPacket(
  payload: Uint8Array,
  { http }: ScreenOptions = {},
): SpaResult<ScreenedPacket> {
  const misshapen = checkShape(payload);
  if (misshapen !== undefined) return misshapen;
  if (http === undefined || !isHttpRequest(payload)) {
    return checkText(payload) ?? success({ text: bytesText(payload) ?? "" });
  }
  const unwrapped = decodeHttpRequest(payload, http);
  if (!unwrapped.ok) return unwrapped;
  const text = textBytes(unwrapped.value.text);
  return checkShape(text) ?? checkText(text) ?? unwrapped;
}

/**
 * Screens a payload as {@link screenPacket} does, and allocates nothing for a plain packet.
 *
 * @returns the packet text as bytes: the payload itself, or what an HTTP request holds.
 */
export function screenBytes(
  payload: Uint8Array,
  options: ScreenOptions = {},
): SpaFailure | Uint8Array {
  if (options.http === undefined || !isHttpRequest(payload)) {
    return checkShape(payload) ?? checkText(payload) ?? payload;
  }
  const screened = screenPacket(payload, options);
  return screened.ok ? textBytes(screened.value.text) : screened;
}

function checkShape(bytes: Uint8Array): SpaFailure | undefined {
  const { length } = bytes;
  if (length < MIN_PACKET_LENGTH || length > MAX_PAYLOAD_LENGTH) return WRONG_LENGTH;
  if (startsWith(bytes, RIJNDAEL_PREFIX)) return PREFIX_LEFT_ON;
  return length > GPG_LENGTH && startsWith(bytes, GPG_PREFIX) ? PREFIX_LEFT_ON : undefined;
}

/** Checks the alphabet, and the library's length limit, which is one less than the payload's. */
function checkText(bytes: Uint8Array): SpaFailure | undefined {
  for (let index = 0; index < bytes.length; index++) {
    if (IS_TEXT[bytes[index] ?? 0] === 0) return NOT_BASE64;
  }
  return bytes.length > MAX_TEXT_LENGTH ? TOO_LONG : undefined;
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  for (let index = 0; index < prefix.length; index++) {
    if (bytes[index] !== prefix[index]) return false;
  }
  return true;
}
