/**
 * Builds the keys of a stanza: for the symmetric cipher, for the HMAC, and for GnuPG (`docs/spec/server.md` 5.3, 5.4;
 * `docs/spec/wire.md` 5.1, 6).
 *
 * @module
 */
import { equalBytes } from "../crypto/equal.ts";
import { accessDefault } from "./access_defaults.ts";
import type { AccessName } from "./access_variables.ts";
import { present } from "./present.ts";
import type { HmacKey, Stanza } from "./stanza.ts";
import type { StanzaCheck } from "./stanza_check.ts";
import type { StanzaDraft } from "./stanza_draft.ts";
import { gpgOf } from "./stanza_gpg.ts";
import type { ServerSettings } from "./fwknopd_variables.ts";

const MAX_KEY_LENGTH = 32;
const MAX_HMAC_KEY_LENGTH = 128;
/** Legacy mode uses this many bytes of a longer key (`docs/spec/wire.md` 5.2). */
const LEGACY_KEY_LENGTH = 16;

/** Returns the checked keys; errors go to `check`. */
export function keysOf(
  draft: StanzaDraft,
  settings: ServerSettings,
  check: StanzaCheck,
): Pick<Stanza, "encryptionKey" | "encryptionMode" | "hmac" | "gpg"> {
  const encryptionKey = encryptionKeyOf(draft, check);
  const gpg = gpgOf(draft, settings, check);
  const isSigned = encryptionKey === undefined && gpg?.requireSignature === true &&
    !gpg.ignoreSignatureErrors;
  const hmac = hmacOf(draft, isSigned, check);
  checkKeys(draft, encryptionKey, hmac, gpg, check);
  return {
    encryptionMode: draft.value("ENCRYPTION_MODE") ?? accessDefault("ENCRYPTION_MODE"),
    ...present({ encryptionKey: legacyKey(draft, encryptionKey, check), hmac, gpg }),
  };
}

function encryptionKeyOf(draft: StanzaDraft, check: StanzaCheck): Uint8Array | undefined {
  const name = draft.latest("KEY", "KEY_BASE64");
  const key = name === undefined ? undefined : draft.value(name);
  // Legacy mode cuts the key, so longer keys are valid there.
  if (key !== undefined && draft.value("ENCRYPTION_MODE") !== "legacy") {
    checkLength(key, MAX_KEY_LENGTH, name, check);
  }
  return key;
}

function legacyKey(
  draft: StanzaDraft,
  key: Uint8Array | undefined,
  check: StanzaCheck,
): Uint8Array | undefined {
  const long = key !== undefined && key.length > LEGACY_KEY_LENGTH;
  if (!long || draft.value("ENCRYPTION_MODE") !== "legacy") return key;
  check.warning(
    `Warning: truncating encryption key in legacy mode to 16 bytes for access stanza source: ${check.source}`,
    draft.latest("KEY", "KEY_BASE64"),
    "Only clients of the perl era need this mode",
  );
  return key.slice(0, LEGACY_KEY_LENGTH);
}

/**
 * @param isSigned whether signatures authenticate the packets.
 */
function hmacOf(draft: StanzaDraft, isSigned: boolean, check: StanzaCheck): HmacKey | undefined {
  const name = draft.latest("HMAC_KEY", "HMAC_KEY_BASE64");
  const key = name === undefined ? undefined : draft.value(name);
  if (key !== undefined) {
    checkLength(key, MAX_HMAC_KEY_LENGTH, name, check);
    return { key, type: draft.value("HMAC_DIGEST_TYPE") ?? accessDefault("HMAC_DIGEST_TYPE") };
  }
  const hint = "Add HMAC_KEY_BASE64; fwknop keygen makes one";
  if (draft.value("REQUIRE_HMAC") === true) {
    check.error(
      `[*] REQUIRE_HMAC needs an HMAC key for access stanza source: ${check.source}`,
      "REQUIRE_HMAC",
      hint,
    );
  } else {
    const means = isSigned ? "any packet from SOURCE starts gpg" : "packets are not authenticated";
    check.warning(
      `Warning: no HMAC key, so ${means} for stanza source: ${check.sourceAndNumber}`,
      undefined,
      hint,
    );
  }
  return undefined;
}

function checkLength(
  key: Uint8Array,
  most: number,
  name: AccessName | undefined,
  check: StanzaCheck,
): void {
  if (key.length > most) {
    check.error(
      `[*] ${name} has ${key.length} bytes, must be in [1,${most}] for access stanza source: ${check.source}`,
      name,
      "fwknop keygen makes keys of the right length",
    );
  }
}

/** Reports an error unless a line of the stanza, or a key file, may give it a key. */
export function checkHasKeys(draft: StanzaDraft, check: StanzaCheck): void {
  const isWritten = draft.keyFile !== undefined || draft.keyIsBroken ||
    (["KEY", "KEY_BASE64", "GPG_DECRYPT_PW", "GPG_ALLOW_NO_PW"] as const)
      .some((name) => draft.has(name));
  if (!isWritten) noKeys(check);
}

function noKeys(check: StanzaCheck): void {
  check.dataError(
    `[*] No keys found for access stanza source: ${check.source}`,
    undefined,
    "Add KEY_BASE64; fwknop keygen makes one",
  );
}

function checkKeys(
  draft: StanzaDraft,
  key: Uint8Array | undefined,
  hmac: HmacKey | undefined,
  gpg: Stanza["gpg"],
  check: StanzaCheck,
): void {
  if (key === undefined && gpg === undefined) noKeys(check);
  if (gpg === undefined && draft.value("ENCRYPTION_MODE") === "asymmetric") {
    check.error(
      `[*] ENCRYPTION_MODE Asymmetric needs GnuPG for access stanza source: ${check.source}`,
      "ENCRYPTION_MODE",
      "Remove the line, or set GPG_DECRYPT_ID and GPG_DECRYPT_PW",
    );
  }
  const passphrase = gpg?.passphrase;
  const others = [
    key,
    passphrase === undefined ? undefined : new TextEncoder().encode(passphrase),
  ];
  if (hmac !== undefined && others.some((other) => other && equalBytes(other, hmac.key))) {
    check.dataError(
      `[*] The encryption passphrase and HMAC key should not be identical for access stanza source: ${check.source}`,
      draft.latest("HMAC_KEY", "HMAC_KEY_BASE64"),
      "fwknop keygen makes two different keys",
    );
  }
}
