/**
 * The texts of fwknopd(8) that are not made from tables.
 *
 * @module
 */
import type { FwknopdName } from "../../config/fwknopd_variables.ts";

/** DESCRIPTION. */
export const DESCRIPTION = `
\`fwknop serve\` watches for packets that request access, checks them against the stanzas of fwknop-access.conf(5), and makes the
firewall admit one address to the requested services, for as long as the stanza allows. A connection that was made in that
time continues, because the firewall accepts established connections. The firewall must have a rule for that.

The daemon sniffs packets with libpcap, unless fwknopd.conf(5) says otherwise. Then no port is open, and the firewall may
drop the packet. The other listeners are a UDP socket (\`-U\`), TCP, HTTP and netfilter queues.

A packet goes through these steps. The first step that fails refuses the packet, without an answer: the packet looks like
SPA; a stanza is for its source; it was not seen before; a key of a stanza made it; it is remembered; time, user, ports and
timeout are allowed; the firewall acknowledges the rule. With \`-v\` on a terminal, or \`-v -t\`, the daemon reports each step.
\`fwknop explain\` reports the steps of a captured packet, see fwknop(1).`;

/** AS FWKNOPD. */
export const C_DAEMON = `
If the program's name is \`fwknopd\`, for example through a link, or its first argument is \`fwknopd\`, it reads the command
line of the C daemon:

  ln -s /usr/local/bin/fwknop /usr/local/sbin/fwknopd
  fwknopd -f
  fwknopd -S

It takes the options of \`fwknop serve\` and these:`;

/** SIGNALS. */
export const SIGNALS: Readonly<Record<string, string>> = {
  SIGHUP: "Read the configuration again. Grants stay; a bad configuration changes nothing.",
  "SIGTERM, SIGINT": "Remove the rules, run the close commands of cycles, and exit.",
  SIGPROF: "Log the counters.",
  SIGUSR2:
    "Remove the rules of every grant and continue. `fw-flush` sends this signal to a running daemon.",
};

/** FILES, by the variable that sets the path of each. */
export const FILES = {
  CONFIG_FILE: "Settings, see fwknopd.conf(5).",
  ACCESS_FILE: "Stanzas and keys, see fwknop-access.conf(5).",
  FWKNOP_PID_FILE: "PID of the daemon, which holds a lock on the file.",
  DIGEST_FILE: "Digests of accepted packets, in the format of the C daemon.",
} as const satisfies Partial<Record<FwknopdName, string>>;

/** EXIT STATUS. */
export const EXIT_STATUSES: Readonly<Record<string, string>> = {
  "0": "Success. Without `-f`, the daemon has started. `status`: a daemon runs.",
  "1": "The command failed. Standard error says why and what to do. `status`: no daemon runs.",
  "2": "The command line of a subcommand has a mistake.",
};

/** EXAMPLES. */
export const EXAMPLES = `
Show what the daemon would do, without changing anything:

  fwknop serve -vtf

Install the daemon as a systemd service:

  fwknop print unit > /etc/systemd/system/fwknop.service
  systemctl enable --now fwknop

List which addresses are admitted, and for how long:

  fwknop fw-list

Find out why a packet was refused:

  tcpdump -w knock.pcap udp port 62201
  fwknop explain knock.pcap`;

/** SECURITY. */
export const SECURITY = `
Give every stanza an HMAC key and \`REQUIRE_HMAC Y\`. Then the daemon authenticates a packet before it decrypts or parses any
part of it. Set \`REQUIRE_SOURCE_ADDRESS Y\`, so that an attacker on the way cannot change which address a packet admits. Make
keys with \`fwknop keygen\`: an attacker can guess a passphrase from one captured packet. Give files with keys mode 0600.`;

/** DIFFERENCES. */
export const DIFFERENCES = `
The daemon reads the files and packets of fwknopd 2.6.10 without changes, and both daemons can use the same replay cache in
turn. It differs on purpose: every requested port must be allowed, where the C daemon opens those that are; MAX_FW_TIMEOUT
limits every grant; replays are detected also without a file; the daemon reports a rule after the firewall acknowledged it;
rules expire in the kernel where it supports that, otherwise by a timer; the daemon does not poll; equal refusals of one
source are counted, not repeated; numbers, dates, addresses and booleans are read strictly. The page docs/differences.md of
the source lists all differences.`;
