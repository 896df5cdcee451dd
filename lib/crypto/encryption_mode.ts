/**
 * Names of the cipher modes. The operations are in `aes.ts`.
 *
 * @module
 */

/** A mode as configuration writes it, in lower case (`docs/spec/wire.md` 5.3). */
export type EncryptionMode = "ecb" | "cbc" | "cfb" | "ofb" | "ctr" | "asymmetric" | "legacy";

/** A mode of the symmetric cipher. With `asymmetric`, GnuPG encrypts the message. */
export type SymmetricMode = Exclude<EncryptionMode, "asymmetric">;

/** Ids and names of the C tools. Mode 4, PCBC, was never implemented; its name is refused. */
export const ENCRYPTION_MODES: Readonly<
  Record<EncryptionMode, { readonly id: number; readonly label: string }>
> = {
  ecb: { id: 1, label: "ECB" },
  cbc: { id: 2, label: "CBC" },
  cfb: { id: 3, label: "CFB" },
  ofb: { id: 5, label: "OFB" },
  ctr: { id: 6, label: "CTR" },
  asymmetric: { id: 7, label: "Asymmetric" },
  legacy: { id: 8, label: "legacy" },
};

/** The mode with this name, in any case; otherwise (PCBC included) `undefined`. */
export function parseEncryptionMode(text: string): EncryptionMode | undefined {
  const name = text.toLowerCase();
  return (Object.keys(ENCRYPTION_MODES) as EncryptionMode[]).find((mode) => mode === name);
}
