/**
 * The texts of fwknopd.conf(5) that are not made from tables.
 *
 * @module
 */
import type { Build } from "../../config/variable.ts";

/** DESCRIPTION. */
export const DESCRIPTION = `
The file holds the settings of the server: how it receives packets, which firewall it uses, where its files are. All
settings have defaults, so an empty file is enough. \`fwknop print fwknopd.conf\` prints a file with every setting commented
out. \`fwknop dump-config\` prints the settings in force.

A line is a name, blanks and a value. The value ends at the first \`;\`. Lines that begin with \`#\` or \`;\` are comments. A
value may begin with the name of another variable, as in \`$FWKNOP_RUN_DIR/digest.cache\`. Options of the server win over the
file.

An unknown name causes a warning that suggests a known one. A value out of range is an error, which names file, line and
column.`;

/** Headings of the variables that only some builds of the C daemon have. */
export const BUILD_TITLES: Readonly<Record<Build, string>> = {
  nfq: "Netfilter queues",
  iptables: "iptables",
  firewalld: "firewalld",
  pf: "pf",
  ipfw: "ipfw",
};

/** EXAMPLES. */
export const EXAMPLES = `
Sniff on the interface towards the Internet:

  PCAP_INTF                eth0

A UDP socket instead of sniffing, on a host without libpcap:

  ENABLE_UDP_SERVER        Y
  UDPSERV_PORT             62201

A gateway that forwards to inside hosts:

  ENABLE_IPT_FORWARDING    Y`;
