/**
 * The configuration as data for other programs. The output never contains a secret.
 *
 * @module
 */
import type { StanzaEntry } from "./access_conf.ts";
import { ACCESS_ROWS } from "./access_variables.ts";
import { parseBoolean } from "./boolean.ts";
import { FWKNOPD_ROWS } from "./fwknopd_variables.ts";
import type { ServerConfig } from "./server_config.ts";

/**
 * Returns `{settings, stanzas}`: the variables under their names. Booleans and integers keep their type; other values
 * are written as in the file; `null` means not set. Secrets are left out; KEY_LEN and HMAC_KEY_LEN (bytes, 0 for none)
 * stand for them. Time-outs are the effective ones.
 */
export function dumpConfigJson(config: ServerConfig): Record<string, unknown> {
  const settings = FWKNOPD_ROWS.map(({ name, kind, default: standard }) => {
    const value = config.settings[name];
    if (kind === "chain") return [name, config.given.get(name)?.text ?? standard];
    if (kind === "address") return [name, config.given.get(name)?.text ?? null];
    return [name, value ?? null];
  });
  return { settings: Object.fromEntries(settings), stanzas: config.stanzas.map(stanzaData) };
}

function stanzaData({ stanza, written }: StanzaEntry): Record<string, unknown> {
  const values = ACCESS_ROWS.filter((row) => !row.secret && !row.spelling).map((row) => {
    const text = written.get(row.name)?.text ?? row.default;
    if (text === undefined) return [row.name, null];
    if (row.kind === "boolean") return [row.name, parseBoolean(text)];
    return [row.name, row.kind === "integer" || row.kind === "epoch" ? Number(text) : text];
  });
  return {
    number: stanza.number,
    file: stanza.position.file,
    line: stanza.position.line,
    ...Object.fromEntries(values),
    KEY_LEN: stanza.encryptionKey?.length ?? 0,
    HMAC_KEY_LEN: stanza.hmac?.key.length ?? 0,
    FW_ACCESS_TIMEOUT: stanza.accessTimeout,
    MAX_FW_TIMEOUT: stanza.maxTimeout,
    REQUIRE_SOURCE_ADDRESS: stanza.requireSourceAddress,
  };
}
