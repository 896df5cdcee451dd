/**
 * What somebody types to change what firewalld lets in.
 *
 * @module
 */
import type { Service } from "../../net/service.ts";

/** Its table where its backend is nftables. */
export const FIREWALLD_TABLE = "inet firewalld";

/**
 * The command that closes a service, whether it was opened as a port, as a service or by a zone that accepts all: the rule
 * comes before these, and grants come before it.
 */
export function closingFirewalld({ protocol, port }: Service): string {
  const rule = `rule port port="${port}" protocol="${protocol}" drop`;
  return `firewall-cmd --permanent --add-rich-rule='${rule}' && firewall-cmd --reload`;
}

/** The command that lets a service in. */
export function admittingFirewalld({ protocol, port }: Service): string {
  return `firewall-cmd --permanent --add-port=${port}/${protocol} && firewall-cmd --reload`;
}
