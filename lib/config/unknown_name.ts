/**
 * Hints about unknown names in the server's files.
 *
 * @module
 */
import { nearestWord } from "./did_you_mean.ts";
import { type RetiredName, retirementAdvice } from "./variable.ts";

/** The names of one of the server's files. */
export interface KnownNames {
  /** Its usual name. */
  readonly file: "fwknopd.conf" | "access.conf";
  readonly names: readonly string[];
  readonly retired: readonly RetiredName[];
}

/**
 * What to do about an unknown name: one line without a full stop.
 *
 * @param own names of the file in which it stands.
 * @param other names of the other file, where it may belong.
 */
export function unknownNameHint(name: string, own: KnownNames, other: KnownNames): string {
  if (name.startsWith("#")) return "A comment must start in the first column";
  const advice = retirementAdvice([...own.retired, ...SHARED_RETIRED], name);
  if (advice !== undefined) return advice;
  if (other.names.includes(name)) return `It belongs in ${other.file}`;
  const elsewhere = retirementAdvice(other.retired, name);
  if (elsewhere !== undefined) return elsewhere;
  const nearest = nearestWord(name, own.names);
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  const elsewhereNear = nearestWord(name, other.names);
  return elsewhereNear === undefined
    ? "The line has no effect"
    : `Did you mean ${elsewhereNear}, in ${other.file}?`;
}

/** Retired names that may stand in either file. */
const SHARED_RETIRED: readonly RetiredName[] = [
  {
    name: /^EXTERNAL_CMD_(OPEN|CLOSE)$/,
    advice:
      "Use CMD_CYCLE_OPEN and CMD_CYCLE_CLOSE in access.conf: as it stands, the port itself is opened",
  },
  {
    name: /^(ENABLE_EXTERNAL_CMDS|EXTERNAL_CMD_[A-Z]+|ENABLE_EXT_CMD_PREFIX|EXT_CMD_PREFIX)$/,
    advice: "It has no effect; use CMD_CYCLE_OPEN and CMD_CYCLE_CLOSE in access.conf",
  },
  { name: "GPG_PATH", advice: "Its name is GPG_EXE now" },
  { name: /^(CLIENT|ACCESS|FW)_TIMEOUT$/, advice: "Use FW_ACCESS_TIMEOUT, in access.conf" },
  {
    name: /^ENABLE_IPT_INPUT$/,
    advice: "Rules of the INPUT chain are always added; IPT_INPUT_ACCESS in fwknopd.conf names it",
  },
];
