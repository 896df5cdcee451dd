/**
 * Keys that are in use already: those of a stanza of `access.conf`.
 *
 * @module
 */
import type { KeyPair } from "../lib/client/key_text.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { readAccessFile } from "../lib/config/access_conf.ts";
import { GivenOptions } from "../lib/config/option.ts";
import { SERVER_OPTIONS } from "../lib/config/server_options.ts";
import { resolveServerSettings } from "../lib/config/server_settings.ts";
import { systemFiles } from "./system_files.ts";

/**
 * Reads the keys of one stanza.
 *
 * @param place `FILE`, or `FILE#N` for the stanza number N, counted from 1 in the order read.
 */
export function existingKeys(place: string): KeyPair | Problem {
  const [, file = "", digits] = /^(.+?)(?:#(\d+))?$/.exec(place) ?? [];
  const { resolved } = resolveServerSettings([], new GivenOptions([]), SERVER_OPTIONS);
  if (resolved === undefined) throw new TypeError("The defaults of the settings are not valid");
  const context = { settings: resolved.settings, files: systemFiles };
  const { entries, diagnostics } = readAccessFile(file, context);
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
