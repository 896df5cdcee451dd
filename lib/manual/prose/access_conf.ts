/**
 * The words of access.conf(5) that no table holds.
 *
 * @module
 */

/** DESCRIPTION. */
export const DESCRIPTION = `
The file says who may open what. Each \`SOURCE\` begins a stanza: a key pair, the addresses its packets may come from, and
what they may ask for. A packet belongs to the first stanza that is for its source and whose key made it. The mode of the
file should be 0600; \`fwknop print access.conf\` prints one to begin with.

A line is a name, blanks and a value, which ends at the first \`;\`. A \`:\` after the name is dropped. Lines that begin with
\`#\` or \`;\` are comments. Anything else is an error, with file, line and column.`;

/** DIRECTIVES. */
export const DIRECTIVES: Readonly<Record<string, string>> = {
  "`%include` _FILE_": "Read that file as if it stood here; at most three files deep.",
  "`%include_folder` _FOLDER_":
    "Read every *.conf file of the folder, in the order of their names.",
  "`%include_keys` _FILE_":
    "Take the keys of the stanza from that file. Where it cannot be used, the stanza is left out, with a warning.",
};

/** ADDRESSES AND SERVICES. */
export const LISTS = `
\`SOURCE\` and \`DESTINATION\` take \`ANY\` or addresses and networks joined by commas: 192.0.2.7, 198.51.100.0/24,
2001:db8::/32. They are compared with the packet's own addresses, never with the address it asks to admit.

\`OPEN_PORTS\` and \`RESTRICT_PORTS\` take services joined by commas: tcp/22, udp/1194. Every service a packet asks for must be
in the first, where it is set, and none in the second.

\`NAT_TARGETS\` says which ends a client may name in a NAT request (knock -N, --nat-local). Its items are joined by commas;
each is a place and what may be reached there: \`local\` (this host), an address or network of inside hosts, or \`any\` (every
inside host); then services, or \`any\`. An address of this host is \`local\` whatever the other items say, and names are
compared by the address they have. Without the line a client may be sent to the ports in \`OPEN_PORTS\` of this host, and,
where \`ENABLE_IPT_FORWARDING\` is on, to every port of every inside host. \`RESTRICT_PORTS\` counts for ports of this host.
Nothing is forwarded to loopback, multicast or broadcast addresses. What \`FORCE_NAT\` names is not checked.`;

/** LIMITS. */
export const LIMITS = `
What one key can hold open is bounded. Beyond \`MAX_PACKETS_PER_MINUTE\` packets of a stanza's keys are refused and not
remembered. With \`MAX_RULES\` firewall rules of a stanza in force, or as many command cycles to be closed, a packet that would add one
is refused as a whole; an address that is let in already can renew that, and the rules it had before then give way. Both defaults are far above what
people need: where many share a stanza, or programs knock, raise them.`;

/** CYCLES. */
export const CYCLES = `
With \`CMD_CYCLE_OPEN\` a stanza runs a command in place of firewall rules, and \`CMD_CYCLE_CLOSE\` when the time is up, also
after a reload, a restart or a crash. In both, \`$SRC\`, \`$PORT\`, \`$PROTO\`, \`$PROTO_NAME\`, \`$DST\` and \`$CLIENT_TIMEOUT\`
stand for what was granted. Commands are run without a shell: each word is one argument.`;

/** EXAMPLES. */
export const EXAMPLES = `
One port, for whoever has the keys; the keys were drawn for this page, never use them:

  SOURCE                   ANY
  OPEN_PORTS               tcp/22
  REQUIRE_SOURCE_ADDRESS   Y
  FW_ACCESS_TIMEOUT        30
  KEY_BASE64               Hh/V8Kl/xh73VkceJ7WoNEegJvv75GRfahWEGUDfnxo=
  HMAC_KEY_BASE64          ABRHjBcr/vVhGZJW1QeIIumlOX+CIgpbm45IYYqcKtSSvMmQOPf1gNoqW+vBFxw6ZMhD6loLzqhZ/CWEJH+9LQ==

A port of a gateway that leads to one host inside:

  FORCE_NAT                192.168.123.31 3389

The client chooses between two hosts inside, or the ssh of the gateway itself, under port 40001:

  OPEN_PORTS               tcp/40001
  NAT_TARGETS              local tcp/22, 192.168.123.31 tcp/3389, 192.168.123.32 tcp/3389

A set whose entries end by themselves:

  CMD_CYCLE_OPEN           ipset add fwknop $SRC timeout $CLIENT_TIMEOUT
  CMD_CYCLE_CLOSE          NONE`;
