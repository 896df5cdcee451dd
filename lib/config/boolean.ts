/**
 * Yes and no in the daemon's files.
 *
 * @module
 */

/**
 * The C daemon looks at the first letter only: `y` is yes, all else no (`docs/spec/server.md` 4.1). So `true`, `on`
 * and `1` quietly mean **no** there. Here such a word is `undefined`, neither yes nor no: it must be an error,
 * because the writer meant yes and the switch may be one that closes something. The words for no that the C daemon
 * also takes for no are accepted.
 */
export function parseBoolean(text: string): boolean | undefined {
  if (/^y/i.test(text)) return true;
  if (/^n/i.test(text) || /^(0|off|false|disabled)$/i.test(text)) return false;
  return undefined;
}
