/**
 * Recognizes options of a subcommand whose name was left out, such as `fwknop -n gate --wait`.
 *
 * @module
 */
import { CLIENT_OPTIONS } from "../../lib/config/client_options.ts";
import type { Complaint } from "../../lib/config/getopt.ts";
import type { OptionRow } from "../../lib/config/option.ts";

const OURS = CLIENT_OPTIONS.filter(({ only }) => only === "native");

/**
 * The text to print instead of getopt's complaints; `undefined` if a complaint is about an option that `knock` does not
 * have either.
 */
export function forgottenKnock(complaints: readonly Complaint[]): string | undefined {
  const options = complaints.map((complaint) => OURS.map((row) => unknownOption(row, complaint)))
    .map((found) => found.find((option) => option !== undefined));
  const [first] = options;
  if (first === undefined || options.includes(undefined)) return undefined;
  return `${first} belongs to fwknop knock: put the word knock before the options`;
}

/** The option as it was written, if getopt complains that it does not know it. */
function unknownOption({ name, short }: OptionRow, complaint: Complaint): string | undefined {
  if (complaint.kind === "unknown option") return complaint.name === name ? `--${name}` : undefined;
  return complaint.kind === "unknown letter" && complaint.letter === short
    ? `-${short}`
    : undefined;
}
