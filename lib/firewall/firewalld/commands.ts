/**
 * Commands that the administrator types to change what firewalld accepts.
 *
 * @module
 */
import type { Service } from "../../net/service.ts";

/** The table of firewalld if its backend is nftables. */
export const FIREWALLD_TABLE = "inet firewalld";

/**
 * Returns the command that closes a service that a port, a service or an accepting zone opened. Its rule comes before
 * these, and grants come before it.
 */
export function closingFirewalld({ protocol, port }: Service): string {
  const rule = `rule port port="${port}" protocol="${protocol}" drop`;
  return `firewall-cmd --permanent --add-rich-rule='${rule}' && firewall-cmd --reload`;
}

/** Returns the command that opens a service. */
export function admittingFirewalld({ protocol, port }: Service): string {
  return `firewall-cmd --permanent --add-port=${port}/${protocol} && firewall-cmd --reload`;
}
