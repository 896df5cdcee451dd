/**
 * Makes a pair of stanzas: one for `access.conf`, one for the `.fwknoprc` of the new client. Pure: the keys and the
 * date come from the caller.
 *
 * @module
 */
import { CLIENT_NAME_HINT, isClientName } from "../config/client_name.ts";
import { GivenOptions } from "../config/option.ts";
import { DIGESTS } from "../crypto/digest_name.ts";
import type { GeneratedKeys } from "../crypto/key_generation.ts";
import { parseAddress } from "../net/address.ts";
import { isHostName } from "../net/host_name.ts";
import { parseServices } from "../net/service.ts";
import { keyBase64 } from "./key_text.ts";
import { parseNumber } from "../config/number.ts";
import { Problem, usageProblem } from "./problem.ts";
import { formatRcLine } from "./rc_text.ts";
import type { KeySource } from "../config/client_values.ts";
import { MAX_TIMEOUT, type SettingsLevel } from "../config/client_rows.ts";
import { invitationMark } from "../config/invitation_mark.ts";
import { levelFromOptions, rcSettings } from "./level.ts";

/** What both ends must agree on, besides the keys. */
export interface InvitationTerms {
  /** NAME of the server's stanza. */
  readonly name: string;
  /** SOURCE of the server's stanza. */
  readonly source: string;
  /** Seconds. */
  readonly timeout: number;
  /** What the client's stanza sets. Its server is also the stanza's name. */
  readonly client: Readonly<SettingsLevel> & { readonly access: string; readonly server: string };
}

const DEFAULT_TIMEOUT = 30;

/** Reads and checks the options. */
export function invitationTerms(name: string, options: GivenOptions): InvitationTerms | Problem {
  if (!isClientName(name)) {
    return usageProblem(`'${name}' cannot be the name of a client`, { hint: CLIENT_NAME_HINT });
  }
  const server = options.value("server");
  const access = options.value("access");
  if (server === undefined || access === undefined) {
    return usageProblem(`invite needs --${server === undefined ? "server" : "access"}`, {
      hint: `for example: fwknop invite ${name} --server gate.example --access tcp/22`,
    });
  }
  if (parseAddress(server) === undefined && !isHostName(server)) {
    return usageProblem(`--server: '${server}' is neither a host name nor an address`);
  }
  if (parseServices(access) === undefined) {
    return usageProblem(`--access: '${access}' is not a list such as tcp/22 or tcp/22,udp/53`);
  }
  const allow = allowSetting(options.value("allow-ip") ?? "resolve");
  if (allow instanceof Problem) return allow;
  const text = options.value("fw-timeout") ?? String(DEFAULT_TIMEOUT);
  const timeout = parseNumber(text, 1, MAX_TIMEOUT, "native");
  if (timeout === undefined) {
    return usageProblem(
      `--fw-timeout: '${text}' is not a number of seconds from 1 to ${MAX_TIMEOUT}`,
    );
  }
  // These options mean the same as in `knock`, so the client's table reads them.
  const names = ["server-port", "server-proto", "hmac-digest-type"];
  const same = options.entries.filter((entry) => names.includes(entry.name));
  const level = levelFromOptions(new GivenOptions(same), "native");
  if (level instanceof Problem) return level;
  const source = options.value("source") ?? "ANY";
  if (!/^[A-Za-z0-9.:,\/ ]+$/.test(source)) {
    return usageProblem(`--source: '${source}' is not ANY or a list of addresses and networks`);
  }
  return { name, source, timeout, client: { ...level, ...allow, access, server, useHmac: true } };
}

function allowSetting(text: string): Pick<SettingsLevel, "allow" | "resolve"> | Problem {
  if (text === "resolve") return { resolve: true };
  if (text === "source") return { allow: { kind: "source" } };
  return parseAddress(text) === undefined
    ? usageProblem(`--allow-ip: '${text}' is not resolve, source or an address`)
    : { allow: { kind: "address", text } };
}

/** The stanza of `access.conf`, with an empty line before it. */
export function formatServerStanza(
  { name, source, timeout, client }: InvitationTerms,
  { key, hmacKey }: GeneratedKeys,
  date: Date,
): string {
  const { access, hmacDigest, resolve, allow } = client;
  const settings: [name: string, value: string][] = [
    // Not before SOURCE, which begins a stanza.
    ["SOURCE", source],
    ["NAME", name],
    ["OPEN_PORTS", access],
    ["FW_ACCESS_TIMEOUT", String(timeout)],
    ["REQUIRE_HMAC", "Y"],
  ];
  // An attacker on the way can change a packet's source. A client that names its address does not need the source.
  if (resolve === true || allow?.kind === "address") settings.push(["REQUIRE_SOURCE_ADDRESS", "Y"]);
  settings.push(["KEY_BASE64", keyBase64(key)]);
  if (hmacDigest !== undefined) settings.push(["HMAC_DIGEST_TYPE", DIGESTS[hmacDigest].label]);
  settings.push(["HMAC_KEY_BASE64", keyBase64(hmacKey)]);
  const lines = settings.map(([variable, value]) => `${variable.padEnd(28)}${value}\n`).join("");
  return `\n${invitationMark(name)}${date.toISOString().slice(0, 10)}\n${lines}`;
}

/** The stanza of `.fwknoprc`, under the name of the server. */
export function formatClientStanza(
  { client }: InvitationTerms,
  { key, hmacKey }: GeneratedKeys,
): string {
  const level = {
    ...client,
    key: written("KEY_BASE64", key),
    hmacKey: written("HMAC_KEY_BASE64", hmacKey),
  };
  const settings = rcSettings(level).map((setting) =>
    // ALLOW_IP says the same, and is the variable that also sets the other kinds of address.
    setting.name === "RESOLVE_IP_HTTPS" ? { name: "ALLOW_IP", value: "resolve" } : setting
  );
  return `[${client.server}]\n${settings.map((it) => `${formatRcLine(it)}\n`).join("")}`;
}

/** A stanza without its keys, to show it. */
export function withoutKeys(stanza: string): string {
  return stanza.replace(/^(\w*KEY\w*\s+).*$/gm, "$1(not shown)");
}

function written(variable: string, bytes: Uint8Array): KeySource {
  return { kind: "bytes", bytes, variable, written: keyBase64(bytes) };
}
