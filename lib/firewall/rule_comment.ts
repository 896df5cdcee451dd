/**
 * The comment that marks a rule of ours: `_exp_EPOCH`, as in the C daemon (`docs/spec/firewalls.md` 1.4), and perhaps a
 * tail after a blank. This release writes no tail. A later one may write the name of the client there, so that a
 * downgrade to this release keeps the grants.
 *
 * @module
 */
import { isClientName } from "../config/client_name.ts";

/** The start of the comment. */
export const EXPIRY_PREFIX = "_exp_";

/** What the comment of a rule of ours says. */
export interface RuleComment {
  /** Seconds since 1970 UTC. */
  readonly expires: number;
  /** What follows the expiry and a blank; empty if nothing does. */
  readonly tail: string;
}

/** The separator is a blank: digits that run on into other letters are no expiry. */
const COMMENT = new RegExp(`^${EXPIRY_PREFIX}([0-9]{1,11})(?: (.*))?$`, "s");

/** Reads a comment. `undefined`: the rule is not ours. `broken`: it begins like ours and has no expiry. */
export function readRuleComment(comment: string): RuleComment | "broken" | undefined {
  if (!comment.startsWith(EXPIRY_PREFIX)) return undefined;
  const [, digits, tail = ""] = COMMENT.exec(comment) ?? [];
  return digits === undefined ? "broken" : { expires: Number(digits), tail };
}

/** The member for the name that the tail begins with; none if its first word cannot be a name. */
export function nameOfTail(tail: string): { readonly name?: string } {
  const [first = ""] = tail.split(" ");
  return isClientName(first) ? { name: first } : {};
}
