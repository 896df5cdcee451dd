/**
 * What a first word that is no command may have meant.
 *
 * @module
 */
import { Problem } from "../lib/client/problem.ts";
import { defaultRcPath, readRcFile } from "../lib/client/rc_file.ts";
import { stanzaNames } from "../lib/config/fwknoprc.ts";
import type { Context } from "./context.ts";

/** Words for what other words do here. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  revoke:
    "fwknop fw-flush ends every grant; to keep a client out, take its stanza out of access.conf and " +
    "type fwknop reload",
  start: "fwknop serve starts the server",
  restart:
    "fwknop reload reads the configuration again; to start anew: fwknop stop && fwknop serve",
  kill: "fwknop stop stops the server",
  check: "fwknop dump-config reads the whole configuration, fwknop doctor looks at the host",
  list: "fwknop fw-list lists who is let in, fwknop stanza show the client's stanzas",
  add:
    "fwknop invite NAME adds a client to the server, fwknop stanza add NAME a server to the client",
};

/** A command to type, or the likeliest spelling. @param corrections words that are near. */
export function commandHint(
  word: string,
  corrections: readonly string[],
  context: Context,
): string {
  const other = Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined;
  if (other !== undefined) return other;
  if (isStanza(word, context)) return `to knock by that stanza: fwknop knock -n ${word}`;
  return corrections.length > 0 ? `did you mean ${corrections.join(" or ")}?` : "try fwknop --help";
}

/** Whether the user's rc file has a stanza of that name. What is wrong with the file is told by those who need it. */
function isStanza(word: string, context: Context): boolean {
  const path = defaultRcPath((name) => context.env(name));
  const file = path === undefined ? "absent" : readRcFile(path);
  return file !== "absent" && !(file instanceof Problem) && stanzaNames(file.rc).includes(word);
}
