/**
 * How the key that signs GnuPG packets is unlocked.
 *
 * @module
 */
import type { Settings } from "./settings.ts";

/** Where the passphrase of the signing key comes from. */
export type SigningPassphrase = "key" | "agent" | "none";

/**
 * A passphrase that somebody wrote down wins, then the agent, then a key without one; otherwise it is asked for, as any
 * other key (`docs/spec/client.md` 7). Without a signer there is nothing to unlock.
 */
export function signingPassphrase(settings: Settings): SigningPassphrase {
  const { gpgSigner, gpgAgent, gpgNoPassphrase, key } = settings;
  if (gpgSigner !== undefined && key !== undefined) return "key";
  if (gpgAgent) return "agent";
  return gpgSigner === undefined || gpgNoPassphrase ? "none" : "key";
}
