/**
 * The variables of `fwknopd.conf`, once (`docs/spec/server.md` 4.2), in the order in which `fwknopd -D` numbers
 * them. A variable of one firewall stands beside its twin of another, so that the order holds for each build.
 *
 * @module
 */
import type { Address } from "../net/address.ts";
import type { Service } from "../net/service.ts";
import type { Chain } from "./chain.ts";
import type { RetiredName, VariableRow } from "./variable.ts";

/** What a variable of `fwknopd.conf` may hold, and the type it has once parsed. */
export interface FwknopdKinds {
  /** `y…` or `n…`. */
  boolean: boolean;
  /** Decimal digits, within the range of the row. */
  integer: number;
  /** Anything. */
  text: string;
  /** A file, as written: a relative one is relative to the working directory. */
  path: string;
  /** A path from the root. */
  "absolute path": string;
  /** A folder; one `/` at the end is dropped. */
  folder: string;
  /** IPv4; `__CHANGEME__`, as the shipped file has it, counts as not set. */
  address: Address;
  /** Six comma-separated fields (`docs/spec/firewalls.md` 1.2). */
  chain: Chain;
  /** One of the row's words. */
  choice: string;
  /** `tcp/22, udp/53`, blanks allowed around each. */
  services: readonly Service[];
}

type Row = VariableRow<keyof FwknopdKinds>;

/** Every variable. */
export const FWKNOPD_VARIABLES = [
  {
    name: "CONFIG_FILE",
    kind: "path",
    default: "/etc/fwknop/fwknopd.conf",
    doc: "The file being read; no effect inside it, --config-file names another",
    honoured: "inert",
  },
  {
    name: "OVERRIDE_CONFIG",
    kind: "text",
    doc: "Comma-separated files read after this one, whose values win",
    honoured: true,
  },
  {
    name: "PCAP_INTF",
    kind: "text",
    default: "eth0",
    doc: "Interface to sniff; any is all of them",
    honoured: true,
  },
  {
    name: "PCAP_FILE",
    kind: "path",
    doc: "Capture file to read packets from; ENABLE_SPA_PACKET_AGING then defaults to N",
    honoured: true,
  },
  {
    name: "ENABLE_PCAP_PROMISC",
    kind: "boolean",
    default: "N",
    doc: "Sniff in promiscuous mode",
    honoured: true,
  },
  {
    name: "PCAP_FILTER",
    kind: "text",
    default: "udp port 62201",
    doc: "Filter expression of libpcap",
    honoured: true,
  },
  {
    name: "PCAP_DISPATCH_COUNT",
    kind: "integer",
    default: "100",
    range: [1, 8388608],
    doc: "No effect: packets are read as they come, not in rounds",
    honoured: "inert",
  },
  {
    name: "PCAP_LOOP_SLEEP",
    kind: "integer",
    default: "100000",
    range: [1, 8388608],
    unit: "µs",
    doc: "No effect: there is no polling and so no pause between rounds",
    honoured: "inert",
  },
  {
    name: "ENABLE_PCAP_ANY_DIRECTION",
    kind: "boolean",
    default: "N",
    silentDefault: true,
    doc: "Also look at packets that leave the interface",
    honoured: true,
  },
  {
    name: "EXIT_AT_INTF_DOWN",
    kind: "boolean",
    default: "Y",
    doc: "Exit when the sniffed interface goes down, in place of waiting for it",
    honoured: true,
  },
  {
    name: "MAX_SNIFF_BYTES",
    kind: "integer",
    default: "1500",
    range: [1, 32768],
    unit: "bytes",
    doc: "Bytes captured of each packet",
    honoured: true,
  },
  {
    name: "ENABLE_SPA_PACKET_AGING",
    kind: "boolean",
    default: "Y",
    doc: "Refuse packets whose time differs too much from this host's",
    honoured: true,
  },
  {
    name: "MAX_SPA_PACKET_AGE",
    kind: "integer",
    default: "120",
    range: [1, 100000],
    unit: "s",
    doc: "Largest difference allowed, either way",
    honoured: true,
  },
  {
    name: "ENABLE_DIGEST_PERSISTENCE",
    kind: "boolean",
    default: "Y",
    doc: "Keep the digests of seen packets in DIGEST_FILE; N keeps them in memory only",
    honoured: true,
  },
  {
    name: "RULES_CHECK_THRESHOLD",
    kind: "integer",
    default: "20",
    range: [0, 131071],
    doc: "No effect: rules expire by a timer on the next deadline, not by polling",
    honoured: "inert",
  },
  {
    name: "CMD_EXEC_TIMEOUT",
    kind: "integer",
    default: "60",
    silentDefault: true,
    range: [1, 8388608],
    unit: "s",
    doc: "Longest time a command of a message or of a cycle may run",
    honoured: true,
  },
  {
    name: "ENABLE_SPA_OVER_HTTP",
    kind: "boolean",
    default: "N",
    doc: "Accept packets wrapped in HTTP requests",
    honoured: true,
  },
  {
    name: "ALLOW_ANY_USER_AGENT",
    kind: "boolean",
    default: "N",
    doc: "Accept HTTP requests whatever their User-Agent says",
    honoured: true,
    since: "2.6.11",
  },
  {
    name: "ENABLE_TCP_SERVER",
    kind: "boolean",
    default: "N",
    doc: "Accept packets over TCP connections",
    honoured: true,
  },
  {
    name: "TCPSERV_PORT",
    kind: "integer",
    default: "62201",
    range: [1, 65535],
    doc: "Port of the TCP server",
    honoured: true,
  },
  {
    name: "ENABLE_UDP_SERVER",
    kind: "boolean",
    default: "N",
    doc: "Receive packets on a UDP socket in place of sniffing",
    honoured: true,
  },
  {
    name: "UDPSERV_PORT",
    kind: "integer",
    default: "62201",
    range: [1, 65535],
    doc: "Port of the UDP server",
    honoured: true,
  },
  {
    name: "UDPSERV_SELECT_TIMEOUT",
    kind: "integer",
    default: "500000",
    range: [1, 8388608],
    unit: "µs",
    doc: "No effect: there is no polling and so no longest wait",
    honoured: "inert",
  },
  {
    name: "ENABLE_NFQ_CAPTURE",
    kind: "boolean",
    default: "N",
    doc: "Receive packets from a netfilter queue in place of sniffing",
    honoured: true,
    builds: ["nfq"],
  },
  {
    name: "NFQ_INTERFACE",
    kind: "text",
    doc: "Queue only packets that arrive on this interface",
    honoured: true,
    builds: ["nfq"],
  },
  {
    name: "NFQ_PORT",
    kind: "integer",
    default: "62201",
    range: [1, 65535],
    doc: "UDP port whose packets are queued",
    honoured: true,
    builds: ["nfq"],
  },
  {
    name: "NFQ_TABLE",
    kind: "text",
    default: "mangle",
    doc: "Table of the queue rule",
    honoured: true,
    builds: ["nfq"],
  },
  {
    name: "NFQ_CHAIN",
    kind: "text",
    default: "FWKNOP_NFQ",
    doc: "Chain of the queue rule",
    honoured: true,
    builds: ["nfq"],
  },
  {
    name: "NFQ_QUEUE_NUMBER",
    kind: "integer",
    default: "1",
    range: [0, 65535],
    doc: "Number of the queue",
    honoured: true,
    builds: ["nfq"],
  },
  {
    name: "NFQ_LOOP_SLEEP",
    kind: "integer",
    default: "500000",
    range: [1, 8388608],
    unit: "µs",
    doc: "No effect: there is no polling and so no pause between rounds",
    honoured: "inert",
    builds: ["nfq"],
  },
  {
    name: "LOCALE",
    kind: "text",
    doc: "No effect: nothing this program reads or prints depends on the locale",
    honoured: "inert",
  },
  {
    name: "SYSLOG_IDENTITY",
    kind: "text",
    default: "fwknopd",
    doc: "Name at the start of each syslog line",
    honoured: true,
  },
  {
    name: "SYSLOG_FACILITY",
    kind: "choice",
    default: "LOG_DAEMON",
    choices: [
      "LOG_DAEMON",
      "LOG_LOCAL0",
      "LOG_LOCAL1",
      "LOG_LOCAL2",
      "LOG_LOCAL3",
      "LOG_LOCAL4",
      "LOG_LOCAL5",
      "LOG_LOCAL6",
      "LOG_LOCAL7",
    ],
    doc: "Facility of syslog lines",
    honoured: true,
  },
  {
    name: "ENABLE_X_FORWARDED_FOR",
    kind: "boolean",
    default: "N",
    doc: "Take the client's address from the X-Forwarded-For header of HTTP requests",
    honoured: true,
  },
  {
    name: "ENABLE_DESTINATION_RULE",
    kind: "boolean",
    default: "N",
    doc: "Put the packet's destination address into the firewall rules",
    honoured: true,
  },
  {
    name: "ENABLE_RULE_PREPEND",
    kind: "boolean",
    default: "N",
    doc: "Insert new rules at the top of the chain in place of appending them",
    honoured: true,
  },
  {
    name: "ENABLE_NAT_DNS",
    kind: "boolean",
    default: "Y",
    doc: "Resolve host names in NAT requests",
    honoured: true,
  },
  {
    name: "ENABLE_IPT_FORWARDING",
    kind: "boolean",
    default: "N",
    doc: "Allow NAT requests to inside hosts",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "ENABLE_FIREWD_FORWARDING",
    kind: "boolean",
    default: "N",
    doc: "Allow NAT requests to inside hosts",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "ENABLE_IPT_LOCAL_NAT",
    kind: "boolean",
    default: "N",
    doc: "Allow NAT requests to other ports of this host",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "ENABLE_FIREWD_LOCAL_NAT",
    kind: "boolean",
    default: "N",
    doc: "Allow NAT requests to other ports of this host",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "ENABLE_IPT_SNAT",
    kind: "boolean",
    default: "N",
    doc: "Rewrite the source of forwarded connections by SNAT or MASQUERADE",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "ENABLE_FIREWD_SNAT",
    kind: "boolean",
    default: "N",
    doc: "Rewrite the source of forwarded connections by SNAT or MASQUERADE",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "SNAT_TRANSLATE_IP",
    kind: "address",
    doc: "Source address of SNAT where the stanza names none",
    honoured: true,
    builds: ["iptables", "firewalld"],
  },
  {
    name: "ENABLE_IPT_OUTPUT",
    kind: "boolean",
    default: "N",
    doc: "Also add a rule for the answers, in the OUTPUT chain",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "ENABLE_FIREWD_OUTPUT",
    kind: "boolean",
    default: "N",
    doc: "Also add a rule for the answers, in the OUTPUT chain",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "FLUSH_IPT_AT_INIT",
    kind: "boolean",
    default: "Y",
    doc: "Remove our chains at start; unset: rules that have not expired are kept",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "FLUSH_FIREWD_AT_INIT",
    kind: "boolean",
    default: "Y",
    doc: "Remove our chains at start; unset: rules that have not expired are kept",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "FLUSH_IPFW_AT_INIT",
    kind: "boolean",
    default: "Y",
    doc: "Remove our rules at start",
    honoured: true,
    builds: ["ipfw"],
  },
  {
    name: "FLUSH_IPT_AT_EXIT",
    kind: "boolean",
    default: "Y",
    doc: "Remove our chains at exit",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "FLUSH_FIREWD_AT_EXIT",
    kind: "boolean",
    default: "Y",
    doc: "Remove our chains at exit",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "FLUSH_IPFW_AT_EXIT",
    kind: "boolean",
    default: "Y",
    doc: "Remove our rules at exit",
    honoured: true,
    builds: ["ipfw"],
  },
  {
    name: "IPT_INPUT_ACCESS",
    kind: "chain",
    default: "ACCEPT, filter, INPUT, 1, FWKNOP_INPUT, 1",
    doc: "Chain of the access rules and where it hangs",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "FIREWD_INPUT_ACCESS",
    kind: "chain",
    default: "ACCEPT, filter, INPUT, 1, FWKNOP_INPUT, 1",
    doc: "Chain of the access rules and where it hangs",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "IPT_OUTPUT_ACCESS",
    kind: "chain",
    default: "ACCEPT, filter, OUTPUT, 1, FWKNOP_OUTPUT, 1",
    doc: "Chain of the rules for answers",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "FIREWD_OUTPUT_ACCESS",
    kind: "chain",
    default: "ACCEPT, filter, OUTPUT, 1, FWKNOP_OUTPUT, 1",
    doc: "Chain of the rules for answers",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "IPT_FORWARD_ACCESS",
    kind: "chain",
    default: "ACCEPT, filter, FORWARD, 1, FWKNOP_FORWARD, 1",
    doc: "Chain of the rules that let forwarded packets pass",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "FIREWD_FORWARD_ACCESS",
    kind: "chain",
    default: "ACCEPT, filter, FORWARD, 1, FWKNOP_FORWARD, 1",
    doc: "Chain of the rules that let forwarded packets pass",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "IPT_DNAT_ACCESS",
    kind: "chain",
    default: "DNAT, nat, PREROUTING, 1, FWKNOP_PREROUTING, 1",
    doc: "Chain of the rules that rewrite destinations",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "FIREWD_DNAT_ACCESS",
    kind: "chain",
    default: "DNAT, nat, PREROUTING, 1, FWKNOP_PREROUTING, 1",
    doc: "Chain of the rules that rewrite destinations",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "IPT_SNAT_ACCESS",
    kind: "chain",
    default: "SNAT, nat, POSTROUTING, 1, FWKNOP_POSTROUTING, 1",
    doc: "Chain of the SNAT rules",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "FIREWD_SNAT_ACCESS",
    kind: "chain",
    default: "SNAT, nat, POSTROUTING, 1, FWKNOP_POSTROUTING, 1",
    doc: "Chain of the SNAT rules",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "IPT_MASQUERADE_ACCESS",
    kind: "chain",
    default: "MASQUERADE, nat, POSTROUTING, 1, FWKNOP_MASQUERADE, 1",
    doc: "Chain of the MASQUERADE rules",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "FIREWD_MASQUERADE_ACCESS",
    kind: "chain",
    default: "MASQUERADE, nat, POSTROUTING, 1, FWKNOP_MASQUERADE, 1",
    doc: "Chain of the MASQUERADE rules",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "ENABLE_IPT_COMMENT_CHECK",
    kind: "boolean",
    default: "Y",
    doc: "Check at start that the comment match is available",
    honoured: true,
    builds: ["iptables"],
  },
  {
    name: "ENABLE_FIREWD_COMMENT_CHECK",
    kind: "boolean",
    default: "Y",
    doc: "Check at start that the comment match is available",
    honoured: true,
    builds: ["firewalld"],
  },
  {
    name: "IPFW_START_RULE_NUM",
    kind: "integer",
    default: "10000",
    range: [0, 131071],
    doc: "First rule number to use",
    honoured: true,
    builds: ["ipfw"],
  },
  {
    name: "IPFW_MAX_RULES",
    kind: "integer",
    default: "65535",
    range: [1, 131071],
    doc: "Largest number of rules",
    honoured: true,
    builds: ["ipfw"],
  },
  {
    name: "IPFW_ACTIVE_SET_NUM",
    kind: "integer",
    default: "1",
    range: [0, 63],
    doc: "Set of the rules in force",
    honoured: true,
    builds: ["ipfw"],
  },
  {
    name: "IPFW_EXPIRE_SET_NUM",
    kind: "integer",
    default: "2",
    range: [0, 63],
    doc: "Set of the expired rules that live connections still need",
    honoured: true,
    builds: ["ipfw"],
  },
  {
    name: "IPFW_EXPIRE_PURGE_INTERVAL",
    kind: "integer",
    default: "30",
    range: [1, 131071],
    unit: "s",
    doc: "Time between looks for expired rules nobody needs any more",
    honoured: true,
    builds: ["ipfw"],
  },
  {
    name: "IPFW_ADD_CHECK_STATE",
    kind: "boolean",
    default: "N",
    doc: "Add a check-state rule at start",
    honoured: true,
    builds: ["ipfw"],
  },
  {
    name: "PF_ANCHOR_NAME",
    kind: "text",
    default: "fwknop",
    doc: "Anchor that holds the rules",
    honoured: true,
    builds: ["pf"],
  },
  {
    name: "PF_EXPIRE_INTERVAL",
    kind: "integer",
    default: "30",
    range: [1, 131071],
    unit: "s",
    doc: "No effect: rules expire by a timer on the next deadline, not by polling",
    honoured: "inert",
    builds: ["pf"],
  },
  {
    name: "FWKNOP_RUN_DIR",
    kind: "absolute path",
    default: "/run/fwknop",
    doc: "Folder of the PID file and the digest cache",
    honoured: true,
  },
  {
    name: "FWKNOP_CONF_DIR",
    kind: "path",
    default: "/etc/fwknop",
    doc: "No effect of its own; other values may start with $FWKNOP_CONF_DIR",
    honoured: "inert",
  },
  {
    name: "ACCESS_FILE",
    kind: "path",
    default: "/etc/fwknop/access.conf",
    doc: "File of the access stanzas",
    honoured: true,
  },
  {
    name: "ACCESS_FOLDER",
    kind: "folder",
    doc: "Folder whose *.conf files are read in place of ACCESS_FILE",
    honoured: true,
  },
  {
    name: "FWKNOP_PID_FILE",
    kind: "path",
    default: "$FWKNOP_RUN_DIR/fwknopd.pid",
    doc: "File that holds the daemon's PID and its lock",
    honoured: true,
  },
  {
    name: "DIGEST_FILE",
    kind: "path",
    default: "$FWKNOP_RUN_DIR/digest.cache",
    doc: "File of the digests of seen packets",
    honoured: true,
  },
  {
    name: "GPG_HOME_DIR",
    kind: "path",
    default: "/root/.gnupg",
    doc: "GnuPG folder of stanzas that name none",
    honoured: true,
  },
  {
    name: "GPG_EXE",
    kind: "path",
    default: "/usr/bin/gpg",
    doc: "GnuPG program of stanzas that name none",
    honoured: true,
  },
  {
    name: "SUDO_EXE",
    kind: "path",
    default: "/usr/bin/sudo",
    doc: "The sudo program",
    honoured: true,
  },
  {
    name: "FIREWALL_EXE",
    kind: "text",
    default: "/usr/sbin/iptables",
    doc: "The firewall command; it may hold arguments after blanks",
    honoured: true,
  },
  {
    name: "VERBOSE",
    kind: "integer",
    default: "0",
    silentDefault: true,
    range: [0, Infinity],
    doc: "1 logs each step, 2 external commands and fields, 3 packets; each -v adds one",
    honoured: true,
  },
  {
    name: "FAULT_INJECTION_TAG",
    kind: "text",
    doc: "No effect: for special builds of the C daemon",
    honoured: "inert",
  },
  {
    name: "FIREWALL",
    kind: "choice",
    default: "auto",
    choices: ["auto", "iptables", "nft", "firewalld", "pf", "ipfw"],
    doc: "Which firewall to drive; auto looks at the other settings and the host",
    honoured: true,
    extension: true,
  },
  {
    name: "NFT_PROTECT",
    kind: "services",
    doc: "Services such as tcp/22, udp/53 that the table of nft drops for all who were not let in",
    honoured: true,
    extension: true,
  },
  {
    name: "FIREWD_RULES",
    kind: "choice",
    default: "auto",
    choices: ["auto", "rich", "direct"],
    doc:
      "Rules that firewalld is given; auto: direct ones where its backend is iptables, else rich ones",
    honoured: true,
    extension: true,
  },
  {
    name: "FIREWD_ZONES",
    kind: "text",
    doc: "Zones for rich rules, joined by commas; unset: those of the sniffed interface",
    honoured: true,
    extension: true,
  },
  {
    name: "ENABLE_PROC_IP_FORWARD",
    kind: "boolean",
    default: "N",
    doc: "Switch on the forwarding of IPv4 packets at start, where NAT requests are allowed",
    honoured: true,
    extension: true,
  },
  {
    name: "ENABLE_PCAP_FALLBACK_UDP",
    kind: "boolean",
    default: "N",
    doc: "Open a UDP socket where libpcap is missing",
    honoured: true,
    extension: true,
  },
] as const satisfies readonly Row[];

type FwknopdRow = typeof FWKNOPD_VARIABLES[number];

/** The name of a variable. */
export type FwknopdName = FwknopdRow["name"];

/** The rows without their literal types. */
export const FWKNOPD_ROWS: readonly (Row & { readonly name: FwknopdName })[] = FWKNOPD_VARIABLES;

type ValueOf<R extends FwknopdRow> = R extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : FwknopdKinds[R["kind"]];

/**
 * The settings of a server, typed, under the names of the files. A variable without default is `undefined` where it is
 * not set.
 */
export type ServerSettings = {
  readonly [R in FwknopdRow as R["name"]]: R extends { readonly default: string } ? ValueOf<R>
    : ValueOf<R> | undefined;
};

/** Names that old files and the shipped file's comments mention (`docs/spec/server.md` 4.2, 15). */
export const RETIRED_FWKNOPD_NAMES: readonly RetiredName[] = [
  {
    name: "PROC_IP_FORWARD_FILE",
    advice: "The file is where Linux has it; ENABLE_PROC_IP_FORWARD Y has 1 written there",
  },
  {
    name: /^(ALERTING_METHODS|EMAIL_ADDRESSES)$/,
    advice: "The perl server sent mail; have the log watched in its place",
  },
  { name: "AUTH_MODE", advice: "What selects the capture now is ENABLE_UDP_SERVER and PCAP_INTF" },
  { name: "PCAP_PKT_FILE", advice: "Its name is PCAP_FILE now" },
  { name: "FIREWALL_TYPE", advice: "FIREWALL chooses the firewall now" },
  { name: "BLACKLIST", advice: "Name the sources to admit in SOURCE of each stanza" },
  { name: "IPT_CMD_ALARM", advice: "Firewall commands have a time limit of their own" },
  { name: "IPT_EXEC_STYLE", advice: "Firewall commands are never given to a shell" },
  {
    name: "DIGEST_DB_FILE",
    advice: "The digest cache is a text file, DIGEST_FILE; dbm files are not read",
  },
  {
    name: /^(ENABLE_EXTERNAL_CMDS|EXTERNAL_CMD_[A-Z]+|ENABLE_EXT_CMD_PREFIX|EXT_CMD_PREFIX)$/,
    advice: "It never had an effect; use CMD_CYCLE_OPEN and CMD_CYCLE_CLOSE in access.conf",
  },
  { name: /^[a-z]+Cmd$/, advice: "The perl server's path of a program; remove the line" },
];
