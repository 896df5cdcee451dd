/**
 * GnuPG settings of a stanza (`docs/spec/server.md` 5.3, 5.4).
 *
 * @module
 */
import type { ServerSettings } from "./fwknopd_variables.ts";
import { present } from "./present.ts";
import type { GpgSettings } from "./stanza.ts";
import type { StanzaCheck } from "./stanza_check.ts";
import type { StanzaDraft } from "./stanza_draft.ts";

/** The settings, or `undefined` where neither a passphrase nor GPG_ALLOW_NO_PW switches GnuPG on. */
export function gpgOf(
  draft: StanzaDraft,
  settings: ServerSettings,
  check: StanzaCheck,
): GpgSettings | undefined {
  const passphrase = draft.value("GPG_DECRYPT_PW");
  if (passphrase === undefined && draft.value("GPG_ALLOW_NO_PW") !== true) return undefined;
  const requireSignature = draft.value("GPG_DISABLE_SIG") !== true;
  const remoteIds = draft.value("GPG_REMOTE_ID") ?? [];
  const fingerprints = draft.value("GPG_FINGERPRINT_ID") ?? [];
  const stanza = check.sourceAndNumber.replace(" (", " ").replace(")", "");
  if (!requireSignature) {
    check.warning(
      `Warning: GPG_REQUIRE_SIG should really be enabled for stanza source: ${check.sourceAndNumber}`,
      "GPG_DISABLE_SIG",
      "Whoever has the server's public key can make packets",
    );
  } else if (remoteIds.length + fingerprints.length === 0) {
    check.error(
      "Warning: Must have either sig ID's or fingerprints to check via GPG_REMOTE_ID or " +
        `GPG_FINGERPRINT_ID (stanza source: ${stanza})`,
      undefined,
      "Name the keys of the clients",
    );
  }
  if (requireSignature && draft.value("GPG_REQUIRE_SIG") === false) {
    check.warning(
      "GPG_REQUIRE_SIG N has no effect",
      "GPG_REQUIRE_SIG",
      "GPG_DISABLE_SIG Y accepts unsigned packets",
    );
  }
  return {
    homeDirectory: draft.value("GPG_HOME_DIR") ?? settings.GPG_HOME_DIR,
    program: draft.value("GPG_EXE") ?? settings.GPG_EXE,
    requireSignature,
    ignoreSignatureErrors: draft.value("GPG_IGNORE_SIG_VERIFY_ERROR") ?? false,
    remoteIds,
    fingerprints,
    ...present({ decryptId: draft.value("GPG_DECRYPT_ID"), passphrase }),
  };
}
