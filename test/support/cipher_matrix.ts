/**
 * Every combination of digest, HMAC type and cipher mode that the C tools accept. Each pair of HMAC and mode has its own
 * stanza and keys.
 *
 * @module
 */
import { DIGEST_NAMES, type DigestName } from "../../lib/crypto/digest.ts";

/** Modes of the symmetric cipher. */
const MODES = ["cbc", "ecb", "cfb", "ofb", "ctr", "legacy"] as const;

/** A mode of the symmetric cipher. */
export type Mode = typeof MODES[number];

/** One stanza of the daemon under test. */
export interface MatrixStanza {
  /** From 1. */
  readonly number: number;
  readonly mode: Mode;
  readonly hmacType: DigestName | undefined;
  readonly key: string;
  readonly hmacKey: string;
}

/** One packet to send. */
export interface MatrixCase {
  readonly stanza: MatrixStanza;
  readonly digest: DigestName;
}

/** The stanzas. Legacy mode has no HMAC: the C client refuses the combination. */
export const MATRIX_STANZAS: readonly MatrixStanza[] = MODES
  .flatMap((mode) =>
    [undefined, ...DIGEST_NAMES].flatMap((hmacType) =>
      mode === "legacy" && hmacType !== undefined ? [] : [{ mode, hmacType }]
    )
  )
  .map(({ mode, hmacType }, index) => ({
    number: index + 1,
    mode,
    hmacType,
    key: `key-${mode}-${hmacType ?? "none"}`.slice(0, 16),
    hmacKey: `mac-${mode}-${hmacType ?? "none"}`,
  }));

/** The packets: every stanza with every digest. */
export const MATRIX_CASES: readonly MatrixCase[] = MATRIX_STANZAS.flatMap((stanza) =>
  DIGEST_NAMES.map((digest) => ({ stanza, digest }))
);

/** The stanzas as the file of a server. */
export function matrixAccessConf(extra: readonly string[] = []): string {
  return MATRIX_STANZAS.map(({ mode, hmacType, key, hmacKey }) =>
    [
      "SOURCE ANY",
      `ENCRYPTION_MODE ${mode}`,
      `KEY ${key}`,
      ...(hmacType === undefined ? [] : [`HMAC_DIGEST_TYPE ${hmacType}`, `HMAC_KEY ${hmacKey}`]),
      ...extra,
    ].join("\n")
  ).join("\n\n") + "\n";
}

/** The client's options for a packet. The C client and ours accept the same. */
export function matrixOptions({ stanza, digest }: MatrixCase): string[] {
  const { mode, hmacType, key, hmacKey } = stanza;
  return [
    ...["-m", digest, "-M", mode, "--key-rijndael", key],
    ...(hmacType === undefined ? [] : ["--hmac-digest-type", hmacType, "--key-hmac", hmacKey]),
  ];
}
