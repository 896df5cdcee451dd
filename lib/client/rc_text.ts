/**
 * Settings as lines of an rc file (`docs/spec/client.md` 6).
 *
 * @module
 */
import { DIGESTS } from "../crypto/digest_name.ts";
import { ENCRYPTION_MODES } from "../crypto/encryption_mode.ts";
import { FWKNOPRC_VARIABLES, fwknoprcVariable } from "../config/fwknoprc_variables.ts";
import type { KeySource, SettingsLevel } from "./settings.ts";

/** A variable and its value, as they stand in a stanza. */
export interface RcSetting {
  readonly name: string;
  readonly value: string;
}

/** What a level sets, in the order of the table. What has no variable is left out. */
export function rcSettings(level: Readonly<SettingsLevel>): RcSetting[] {
  const values = new Map<string, string>();
  const set = (name: string, value: string | number | undefined) => {
    if (value !== undefined) values.set(name, String(value));
  };
  const setSwitch = (name: string, on: boolean | undefined) =>
    set(name, on === undefined ? undefined : on ? "Y" : "N");
  set("DIGEST_TYPE", level.digest && DIGESTS[level.digest].label);
  set("SPA_SERVER_PROTO", level.transport);
  set("SPA_SERVER_PORT", level.serverPort);
  set("SPA_SOURCE_PORT", level.sourcePort);
  set("FW_TIMEOUT", level.timeout);
  set("ALLOW_IP", level.allow?.kind === "address" ? level.allow.text : level.allow?.kind);
  set("TIME_OFFSET", level.timeOffset);
  set("ENCRYPTION_MODE", level.mode && ENCRYPTION_MODES[level.mode].label);
  setSwitch("USE_GPG", level.useGpg);
  setSwitch("USE_GPG_AGENT", level.gpgAgent);
  set("GPG_RECIPIENT", level.gpgRecipient);
  set("GPG_SIGNER", level.gpgSigner);
  set("GPG_HOMEDIR", level.gpgHomeDirectory);
  set("GPG_EXE", level.gpgProgram);
  setSwitch("GPG_NO_SIGNING_PW", level.gpgNoPassphrase);
  set("SPOOF_USER", level.user);
  set("SPOOF_SOURCE_IP", level.spoofSource);
  set("ACCESS", level.access);
  set("SPA_SERVER", level.server);
  setSwitch("RAND_PORT", level.randomPort);
  setKey(set, level.key, "KEY_FILE");
  set("HMAC_DIGEST_TYPE", level.hmacDigest && DIGESTS[level.hmacDigest].label);
  setKey(set, level.hmacKey, "HMAC_KEY_FILE");
  setSwitch("USE_HMAC", level.useHmac);
  setSwitch("USE_WGET_USER_AGENT", level.wgetUserAgent);
  set("NAT_ACCESS", level.natAccess);
  set("HTTP_USER_AGENT", level.userAgent);
  set("RESOLVE_URL", level.resolveUrl);
  setSwitch("SERVER_RESOLVE_IPV4", level.ipv4Only);
  setSwitch("NAT_LOCAL", level.natLocal);
  setSwitch("NAT_RAND_PORT", level.natRandomPort);
  set("NAT_PORT", level.natPort);
  set("VERBOSE", level.verbosity === 1 ? "Y" : level.verbosity);
  // An address on the same command line has switched resolving off.
  setSwitch("RESOLVE_IP_HTTPS", level.resolve && level.allow === undefined);
  setSwitch("RESOLVE_HTTP_ONLY", level.resolveHttpOnly);
  set("WGET_CMD", level.wgetCommand);
  setSwitch("NO_SAVE_ARGS", level.saveArguments === undefined ? undefined : !level.saveArguments);
  set("KEY_COMMAND", level.keyCommand);
  set("WAIT", level.wait);
  return FWKNOPRC_VARIABLES.flatMap(({ name }) => {
    const value = values.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
}

/** Why a value cannot stand in a line, or `undefined`: quoting does not exist. */
export function unwritable({ name, value }: RcSetting): string | undefined {
  if (value === "") return `${name} would be empty`;
  if (fwknoprcVariable(name)?.kind === "command") {
    return /[\r\n]/.test(value) ? `${name} would hold the end of a line` : undefined;
  }
  return /[ \t;#\r\n]/.test(value)
    ? `${name} would hold a blank, ; or #, which end a value in the rc file`
    : undefined;
}

/** One line without its end; names are padded to 24 columns. */
export function formatRcLine({ name, value }: RcSetting): string {
  return `${name.padEnd(24)}    ${value}`;
}

function setKey(
  set: (name: string, value: string) => void,
  source: KeySource | undefined,
  fileVariable: string,
): void {
  if (source?.kind === "bytes") set(source.variable, source.written);
  if (source?.kind === "file") set(fileVariable, source.path);
}
