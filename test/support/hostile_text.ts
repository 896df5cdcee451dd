/**
 * Text by which a stranger would attack the administrator's terminal, or forge a line of the log.
 *
 * @module
 */
import { assert, assertMatch } from "../assert.ts";

/** All kinds of line breaks, the journal's severity, escape sequences of both widths, bidi controls, half a character. */
export const HOSTILE =
  "\n<0>FORGED\r\x0b\x0c\x85\u2028\u2029<0>FORGED\x1b[2J\x9b2J\x1b]0;owned\x07\x7f\0\t\u202e\u2066\u200b\ufeff\u{e0041}\ud800";

/** Asserts that the output contains the hostile text, and that no part of it has an effect. */
export function assertHarmless(printed: string, what: string): void {
  assertMatch(printed, /FORGED/, `${what} did not print it`);
  const left = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.exec(printed.replaceAll("\n", ""));
  assert(left === null, `${what} left ${JSON.stringify(left?.[0])} in ${JSON.stringify(printed)}`);
  assert(!/^(?:<\d>)?(?:<0>)?FORGED/m.test(printed), `${what} let it begin a line`);
}
