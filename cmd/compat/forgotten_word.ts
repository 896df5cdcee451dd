/**
 * `fwknop -n gate --wait`: options of a subcommand whose name was left out.
 *
 * @module
 */
import { CLIENT_OPTIONS } from "../../lib/config/client_options.ts";
import type { OptionRow } from "../../lib/config/option.ts";

const OURS = CLIENT_OPTIONS.filter(({ only }) => only === "native");

/**
 * What to say in place of getopt's complaints; `undefined` where one of them is about an option that `knock` does not know
 * either.
 */
export function forgottenKnock(complaints: readonly string[]): string | undefined {
  const options = complaints.map((complaint) =>
    OURS.map((row) => complainedOption(row, complaint)).find((option) => option !== undefined)
  );
  const [first] = options;
  if (first === undefined || options.includes(undefined)) return undefined;
  return `${first} belongs to fwknop knock: put the word knock before the options`;
}

/** The option as it was written, if the complaint is that getopt does not know it. */
function complainedOption({ name, short }: OptionRow, complaint: string): string | undefined {
  const unknown = `unrecognized option '--${name}`;
  if (complaint === `${unknown}'` || complaint.startsWith(`${unknown}=`)) return `--${name}`;
  return short !== undefined && complaint === `invalid option -- '${short}'`
    ? `-${short}`
    : undefined;
}
