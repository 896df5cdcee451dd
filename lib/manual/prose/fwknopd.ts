/**
 * The words of fwknopd(8) that no table holds.
 *
 * @module
 */
import type { FwknopdName } from "../../config/fwknopd_variables.ts";

/** DESCRIPTION. */
export const DESCRIPTION = `
\`fwknop serve\` watches for packets that ask for access, checks them against the stanzas of access.conf(5), and lets the
firewall admit one address to what was asked for, for as long as the stanza allows. Connections that were made in that time
live on through the firewall's own rule for established connections, which must be there.

Packets are sniffed with libpcap unless fwknopd.conf(5) says otherwise: no port is open, and the packet need not pass the
firewall. A UDP socket (\`-U\`), TCP, HTTP and netfilter queues are the other ways in.

A packet goes through these steps, and the first that fails refuses it in silence: it looks like SPA; a stanza is for its
source; it was not seen before; a key of a stanza made it; it is remembered; time, user, ports and time-out are allowed;
the firewall acknowledges the rule. With \`-v\` on a terminal, or \`-v -t\`, each step is told. \`fwknop explain\` tells the same of a
captured packet, see fwknop(1).`;

/** AS FWKNOPD. */
export const C_DAEMON = `
Invoked by the name \`fwknopd\` (a link is enough), or with that word first, the program takes the command line of the C
daemon:

  ln -s /usr/local/bin/fwknop /usr/local/sbin/fwknopd
  fwknopd -f
  fwknopd -S

Options are those of \`fwknop serve\` and these:`;

/** SIGNALS. */
export const SIGNALS: Readonly<Record<string, string>> = {
  SIGHUP: "Read the configuration again. Grants stay; a bad configuration changes nothing.",
  "SIGTERM, SIGINT": "Remove the rules, run the closes of cycles, and end.",
  SIGPROF: "Log counters.",
  SIGUSR2: "Remove the rules of every grant and go on; `fw-flush` sends it to a daemon that runs.",
};

/** FILES, by the variable that places each. */
export const FILES = {
  CONFIG_FILE: "Settings, see fwknopd.conf(5).",
  ACCESS_FILE: "Stanzas and keys, see access.conf(5).",
  FWKNOP_PID_FILE: "PID of the daemon, which holds a lock on the file.",
  DIGEST_FILE: "Digests of the packets that were accepted, in the format of the C daemon.",
} as const satisfies Partial<Record<FwknopdName, string>>;

/** EXIT STATUS. */
export const EXIT_STATUSES: Readonly<Record<string, string>> = {
  "0": "Done; without `-f`, the daemon really runs. `status`: it runs.",
  "1": "It failed; standard error says why and what to do. `status`: none runs.",
  "2": "The command line of a subcommand is not understood.",
};

/** EXAMPLES. */
export const EXAMPLES = `
See what would be done, and change nothing:

  fwknop serve -vtf

For good, with systemd:

  fwknop print unit > /etc/systemd/system/fwknop.service
  systemctl enable --now fwknop

Who is let in, and for how long:

  fwknop fw-list

What a packet was refused for:

  tcpdump -w knock.pcap udp port 62201
  fwknop explain knock.pcap`;

/** SECURITY. */
export const SECURITY = `
Give every stanza an HMAC key, and say so with \`REQUIRE_HMAC Y\`: packets are then authenticated before anything of them is
decrypted or parsed. Say \`REQUIRE_SOURCE_ADDRESS Y\`, lest an attacker on the way changes whom a packet admits. Keys come from
\`fwknop keygen\`; a passphrase can be guessed from one captured packet. Files that hold keys are mode 0600.`;

/** DIFFERENCES. */
export const DIFFERENCES = `
Files and packets of fwknopd 2.6.10 are taken as they are, and the replay cache may go back and forth. On purpose it differs
in this: every requested port must be allowed, not as many as are; MAX_FW_TIMEOUT caps every grant; replays are detected also
without a file; rules are told of when the firewall acknowledged them, and expire by a timer, in the kernel where it can; no
polling; equal refusals of one source are counted, not repeated; numbers, dates, addresses and booleans are read strictly.
The page docs/differences.md of the source has all of it.`;
