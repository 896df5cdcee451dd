/**
 * The words of fwknopd.conf(5) that no table holds.
 *
 * @module
 */
import type { Build } from "../../config/variable.ts";

/** DESCRIPTION. */
export const DESCRIPTION = `
The settings of the server: where packets come from, which firewall lets people in, where its files are. All of them have
defaults, so that an empty file will do. \`fwknop print fwknopd.conf\` prints one with every setting commented out, and
\`fwknop dump-config\` the settings in force.

A line is a name, blanks and a value, which ends at the first \`;\`. Lines that begin with \`#\` or \`;\` are comments. A value
may begin with the name of another variable, as in \`$FWKNOP_RUN_DIR/digest.cache\`. Options of the server win over the file.

An unknown name is a warning that suggests a known one. A value out of range is an error with file, line and column.`;

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

A UDP socket in place of sniffing, where libpcap is missing:

  ENABLE_UDP_SERVER        Y
  UDPSERV_PORT             62201

A gateway that leads to hosts inside:

  ENABLE_IPT_FORWARDING    Y`;
