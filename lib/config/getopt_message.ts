/**
 * The messages of getopt_long of the GNU C library about a command line, for the C dialect.
 *
 * @module
 */
import { visible } from "../one_line.ts";
import type { Complaint } from "./getopt.ts";

/** The message on one line, without the program's name. Controls in the words of the command line are spelt out. */
export function getoptMessage(complaint: Complaint): string {
  return visible(messageOf(complaint));
}

function messageOf(complaint: Complaint): string {
  switch (complaint.kind) {
    case "unknown option":
      return `unrecognized option '--${complaint.typed}'`;
    case "unknown letter":
      return `invalid option -- '${complaint.letter}'`;
    case "ambiguous":
      return `option '--${complaint.typed}' is ambiguous; possibilities:` +
        complaint.names.map((name) => ` '--${name}'`).join("");
    case "unwanted value":
      return `option '--${complaint.name}' doesn't allow an argument`;
    case "missing value":
      return complaint.letter === undefined
        ? `option '--${complaint.name}' requires an argument`
        : `option requires an argument -- '${complaint.letter}'`;
  }
}
