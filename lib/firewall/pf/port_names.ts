/**
 * Ports that firewalls list by their names in services(5).
 *
 * @module
 */

/**
 * Names that the lists of FreeBSD and macOS give to only one port. An unknown name may be any port: the lists have
 * thousands of names, and they differ.
 */
const PORTS: ReadonlyMap<string, number> = new Map([
  ["ftp-data", 20],
  ["ftp", 21],
  ["ssh", 22],
  ["telnet", 23],
  ["smtp", 25],
  ["domain", 53],
  ["bootps", 67],
  ["bootpc", 68],
  ["tftp", 69],
  ["http", 80],
  ["pop3", 110],
  ["sunrpc", 111],
  ["ntp", 123],
  ["netbios-ns", 137],
  ["netbios-dgm", 138],
  ["netbios-ssn", 139],
  ["imap", 143],
  ["snmp", 161],
  ["bgp", 179],
  ["ldap", 389],
  ["https", 443],
  ["microsoft-ds", 445],
  ["isakmp", 500],
  ["syslog", 514],
  ["dhcpv6-client", 546],
  ["dhcpv6-server", 547],
  ["submission", 587],
  ["ipp", 631],
  ["ldaps", 636],
  ["rsync", 873],
  ["imaps", 993],
  ["pop3s", 995],
  ["openvpn", 1194],
  ["mysql", 3306],
  ["sip", 5060],
  ["postgresql", 5432],
]);

/** Returns the port of a name or of digits; `undefined` if the name is unknown. */
export function portOfName(text: string): number | undefined {
  return /^[0-9]{1,5}$/.test(text) ? Number(text) : PORTS.get(text);
}
