/**
 * Reports a named stanza that does not exist.
 *
 * @module
 */
import { nearestWord } from "../config/did_you_mean.ts";
import { DEFAULT_STANZA, type Fwknoprc, hasStanza, stanzaNames } from "../config/fwknoprc.ts";
import { type Problem, usageProblem } from "./problem.ts";

/** At most this many stanzas are listed when the name is similar to none of them. */
const MOST_NAMES = 8;

/** A problem that lists the existing stanzas, if the stanza is missing. @param rc absent: there is no file. */
export function checkStanza(
  name: string,
  rc: Fwknoprc | undefined,
  path: string,
): Problem | undefined {
  const reference = `Named configuration stanza: [${name}] was not found.`;
  if (rc === undefined) {
    return usageProblem(`there is no stanza [${name}], because there is no file ${path}`, {
      hint: `to make both: fwknop stanza add ${name} -D HOST -A tcp/22 -R --keys FILE`,
      reference,
    });
  }
  if (hasStanza(rc, name)) return undefined;
  const known = [...new Set(stanzaNames(rc))];
  const nearest = nearestWord(name, [...known, DEFAULT_STANZA]);
  const hint = nearest !== undefined
    ? `did you mean ${nearest}?`
    : known.length > 0
    ? `there are ${known.slice(0, MOST_NAMES).join(", ")}`
    : undefined;
  return usageProblem(`there is no stanza [${name}] in ${path}`, {
    ...(hint === undefined ? {} : { hint }),
    reference,
  });
}
