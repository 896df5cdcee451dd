/**
 * A sample `.fwknoprc`, made from the table of variables.
 *
 * @module
 */
import { FWKNOPRC_VARIABLES } from "./client_rows.ts";

/** Width of the column of names. */
const NAME_WIDTH = 28;

/** `.fwknoprc` with every variable, explained and commented out, and two stanzas to fill in. */
export function sampleFwknoprc(): string {
  const entries = FWKNOPRC_VARIABLES.map(({ variable, brief, default: value }) =>
    `# ${brief}\n#${variable.padEnd(NAME_WIDTH)}${value ?? ""}`.trimEnd()
  );
  return `# Settings of the fwknop client. Lines that begin with # or ; are comments.
#
# [default] applies to every run; another stanza is chosen with -n NAME and wins over it. Options of
# the command line win over both. A line is a name, blanks and a value; a value ends at a blank, ; or #.

[default]
${entries.join("\n")}

# A server at home; make the keys with: fwknop keygen
#[home]
#SPA_SERVER                  home.example.org
#ACCESS                      tcp/22
#ALLOW_IP                    resolve
#KEY_BASE64                  the first line of keygen
#HMAC_KEY_BASE64             the second line of keygen

# A host behind a gateway, reached through the gateway's port 5001.
#[inside]
#SPA_SERVER                  gateway.example.org
#ACCESS                      tcp/22
#ALLOW_IP                    resolve
#NAT_ACCESS                  10.0.0.7
#NAT_PORT                    5001
`;
}
