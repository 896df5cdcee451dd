/**
 * The texts about the program in its help.
 *
 * @module
 */

/** In one line. */
export const PROGRAM_SUMMARY =
  "Single Packet Authorization: open one port, for one address, for a moment.";

/** The rest of the program's help. */
export const PROGRAM_TEXT = `
A server keeps every port closed and never answers. One encrypted packet from a client that has the keys opens one port for
one address. Three commands make the first knock:

  fwknop invite alice --server HOST --access tcp/22 --client-file alice
                               on the server: keys, and a stanza for each end
  fwknop serve -vtf            on the server: show every step, change nothing
  fwknop accept alice          on the client: add the stanza, and knock

\`fwknop print man fwknop\` prints the manual. If the first argument is an option, the program reads the command line of the
C client:

  fwknop -A tcp/22 -a 192.0.2.7 -D server.example

Under the name fwknopd, the program reads the command line of the C daemon.`;
