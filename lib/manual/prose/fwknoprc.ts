/**
 * The words of fwknoprc(5) that no table holds.
 *
 * @module
 */

/** DESCRIPTION. */
export const DESCRIPTION = `
The file holds what a knock needs to know of each server: whom to ask for what, and the keys. It is read by \`fwknop knock\`
and by the C client. Its mode should be 0600.

\`[NAME]\` begins a stanza. \`[default]\` applies to every run; the stanza that \`-n\` names wins over it, and options win over
both. Names of stanzas are compared without regard to case; stanzas of one name add up.

A line is a name, blanks and a value. The value ends at a blank, a \`;\` or a \`#\`; it cannot hold them, and there are no
quotes. Lines that begin with \`#\` or \`;\` are comments. Names of variables are in capitals; an unknown one is an error.

\`fwknop knock --save-rc-stanza\` writes options to a stanza, \`--stanza-list\` lists the stanzas, and \`fwknop print
fwknoprc\` prints a file to begin with.`;

/** EXAMPLE. */
export const EXAMPLE = `
Keys that were drawn for this page; never use them:

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
The C client can only switch variables on, lets VERBOSE win over \`-v\`, and prefers keys by their kind; here the later level
wins: option, stanza, \`[default]\`. Where a value of the C client's numbers may have rubbish behind it, it is refused here.`;
