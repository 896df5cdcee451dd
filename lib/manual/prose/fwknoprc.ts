/**
 * The texts of fwknoprc(5) that are not made from tables.
 *
 * @module
 */

/** DESCRIPTION. */
export const DESCRIPTION = `
The file holds what a knock needs for each server: its address, the services to request, and the keys. \`fwknop knock\` and
the C client read it. Its mode should be 0600.

\`[NAME]\` begins a stanza. \`[default]\` applies to every run. The stanza that \`-n\` names wins over it, and options win over
both. Names of stanzas ignore upper and lower case. Stanzas with the same name are read as one.

A line is a name, blanks and a value. The value ends at a blank, a \`;\` or a \`#\`. It cannot contain these characters, and
there are no quotes. Lines that begin with \`#\` or \`;\` are comments. Names of variables are in capitals. An unknown name is
an error.

\`fwknop knock --save-rc-stanza\` writes options to a stanza, \`--stanza-list\` lists the stanzas, and \`fwknop print
fwknoprc\` prints a sample file.`;

/** EXAMPLE. */
export const EXAMPLE = `
These keys are public examples; never use them:

  [default]
  USE_HMAC          Y

  [server]
  SPA_SERVER        server.example
  ACCESS            tcp/22
  ALLOW_IP          resolve
  KEY_BASE64        Hh/V8Kl/xh73VkceJ7WoNEegJvv75GRfahWEGUDfnxo=
  HMAC_KEY_BASE64   ABRHjBcr/vVhGZJW1QeIIumlOX+CIgpbm45IYYqcKtSSvMmQOPf1gNoqW+vBFxw6ZMhD6loLzqhZ/CWEJH+9LQ==`;

/** DIFFERENCES. */
export const DIFFERENCES = `
The C client can only switch variables on, lets VERBOSE win over \`-v\`, and prefers keys by their kind. Here, an option wins
over a stanza, and a stanza wins over \`[default]\`. The C client accepts numbers followed by other text; here they are
refused.`;
