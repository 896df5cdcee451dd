/**
 * The words of fwknop(1) that no table holds.
 *
 * @module
 */

/** DESCRIPTION. */
export const DESCRIPTION = `
\`fwknop\` keeps the ports of a server closed and opens one, for one address, for a moment, when a single encrypted packet
proves who is asking. That is Single Packet Authorization. Nothing listens and nothing answers: a scanner sees a host that
drops everything, and a captured packet is worth nothing the second time.

The program is the client that sends the packet (\`knock\`), the server that watches for it (\`serve\`, see fwknopd(8)), the
generator of keys (\`keygen\`) and the operator's tools. Packets and files are those of fwknop 2.6: either end may be the C
program.

Both ends share two keys, made by \`keygen\`: one encrypts the packet, the other authenticates it. The packet carries the
time, and counts once; the clocks of both ends must agree within two minutes.`;

/** AS THE C CLIENT. */
export const C_CLIENT = `
An option in place of a command is read as the command line of the C client:

  fwknop -A tcp/22 -R -D server.example
  fwknop -n server

Options are those of \`fwknop knock\`, abbreviations and glued values included; \`-h\` lists them. Messages, the dump of
\`-v\` and the exit status, 0 or 1, are the C client's. As there, the command line is kept in \`~/.fwknop.run\`, but never a
key. These options only exist here:`;

/** EXIT STATUS. */
export const EXIT_STATUSES: Readonly<Record<string, string>> = {
  "0": "Done. `knock`: sent, and with `--wait` open.",
  "1": "It failed; standard error says why and what to do.",
  "2": "The command line is not understood.",
  "3": "`knock --wait`: the port does not answer; a diagnosis says what to look at.",
  "4": "`knock --wait`: the port refuses connections.",
  "5": "`knock --wait`: the address cannot be reached.",
  "6": "`knock --wait`: no answer, and the clock here is wrong beyond doubt.",
  "7": "`knock --wait`: the port was open before the knock, which says nothing about the knock.",
  "141": "Nobody reads the output any more, as with `| head`.",
};

/** Beside the table of exit statuses. */
export const EXIT_REMARK = "`knock --wait -- COMMAND` ends with the status of the command.";

/** FILES. */
export const FILES: Readonly<Record<string, string>> = {
  "~/.fwknoprc": "Stanzas and keys of the client, mode 0600; see fwknoprc(5).",
  "~/.fwknop.run": "The last command line of the C client's kind, without keys.",
};

/** ENVIRONMENT. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: "Where `.fwknoprc` is.",
  NO_COLOR: "Not empty: no colour on terminals.",
  DENO_TLS_CA_STORE:
    "`mozilla,system`: `-R` trusts the authorities of a keychain or of Windows as well; elsewhere it does so anyway.",
};

/** EXAMPLES. */
export const EXAMPLES = `
Make keys, and put both lines into the stanzas at both ends:

  fwknop keygen

Knock for every ssh to a host, in \`~/.ssh/config\`:

  Host server.example
      ProxyCommand fwknop knock -n %h --wait --proxy

Run a command once the port is open:

  fwknop knock -n server --wait -- ssh server.example

Reach tcp/22 of 10.0.0.7 behind a gateway, through a port of the gateway chosen at random:

  fwknop knock -n gateway -N 10.0.0.7:22 --nat-rand-port

See what would be sent:

  fwknop knock -n server -T -v`;

/** DIFFERENCES. */
export const DIFFERENCES = `
Interoperability with fwknop 2.6.10 is exact. On purpose it differs in this: options win over the rc file, always; \`N\`
undoes \`Y\`; Ctrl-C at the prompt sends nothing; the external address is asked for by HTTPS without wget; \`--save-rc-stanza\`
keeps comments and order; IPv6 works; over-long packets, empty keys and numbers with rubbish behind them are refused. The
page docs/differences.md of the source has all of it.`;
