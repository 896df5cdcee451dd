/**
 * Sample configuration files, made from the tables of variables.
 *
 * @module
 */
import { FWKNOPD_ROWS } from "./fwknopd_variables.ts";
import { formatRange, type VariableRow } from "./variable.ts";

/** Width of the column of names. */
const NAME_WIDTH = 28;

/** `fwknopd.conf` with every variable of the iptables build, explained, commented out and at its default. */
export function sampleFwknopdConf(): string {
  const rows: readonly VariableRow[] = FWKNOPD_ROWS;
  const entries = rows
    .filter(({ builds, honoured }) =>
      honoured === true && (builds === undefined || builds.includes("iptables"))
    )
    .map((row) => `${description(row)}#${row.name.padEnd(NAME_WIDTH)}${row.default ?? ""}\n`);
  return [
    "# Settings of the server. One NAME VALUE per line; the value ends at the first ';'.\n" +
    "# What is commented out has the value shown, or none. FLUSH_IPT_AT_INIT is the exception: see there.\n",
    ...entries,
  ].join("\n");
}

function description({ doc, range, unit, choices }: VariableRow): string {
  const limits = [
    ...(range === undefined ? [] : [formatRange(range, unit)]),
    ...(choices === undefined ? [] : [choices.join(", ")]),
  ];
  return `# ${doc}${limits.length === 0 ? "" : ` (${limits.join("; ")})`}\n`;
}

/** `access.conf` with one stanza whose keys must be filled in. */
export function sampleAccessConf(): string {
  return `# Who may open what. Keep this file readable for root only (mode 0600).
#
# Each SOURCE starts a stanza. "fwknop keygen" makes the two keys; the client gets the same.

SOURCE                      ANY
OPEN_PORTS                  tcp/22
FW_ACCESS_TIMEOUT           30
# Refuse packets that name no address to admit (0.0.0.0). The server would admit the sender's address,
# which an attacker on the path can change.
REQUIRE_SOURCE_ADDRESS      Y
KEY_BASE64                  __CHANGEME__
HMAC_KEY_BASE64             __CHANGEME__
`;
}
