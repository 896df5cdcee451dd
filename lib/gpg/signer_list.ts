/**
 * Whether a packet's signer is in the lists of a stanza (`docs/spec/server.md` 7, step 15).
 *
 * @module
 */
import type { GpgSettings } from "../config/stanza.ts";
import type { GpgSignature } from "./signature.ts";

/** Hexadecimal digits. */
const FINGERPRINT_LENGTH = 40;

/** The list that does not contain the signer. */
export type MissingFrom = "GPG_REMOTE_ID" | "GPG_FINGERPRINT_ID";

/**
 * The first list that is set and does not contain the signer, or `undefined`. An id is the end of a fingerprint, 8
 * digits or more. Where a subkey signed, its primary key matches too, because users know that one.
 */
export function signerMissingFrom(
  signature: GpgSignature,
  { remoteIds, fingerprints }: Pick<GpgSettings, "remoteIds" | "fingerprints">,
): MissingFrom | undefined {
  const { id, fingerprint, primaryFingerprint } = signature;
  const full = [fingerprint, primaryFingerprint].filter((text) => text !== undefined);
  const isNamed = (list: readonly string[], names: readonly string[]): boolean =>
    list.some((listed) => names.some((name) => name.endsWith(listed.toUpperCase())));
  if (remoteIds.length > 0 && !isNamed(remoteIds, [id, ...full])) return "GPG_REMOTE_ID";
  const isWhole = (text: string): boolean => text.length >= FINGERPRINT_LENGTH;
  if (fingerprints.length > 0 && !isNamed(fingerprints.filter(isWhole), full)) {
    return "GPG_FINGERPRINT_ID";
  }
  return undefined;
}
