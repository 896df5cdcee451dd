/**
 * The texts of fwknop(1) that are not made from tables.
 *
 * @module
 */

/** DESCRIPTION. */
export const DESCRIPTION = `
\`fwknop\` keeps the ports of a server closed. When one encrypted packet proves that a client has the keys, it opens one
port, for one address, for a short time. This is Single Packet Authorization. No program listens and no program answers: a
scanner sees a host that drops every packet. A captured packet is useless, because the server accepts a packet only once.

The program is the client that sends the packet (\`knock\`), the server that watches for it (\`serve\`, see fwknopd(8)), the
generator of keys (\`keygen\`) and the administrator's tools. It uses the packets and files of fwknop 2.6, so either end may
be the C program.

Both ends share two keys, which \`keygen\` makes. One encrypts the packet, the other authenticates it. The packet carries the
time: the clocks of both ends may differ by at most two minutes.`;

/** AS THE C CLIENT. */
export const C_CLIENT = `
If the first argument is an option, the program reads the command line of the C client:

  fwknop -A tcp/22 -R -D server.example
  fwknop -n server

It takes the options of \`fwknop knock\`, which may be abbreviated, and \`-h\` lists them. Messages, the output of \`-v\` and
the exit status, 0 or 1, are the C client's. Like the C client, it saves the command line in \`~/.fwknop.run\`, but without
keys. Only this command line has these options:`;

/** EXIT STATUS. */
export const EXIT_STATUSES: Readonly<Record<string, string>> = {
  "0": "Success. `knock`: the packet was sent and, with `--wait`, the port is open.",
  "1": "The command failed. Standard error says why and what to do.",
  "2": "The command line has a mistake.",
  "3": "`knock --wait`: the port does not answer. A diagnosis lists likely causes.",
  "4": "`knock --wait`: the port refuses connections.",
  "5": "`knock --wait`: the address cannot be reached.",
  "6": "`knock --wait`: the port does not answer, and the clock of this host is certainly wrong.",
  "7": "`knock --wait`: the port was open before the knock, so the result proves nothing about it.",
  "141": "The reader of the output ended, as with `| head`.",
};

/** Follows the table of exit statuses. */
export const EXIT_REMARK = "`knock --wait -- COMMAND` exits with the status of the command.";

/** FILES. */
export const FILES: Readonly<Record<string, string>> = {
  "~/.fwknoprc": "Stanzas and keys of the client, mode 0600; see fwknoprc(5).",
  "~/.fwknop.run": "The last command line in the C client's form, without keys.",
};

/** ENVIRONMENT. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: "The folder of `.fwknoprc`.",
  NO_COLOR: "If it is not empty, terminals get no colour.",
  DENO_TLS_CA_STORE:
    "With `mozilla,system`, `-R` also trusts the authorities of the keychain on macOS or of Windows. Other systems' authorities are always trusted.",
};

/** EXAMPLES. */
export const EXAMPLES = `
Make keys, and put both lines into the stanzas at both ends:

  fwknop keygen

Knock before every ssh to a host, in \`~/.ssh/config\`:

  Host server.example
      ProxyCommand fwknop knock -n %h --wait --proxy

Run a command once the port is open:

  fwknop knock -n server --wait -- ssh server.example

Reach tcp/22 of 10.0.0.7 behind a gateway, through a random port of the gateway:

  fwknop knock -n gateway -N 10.0.0.7:22 --nat-rand-port

Show the packet without sending it:

  fwknop knock -n server -T -v`;

/** DIFFERENCES. */
export const DIFFERENCES = `
The client works with every server of fwknop 2.6.10. It differs on purpose: options always win over the rc file; \`N\` undoes
\`Y\`; Ctrl-C at the prompt sends nothing; \`-R\` asks for the public address by HTTPS, without wget; \`--save-rc-stanza\` keeps
comments and order; IPv6 works; packets that are too long, empty keys, and numbers followed by other text are refused. The
page docs/differences.md of the source lists all differences.`;
