/**
 * The list of firewalls. A new firewall is a folder, and a line here.
 *
 * @module
 */
import type { FirewallModule } from "./firewall_module.ts";
import { firewalld } from "./firewalld/module.ts";
import { ipfw } from "./ipfw/module.ts";
import { iptables } from "./iptables/module.ts";
import type { FirewallKind } from "./kind.ts";
import { nft } from "./nft/module.ts";
import { pf } from "./pf/module.ts";

/** In the order in which the host is searched for them. The first is the default. */
export const FIREWALLS: readonly [FirewallModule, ...FirewallModule[]] = [
  iptables,
  nft,
  firewalld,
  ipfw,
  pf,
];

/** The firewall of a kind. @throws {RangeError} if it is not in the list. */
export function firewallOf(
  kind: FirewallKind,
  firewalls: readonly FirewallModule[] = FIREWALLS,
): FirewallModule {
  const found = firewalls.find((firewall) => firewall.kind === kind);
  if (found === undefined) throw new RangeError(`No firewall is called "${kind}"`);
  return found;
}
