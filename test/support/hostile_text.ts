/**
 * What a stranger would write to reach the administrator's terminal, or to forge a line of the log.
 *
 * @module
 */
import { assert, assertMatch } from "../assert.ts";

/** Line breaks of every kind, the journal's severity, escape sequences of both widths, bidi controls, half a character. */
export const HOSTILE =
  "\n<0>FORGED\r\x0b\x0c\x85\u2028\u2029<0>FORGED\x1b[2J\x9b2J\x1b]0;owned\x07\x7f\0\t\u202e\u2066\u200b\ufeff\u{e0041}\ud800";

/** Asserts that the hostile text is in it, and that nothing of it has an effect. */
export function assertHarmless(printed: string, what: string): void {
  assertMatch(printed, /FORGED/, `${what} printed nothing of it`);
  const left = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.exec(printed.replaceAll("\n", ""));
  assert(left === null, `${what} left ${JSON.stringify(left?.[0])} in ${JSON.stringify(printed)}`);
  assert(!/^(?:<\d>)?(?:<0>)?FORGED/m.test(printed), `${what} let it begin a line`);
}
