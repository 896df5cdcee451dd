/**
 * Builds the GnuPG settings of a stanza (`docs/spec/server.md` 5.3, 5.4).
 *
 * @module
 */
import type { ServerSettings } from "./fwknopd_variables.ts";
import { present } from "./present.ts";
import type { GpgSettings } from "./stanza.ts";
import type { StanzaCheck } from "./stanza_check.ts";
import type { StanzaDraft } from "./stanza_draft.ts";

/** Returns the settings; `undefined` if neither a passphrase nor GPG_ALLOW_NO_PW switches GnuPG on. */
export function gpgOf(
  draft: StanzaDraft,
  settings: ServerSettings,
  check: StanzaCheck,
): GpgSettings | undefined {
  const passphrase = draft.value("GPG_DECRYPT_PW");
  if (passphrase === undefined && draft.value("GPG_ALLOW_NO_PW") !== true) return undefined;
  const remoteIds = draft.value("GPG_REMOTE_ID") ?? [];
  const fingerprints = draft.value("GPG_FINGERPRINT_ID") ?? [];
  const requireSignature = requiresSignature(draft, check, [...remoteIds, ...fingerprints]);
  const ignoreSignatureErrors = draft.value("GPG_IGNORE_SIG_VERIFY_ERROR") ?? false;
  if (requireSignature && ignoreSignatureErrors) {
    check.warning(
      `GPG_IGNORE_SIG_VERIFY_ERROR Y makes signatures prove nothing for stanza source: ${check.sourceAndNumber}`,
      "GPG_IGNORE_SIG_VERIFY_ERROR",
      "Remove the line: a signature that does not verify can name any signer",
    );
  }
  return {
    homeDirectory: draft.value("GPG_HOME_DIR") ?? settings.GPG_HOME_DIR,
    program: draft.value("GPG_EXE") ?? settings.GPG_EXE,
    requireSignature,
    ignoreSignatureErrors,
    remoteIds,
    fingerprints,
    ...present({ decryptId: draft.value("GPG_DECRYPT_ID"), passphrase }),
  };
}

/** Only GPG_DISABLE_SIG Y switches signatures off, and GPG_REQUIRE_SIG Y overrides it (`docs/spec/server.md` 5.3). */
function requiresSignature(
  draft: StanzaDraft,
  check: StanzaCheck,
  signers: readonly string[],
): boolean {
  const isDisabled = draft.value("GPG_DISABLE_SIG") === true;
  const isRequired = draft.value("GPG_REQUIRE_SIG") === true;
  const stanza = check.sourceAndNumber.replace(" (", " ").replace(")", "");
  if (isDisabled && isRequired) {
    check.warning(
      `Warning: GPG_REQUIRE_SIG and GPG_DISABLE_SIG are both set, will check sigs (stanza source: ${stanza})`,
      "GPG_DISABLE_SIG",
      signers.length > 0
        ? "Remove one of the lines"
        : "Remove the line and name the signers: now every key of the keyring may sign",
    );
    return true;
  }
  if (isDisabled) {
    check.warning(
      `Warning: GPG_REQUIRE_SIG should really be enabled for stanza source: ${check.sourceAndNumber}`,
      "GPG_DISABLE_SIG",
      signers.length > 0
        ? "GPG_REMOTE_ID and GPG_FINGERPRINT_ID are not looked at: an attacker who has the server's public key can make packets"
        : "An attacker who has the server's public key can make packets",
    );
    return false;
  }
  if (signers.length === 0) {
    check.error(
      "Warning: Must have either sig ID's or fingerprints to check via GPG_REMOTE_ID or " +
        `GPG_FINGERPRINT_ID (stanza source: ${stanza})`,
      undefined,
      "Name the keys of the clients",
    );
  }
  if (draft.value("GPG_REQUIRE_SIG") === false) {
    check.warning(
      "GPG_REQUIRE_SIG N has no effect",
      "GPG_REQUIRE_SIG",
      "GPG_DISABLE_SIG Y accepts unsigned packets",
    );
  }
  return true;
}
