/**
 * Describes a first word that is not a command.
 *
 * @module
 */
import { Problem } from "../lib/client/problem.ts";
import { defaultRcPath, readRcFile } from "../lib/client/rc_file.ts";
import { likelyWords } from "../lib/config/did_you_mean.ts";
import { stanzaNames } from "../lib/config/fwknoprc.ts";
import { visible } from "../lib/one_line.ts";
import type { Context } from "./context.ts";

/** Commands of other programs, and the command that does the same here. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  revoke:
    "fwknop fw-flush ends every grant; to keep a client out, remove its stanza from access.conf and " +
    "type fwknop reload",
  start: "fwknop serve starts the server",
  restart:
    "fwknop reload reads the configuration again; to start anew: fwknop stop && fwknop serve",
  kill: "fwknop stop stops the server",
  check: "fwknop dump-config checks the configuration, fwknop doctor examines the host",
  list: "fwknop fw-list lists the admitted addresses, fwknop stanza show the client's stanzas",
  add:
    "fwknop invite NAME adds a client to the server, fwknop stanza add NAME a server to the client",
};

/** The line, and below it a command to type, or the likeliest spellings among `known`. */
export function describeUnknownCommand(
  word: string,
  known: readonly string[],
  context: Context,
): string {
  const text = `there is no command '${word}'`;
  return `fwknop: ${visible(text)}\n  ${visible(hint(word, known, context))}\n`;
}

function hint(word: string, known: readonly string[], context: Context): string {
  const other = Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined;
  if (other !== undefined) return other;
  if (isStanza(word, context)) return `to knock with that stanza: fwknop knock -n ${word}`;
  const likely = likelyWords(word, known);
  return likely.length > 0 ? `did you mean ${likely.join(" or ")}?` : "try fwknop --help";
}

/** Whether the user's rc file has a stanza of that name. A file that cannot be read has none. */
function isStanza(word: string, context: Context): boolean {
  const path = defaultRcPath((name) => context.env(name));
  const file = path === undefined ? "absent" : readRcFile(path);
  return file !== "absent" && !(file instanceof Problem) && stanzaNames(file.rc).includes(word);
}
