/**
 * Reads keys in use from a stanza of `access.conf`, from a client's stanza, or from a file of key lines.
 *
 * @module
 */
import type { KeyPair } from "../lib/client/key_text.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { parseAccessConf } from "../lib/config/access_conf.ts";
import { readLines } from "../lib/config/line.ts";
import { GivenOptions } from "../lib/config/option.ts";
import { SERVER_OPTIONS } from "../lib/config/server_options.ts";
import { resolveServerSettings } from "../lib/config/server_settings.ts";
import { hasClientStanza, inputName, keyLines, readKeyText } from "./read_key_lines.ts";
import { systemFiles } from "./system_files.ts";

/**
 * Reads the keys of one stanza.
 *
 * @param place `FILE`, or `FILE#N` for the stanza number N of an access.conf, counted from 1 in the order read; a FILE
 * of `-` is standard input.
 */
export async function existingKeys(place: string): Promise<KeyPair | Problem> {
  const [, path = "", digits] = /^(.+?)(?:#(\d+))?$/.exec(place) ?? [];
  const text = await readKeyText(path);
  if (text instanceof Problem) return text;
  const file = inputName(path);
  // The output of fwknop invite has a stanza for each end, with the same keys.
  if (hasClientStanza(text) || !hasAccessStanza(text)) return pairOf(text, file);
  return accessKeys(text, file, digits);
}

function hasAccessStanza(text: string): boolean {
  return readLines(text, "").some((line) =>
    line.kind === "setting" && /^(SOURCE:?|%include.*)$/.test(line.name)
  );
}

function pairOf(text: string, file: string): KeyPair | Problem {
  const keys = keyLines(text, file);
  if (keys instanceof Problem) return keys;
  const { key, hmacKey } = keys.level;
  if (key?.kind !== "bytes") return new Problem(`${file} has no encryption key`);
  return { key: key.bytes, hmacKey: hmacKey?.kind === "bytes" ? hmacKey.bytes : undefined };
}

function accessKeys(text: string, file: string, digits: string | undefined): KeyPair | Problem {
  const { resolved } = resolveServerSettings([], new GivenOptions([]), SERVER_OPTIONS);
  if (resolved === undefined) throw new TypeError("The defaults of the settings are not valid");
  const context = { settings: resolved.settings, files: systemFiles };
  const { entries, diagnostics } = parseAccessConf(text, file, context);
  const error = diagnostics.find(({ severity }) => severity === "error");
  if (error !== undefined) {
    const { text, hint, position } = error;
    return new Problem(text, { ...(hint && { hint }), ...(position && { position }) });
  }
  if (digits === undefined && entries.length > 1) {
    return usageProblem(`${file} has ${entries.length} stanzas`, {
      hint: `say which: --from ${file}#1 to ${file}#${entries.length}`,
    });
  }
  const stanza = entries[Number(digits ?? 1) - 1]?.stanza;
  if (stanza === undefined) {
    return usageProblem(`${file} has no stanza number ${digits}: the last is ${entries.length}`);
  }
  const { encryptionKey: key, hmac } = stanza;
  return key === undefined
    ? new Problem(`stanza ${stanza.number} of ${file} has no key: it is for GnuPG only`, {
      position: stanza.position,
    })
    : { key, hmacKey: hmac?.key };
}
