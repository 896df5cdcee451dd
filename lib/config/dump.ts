/**
 * Prints the configuration in the layout of `fwknopd -D` (`docs/spec/server.md` 12). The output never contains a
 * secret.
 *
 * @module
 */
import { DIGESTS } from "../crypto/digest.ts";
import type { StanzaEntry } from "./access_conf.ts";
import { ACCESS_ROWS, type AccessName } from "./access_variables.ts";
import { FWKNOPD_ROWS } from "./fwknopd_variables.ts";
import { MASK } from "./mask.ts";
import type { ServerConfig } from "./server_config.ts";
import type { Build } from "./variable.ts";

const UNSET = "<not set>";

/**
 * The listing: first the settings that a C daemon built for that firewall has, with its numbers; then other settings,
 * if they are set; then the stanzas.
 */
export function dumpConfigText(config: ServerConfig, build: Build = "iptables"): string {
  const known = FWKNOPD_ROWS.filter((row) =>
    !row.extension && row.since === undefined && (row.builds?.includes(build) ?? true)
  );
  const others = FWKNOPD_ROWS.filter((row) => !known.includes(row) && config.given.has(row.name));
  const settings = [...known, ...others].map(({ name }, index) =>
    `${String(index).padStart(3)}. ${name.padEnd(28)} =  '${settingText(config, name)}'\n`
  );
  const stanzas = config.stanzas.map((entry) => `${dumpStanza(entry)}\n`);
  return `Current fwknopd config settings:\n${settings.join("")}\n` +
    `Current fwknopd access settings:\n${stanzas.join("")}\n`;
}

/** The value as written, or its default. */
function settingText({ settings, given }: ServerConfig, name: keyof typeof settings): string {
  const row = FWKNOPD_ROWS.find((known) => known.name === name);
  const value = settings[name];
  // A default may refer to other variables, and one trailing `/` of a folder is dropped.
  if (row?.kind === "folder" || row?.default?.startsWith("$")) return String(value ?? UNSET);
  const written = given.get(name)?.text ?? (row?.silentDefault ? undefined : row?.default);
  if (name === "ENABLE_SPA_PACKET_AGING" && !given.has(name)) return value ? "Y" : "N";
  return written ?? UNSET;
}

function dumpStanza(entry: StanzaEntry): string {
  const { stanza } = entry;
  const lines = stanzaLines(entry).map(([name, value]) => `${name.padStart(27)}:  ${value}\n`);
  return `SOURCE (${stanza.number}):  ${stanza.sourceText}\n${"=".repeat(62)}\n${lines.join("")}`;
}

function stanzaLines({ stanza, written }: StanzaEntry): [string, string | number][] {
  const text = (name: AccessName): string => written.get(name)?.text ?? UNSET;
  const flag = (name: AccessName): string => yesOrNo(/^y/i.test(text(name)));
  const masked = (present: boolean): string => present ? MASK : UNSET;
  const { encryptionKey, hmac, gpg } = stanza;
  const nat = natLines(stanza);
  return [
    ["DESTINATION", text("DESTINATION")],
    ["OPEN_PORTS", text("OPEN_PORTS")],
    ["RESTRICT_PORTS", text("RESTRICT_PORTS")],
    ["KEY", masked(encryptionKey !== undefined)],
    ["KEY_BASE64", masked(written.has("KEY_BASE64"))],
    ["KEY_LEN", encryptionKey?.length ?? 0],
    ["HMAC_KEY", masked(hmac !== undefined)],
    ["HMAC_KEY_BASE64", masked(written.has("HMAC_KEY_BASE64"))],
    ["HMAC_KEY_LEN", hmac?.key.length ?? 0],
    ["HMAC_DIGEST_TYPE", hmacDigestId({ stanza, written })],
    ["FW_ACCESS_TIMEOUT", stanza.accessTimeout],
    ["MAX_FW_TIMEOUT", stanza.maxTimeout],
    ["ENABLE_CMD_EXEC", flag("ENABLE_CMD_EXEC")],
    ["ENABLE_CMD_SUDO_EXEC", flag("ENABLE_CMD_SUDO_EXEC")],
    ["CMD_SUDO_EXEC_USER", text("CMD_SUDO_EXEC_USER")],
    ["CMD_SUDO_EXEC_GROUP", text("CMD_SUDO_EXEC_GROUP")],
    ["CMD_EXEC_USER", text("CMD_EXEC_USER")],
    ["CMD_EXEC_GROUP", text("CMD_EXEC_GROUP")],
    ["CMD_CYCLE_OPEN", text("CMD_CYCLE_OPEN")],
    ["CMD_CYCLE_CLOSE", text("CMD_CYCLE_CLOSE")],
    ["CMD_CYCLE_TIMER", Number(written.get("CMD_CYCLE_TIMER")?.text ?? 0)],
    ["REQUIRE_USERNAME", text("REQUIRE_USERNAME")],
    ["REQUIRE_SOURCE_ADDRESS", yesOrNo(stanza.requireSourceAddress)],
    ...nat,
    ["FORCE_MASQUERADE", yesOrNo(stanza.forceMasquerade)],
    ["DISABLE_DNAT", yesOrNo(stanza.disableDnat)],
    ["FORWARD_ALL", yesOrNo(stanza.forwardAll)],
    ["ACCESS_EXPIRE", stanza.expires === undefined ? UNSET : formatDate(stanza.expires)],
    ["GPG_HOME_DIR", gpg?.homeDirectory ?? text("GPG_HOME_DIR")],
    ["GPG_EXE", text("GPG_EXE")],
    ["GPG_DECRYPT_ID", text("GPG_DECRYPT_ID")],
    ["GPG_DECRYPT_PW", masked(gpg !== undefined)],
    [
      "GPG_REQUIRE_SIG",
      gpg === undefined ? flag("GPG_REQUIRE_SIG") : yesOrNo(gpg.requireSignature),
    ],
    ["GPG_IGNORE_SIG_VERIFY_ERROR", flag("GPG_IGNORE_SIG_VERIFY_ERROR")],
    ["GPG_REMOTE_ID", text("GPG_REMOTE_ID")],
    ["GPG_FINGERPRINT_ID", text("GPG_FINGERPRINT_ID")],
    // Extensions are printed only if the file sets them, so scripts that read the C daemon's dump see no unknown lines.
    ...ACCESS_ROWS.filter((row) => row.extension && written.has(row.name))
      .map(({ name }): [string, string] => [name, text(name)]),
  ];
}

/**
 * The C daemon fills in `0.0.0.0 0` if FORWARD_ALL names no host, and prints a null pointer for FORCE_MASQUERADE alone.
 */
function natLines({ forceNat, forceSnat, forceMasquerade, forwardAll }: StanzaEntry["stanza"]): [
  string,
  string | number,
][] {
  const sourceNat = forceSnat !== undefined || forceMasquerade;
  const implied = forwardAll && sourceNat ? "0.0.0.0" : UNSET;
  return [
    ["FORCE_NAT (ip)", forceNat?.address.text ?? implied],
    ["FORCE_NAT (proto)", UNSET],
    ["FORCE_NAT (port)", forceNat?.port ?? 0],
    ["FORCE_SNAT (ip)", forceSnat?.text ?? (forceMasquerade ? "(null)" : UNSET)],
  ];
}

/** 0 if there is neither an HMAC key nor a type. */
function hmacDigestId({ stanza, written }: StanzaEntry): number {
  if (stanza.hmac !== undefined) return DIGESTS[stanza.hmac.type].id;
  const type = written.get("HMAC_DIGEST_TYPE")?.text.toLowerCase() ?? "";
  return Object.entries(DIGESTS).find(([name]) => name === type)?.[1].id ?? 0;
}

function yesOrNo(value: boolean): string {
  return value ? "Yes" : "No";
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The form of asctime(3) in local time: `Wed Jan  2 00:00:00 2030`. */
function formatDate(seconds: number): string {
  const date = new Date(seconds * 1000);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
  const day = String(date.getDate()).padStart(2);
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${clock} ${date.getFullYear()}`;
}
