/**
 * The texts of access.conf(5) that are not made from tables.
 *
 * @module
 */

/** DESCRIPTION. */
export const DESCRIPTION = `
The file says which clients may open what. Each \`SOURCE\` begins a stanza: a pair of keys, the addresses that its packets
may come from, and what they may request. A packet belongs to the first stanza whose \`SOURCE\` contains its source address
and whose key made it. The mode of the file should be 0600. \`fwknop print access.conf\` prints a sample file.

A line is a name, blanks and a value. The value ends at the first \`;\`. A \`:\` after the name is dropped. Lines that begin
with \`#\` or \`;\` are comments. Any other line is an error, which names file, line and column.`;

/** DIRECTIVES. */
export const DIRECTIVES: Readonly<Record<string, string>> = {
  "`%include` _FILE_": "Read that file at this place; includes may nest three deep.",
  "`%include_folder` _FOLDER_":
    "Read every *.conf file of the folder, in the order of their names.",
  "`%include_keys` _FILE_":
    "Read the keys of the stanza from that file. If it cannot be used, the stanza is left out, with a warning.",
};

/** ADDRESSES AND SERVICES. */
export const LISTS = `
\`SOURCE\` and \`DESTINATION\` take \`ANY\`, or addresses and networks separated by commas: 192.0.2.7, 198.51.100.0/24,
2001:db8::/32. They are compared with the packet's own addresses, never with the address that the packet asks to admit.

\`OPEN_PORTS\` and \`RESTRICT_PORTS\` take services separated by commas: tcp/22, udp/1194. If \`OPEN_PORTS\` is set, it must
list every service that a packet requests. \`RESTRICT_PORTS\` must list none of them.

\`NAME\` says for whom a stanza is: letters of ASCII, digits and . _ - @, at most 32. Logs and \`fwknop fw-list\` show it.
Stanzas of one client may have the same name. The line follows \`SOURCE\`, which begins the stanza. The C daemon ignores it.

\`NAT_TARGETS\` says which targets a client may name in a NAT request (knock -N, --nat-local). Its items are separated by
commas. Each item is a host and its services. The host is \`local\` (this host), an address or network of inside hosts, or
\`any\` (every inside host). The services are a list, or \`any\`. An address of this host always counts as \`local\`. A name
counts as the address that it resolves to. Without this line, a client may request the ports in \`OPEN_PORTS\` of this host,
and, if \`ENABLE_IPT_FORWARDING\` is on, every port of every inside host. \`RESTRICT_PORTS\` applies to ports of this host.
Nothing is forwarded to loopback, multicast or broadcast addresses. The target of \`FORCE_NAT\` is not checked.`;

/** LIMITS. */
export const LIMITS = `
Two limits bound what one stanza's keys can do. Packets beyond \`MAX_PACKETS_PER_MINUTE\` are refused and not remembered.
When a stanza has \`MAX_RULES\` firewall rules, or as many open command cycles, a packet that would add one is refused as a
whole. A client that is admitted already can still renew its grant; the new rules replace its old ones. Both defaults are
far above what people need. Raise them if many clients share a stanza, or if programs knock.`;

/** CYCLES. */
export const CYCLES = `
With \`CMD_CYCLE_OPEN\`, a stanza runs a command instead of adding firewall rules. When the time is up, it runs
\`CMD_CYCLE_CLOSE\`, also after a reload, a restart or a crash. In both commands, \`$SRC\`, \`$PORT\`, \`$PROTO\`,
\`$PROTO_NAME\`, \`$DST\` and \`$CLIENT_TIMEOUT\` are replaced with the values of the grant. Commands run without a shell: each
word is one argument.`;

/** EXAMPLES. */
export const EXAMPLES = `
One port, for every client that has the keys. These keys are public examples; never use them:

  SOURCE                   ANY
  OPEN_PORTS               tcp/22
  REQUIRE_SOURCE_ADDRESS   Y
  FW_ACCESS_TIMEOUT        30
  KEY_BASE64               Hh/V8Kl/xh73VkceJ7WoNEegJvv75GRfahWEGUDfnxo=
  HMAC_KEY_BASE64          ABRHjBcr/vVhGZJW1QeIIumlOX+CIgpbm45IYYqcKtSSvMmQOPf1gNoqW+vBFxw6ZMhD6loLzqhZ/CWEJH+9LQ==

A port of a gateway that is forwarded to one inside host:

  FORCE_NAT                192.168.123.31 3389

Port 40001 of a gateway, which the client may direct to one of two inside hosts or to the gateway's own ssh:

  OPEN_PORTS               tcp/40001
  NAT_TARGETS              local tcp/22, 192.168.123.31 tcp/3389, 192.168.123.32 tcp/3389

An ipset, whose entries expire without a command:

  CMD_CYCLE_OPEN           ipset add fwknop $SRC timeout $CLIENT_TIMEOUT
  CMD_CYCLE_CLOSE          NONE`;
