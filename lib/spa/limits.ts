/**
 * Lengths of the wire format (`docs/spec/wire.md` 3.1 and 7), in bytes of ASCII text unless stated otherwise.
 *
 * @module
 */

/** Shortest packet text that a server reads. */
export const MIN_PACKET_LENGTH = 140;
/** Longest payload that a server reads. */
export const MAX_PAYLOAD_LENGTH = 1500;
/** Shortest text, plaintext, or text before the mac. */
export const MIN_TEXT_LENGTH = 36;
/** Longest packet text and longest plaintext. */
export const MAX_TEXT_LENGTH = 1499;
/** A text of this length or longer counts as GnuPG's, a shorter one as Rijndael's. */
export const GPG_LENGTH = 400;

/** Longest HMAC key that the reference library accepts, in bytes. */
export const MAX_RECEIVED_HMAC_KEY_LENGTH = 136;

/** Digits of the random value. */
export const RANDOM_VALUE_LENGTH = 16;
/** Base64 characters of the user name: 48 bytes. */
export const MAX_USERNAME_FIELD_LENGTH = 64;
export const MAX_USERNAME_LENGTH = 48;
/** Digits of the time. */
export const MAX_TIMESTAMP_FIELD_LENGTH = 12;
/** Largest time that 32 bits hold, 2106-02-07. The reference stops at 2038 (`docs/spec/wire.md` 14). */
export const MAX_TIMESTAMP = 0xffffffff;
export const MAX_VERSION_LENGTH = 8;
export const MAX_TYPE_FIELD_LENGTH = 2;
/** Base64 characters of the message, of the NAT field, and of the fields after them: 192 bytes. */
export const MAX_TEXT_FIELD_LENGTH = 256;
export const MAX_MESSAGE_LENGTH = 192;
/** The limit of the reference's encoder, which is larger than that of its decoder. */
export const MAX_ENCODER_MESSAGE_LENGTH = 255;
export const MAX_ENCODER_NAT_LENGTH = 127;
export const MAX_ENCODER_SERVER_AUTH_LENGTH = 63;
/** Seconds. */
export const MAX_CLIENT_TIMEOUT = 65536;
