/**
 * Keys out of a file that `fwknop keygen` has written.
 *
 * @module
 */
import { errorText } from "../lib/client/error_text.ts";
import { Problem } from "../lib/client/problem.ts";
import type { RcSetting } from "../lib/client/rc_text.ts";
import { levelFromRc } from "../lib/client/settings_from_rc.ts";
import { textBytes } from "../lib/crypto/bytes.ts";
import { DEFAULT_STANZA, parseFwknoprc, readStanza } from "../lib/config/fwknoprc.ts";
import { fwknoprcVariable } from "../lib/config/fwknoprc_variables.ts";

/** Reads lines such as `KEY_BASE64: …`. @param path `-` is standard input. */
export async function readKeyLines(path: string): Promise<RcSetting[] | Problem> {
  let text: string;
  try {
    text = path === "-"
      ? await new Response(Deno.stdin.readable).text()
      : await Deno.readTextFile(path);
  } catch (error) {
    return new Problem(`cannot read the keys from ${path}: ${errorText(error)}`);
  }
  // The lines have the form of those in a stanza.
  const rc = parseFwknoprc(`[${DEFAULT_STANZA}]\n${text}`, path);
  const { entries, diagnostics } = readStanza(rc, DEFAULT_STANZA);
  const found = [...diagnostics, ...levelFromRc(entries, "native", textBytes).diagnostics];
  const keys = entries.filter(({ name }) => fwknoprcVariable(name)?.secret === true);
  if (found.length > 0 || keys.length === 0 || keys.length < entries.length) {
    return new Problem(`${path === "-" ? "standard input" : path} has more or less than keys`, {
      hint: "the lines are those of fwknop keygen: KEY_BASE64: … and HMAC_KEY_BASE64: …",
    });
  }
  return keys.map(({ name, value }) => ({ name, value }));
}
