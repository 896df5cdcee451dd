/**
 * The options of `fwknop stanza`: those of a knock that a stanza of `.fwknoprc` can hold.
 *
 * @module
 */
import { CLIENT_OPTIONS } from "./client_options.ts";
import type { OptionRow } from "./option.ts";

/** `--source-ip` sets ALLOW_IP; `--rc-file` names the file. */
const ALSO: readonly string[] = ["source-ip", "rc-file"];

/** Every option of the command. The server may be named as in `fwknop invite`. */
export const STANZA_OPTIONS: readonly OptionRow[] = [
  ...CLIENT_OPTIONS.flatMap(({ repeated: _, ...row }): OptionRow[] => {
    if (row.only === "c" || (row.variable === undefined && !ALSO.includes(row.name))) {
      return [];
    }
    return [row.name === "destination" ? { ...row, aliases: ["server"] } : row];
  }),
  {
    name: "keys",
    argument: "FILE",
    brief: "Take the keys from a file with the lines of fwknop keygen; - is standard input",
    group: "Keys",
  },
  {
    name: "show-keys",
    brief: "With show: print the keys too",
    group: "Keys",
  },
  {
    name: "force",
    brief: "Replace a stanza that is there; remove one that holds keys",
    group: "Stanzas of the rc file",
  },
];
