/**
 * Parses Y and N in the daemon's files.
 *
 * @module
 */

/**
 * The C daemon looks at the first letter only: `y` is yes, everything else is no (`docs/spec/server.md` 4.1). So
 * `true`, `on` and `1` silently mean **no** there. This parser returns `undefined` for such a word, which is an error:
 * the administrator meant yes, and the switch may be one that restricts access. Words for no that the C daemon also
 * takes as no are accepted.
 */
export function parseBoolean(text: string): boolean | undefined {
  if (/^y/i.test(text)) return true;
  if (/^n/i.test(text) || /^(0|off|false|disabled)$/i.test(text)) return false;
  return undefined;
}
