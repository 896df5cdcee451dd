/**
 * Finds out which key made a packet that no stanza took. Tries every plausible mistake with keys, digests and modes.
 *
 * @module
 */
import { decodeKeyBase64, encodeBase64 } from "../crypto/base64.ts";
import { bytesText, textBytes } from "../crypto/bytes.ts";
import { DIGEST_NAMES, type DigestName } from "../crypto/digest.ts";
import { ENCRYPTION_MODES, type SymmetricMode } from "../crypto/encryption_mode.ts";
import { MAX_KEY_LENGTH } from "../crypto/key_derivation.ts";
import type { Stanza } from "../config/stanza.ts";
import { splitMac, verifyMac } from "../spa/mac.ts";
import { openFullText } from "../spa/packet.ts";
import { type Cipher, guessCipher, restorePrefix } from "../spa/prefix.ts";
import type { KeyReading, KeyRole, PacketFinding } from "./finding.ts";

const MODES = (Object.keys(ENCRYPTION_MODES) as (keyof typeof ENCRYPTION_MODES)[])
  .filter((mode): mode is SymmetricMode => mode !== "asymmetric");

/** Bytes that legacy mode uses of a longer key (`docs/spec/wire.md` 5.2). */
const LEGACY_KEY_LENGTH = 16;

/** A key as the client may have read it. */
interface Reading {
  readonly role: KeyRole;
  readonly reading: KeyReading;
  readonly key: Uint8Array;
}

/**
 * Explains why the HMAC of these stanzas did not match, by the likeliest mistake. Empty if no mistake explains it: the
 * client has another key, or the packet was damaged.
 *
 * @param tried stanzas whose HMAC did not match.
 * @param others the other stanzas; the packet may be meant for one of them.
 */
export function diagnoseHmac(
  packetText: string,
  tried: readonly Stanza[],
  others: readonly Stanza[],
): PacketFinding[] {
  return first(tried, (stanza) => withoutHmac(packetText, stanza)) ??
    first([...tried, ...others], (stanza) => otherHmac(packetText, stanza)) ?? [];
}

/** Explains why a stanza could not decrypt, although its HMAC matched or it has none. As {@link diagnoseHmac}. */
export function diagnoseCipher(
  packetText: string,
  stanza: Stanza,
  others: readonly Stanza[],
): PacketFinding[] {
  const { hmac } = stanza;
  const split = hmac === undefined ? undefined : splitMac(packetText, hmac.type);
  const text = split?.ok ? split.value.text : packetText;
  return first([stanza, ...others], (candidate) => otherCipher(text, candidate)) ??
    (hmac === undefined ? unexpectedHmac(packetText, stanza) : undefined) ?? [];
}

function first(
  stanzas: readonly Stanza[],
  diagnose: (stanza: Stanza) => PacketFinding | undefined,
): PacketFinding[] | undefined {
  for (const stanza of stanzas) {
    const finding = diagnose(stanza);
    if (finding !== undefined) return [finding];
  }
  return undefined;
}

function withoutHmac(packetText: string, stanza: Stanza): PacketFinding | undefined {
  const { encryptionKey, encryptionMode, number } = stanza;
  return encryptionKey !== undefined && opens(packetText, encryptionKey, encryptionMode)
    ? { kind: "no-hmac", stanza: number }
    : undefined;
}

function otherHmac(packetText: string, stanza: Stanza): PacketFinding | undefined {
  if (stanza.hmac === undefined) return undefined;
  const expected = stanza.hmac.type;
  for (const { role, reading, key } of readings(stanza, ["hmac", "encryption"])) {
    const type = matchingDigest(packetText, key, expected);
    if (type !== undefined) {
      return { kind: "hmac-match", stanza: stanza.number, role, reading, type, expected };
    }
  }
  return undefined;
}

/** The digest that the key matches; tries the expected one first. */
function matchingDigest(
  packetText: string,
  key: Uint8Array,
  expected: DigestName,
): DigestName | undefined {
  const long: Cipher[] = guessCipher(packetText.length) === "gpg" ? ["gpg"] : [];
  return [expected, ...DIGEST_NAMES].find((type) => {
    const split = splitMac(packetText, type);
    if (!split.ok) return false;
    const { text, mac } = split.value;
    return ["rijndael" as const, ...long].some((cipher) =>
      verifyMac(restorePrefix(text, cipher), mac, { key, type })
    );
  });
}

function otherCipher(text: string, stanza: Stanza): PacketFinding | undefined {
  const { encryptionMode: expected, number } = stanza;
  if (expected === "asymmetric") return undefined;
  for (const { role, reading, key } of readings(stanza, ["encryption", "hmac"])) {
    const mode = [expected, ...MODES].find((candidate) => opens(text, key, candidate));
    if (mode !== undefined) {
      return { kind: "cipher-match", stanza: number, role, reading, mode, expected };
    }
  }
  return undefined;
}

function unexpectedHmac(packetText: string, stanza: Stanza): PacketFinding[] | undefined {
  const { encryptionKey, encryptionMode, number } = stanza;
  if (encryptionKey === undefined) return undefined;
  const type = DIGEST_NAMES.find((candidate) => {
    const split = splitMac(packetText, candidate);
    return split.ok && opens(split.value.text, encryptionKey, encryptionMode);
  });
  return type === undefined ? undefined : [{ kind: "unexpected-hmac", stanza: number, type }];
}

function opens(text: string, key: Uint8Array, mode: Stanza["encryptionMode"]): boolean {
  const encryptionKey = mode === "legacy" ? key.subarray(0, LEGACY_KEY_LENGTH) : key;
  if (encryptionKey.length > MAX_KEY_LENGTH) return false;
  return openFullText(restorePrefix(text, "rijndael"), { encryptionKey, mode }).ok;
}

function readings(stanza: Stanza, roles: readonly KeyRole[]): Reading[] {
  return roles.flatMap((role) => {
    const key = role === "hmac" ? stanza.hmac?.key : stanza.encryptionKey;
    if (key === undefined) return [];
    const bare = encodeBase64(key);
    const padded = bare.padEnd(Math.ceil(bare.length / 4) * 4, "=");
    const decoded = decodeKeyBase64(bytesText(key) ?? "");
    return [
      { role, reading: "same", key },
      { role, reading: "text", key: textBytes(padded) },
      { role, reading: "text", key: textBytes(bare) },
      ...(decoded === undefined || decoded.length === 0
        ? []
        : [{ role, reading: "base64", key: decoded } as const]),
    ];
  });
}
