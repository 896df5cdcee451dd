/**
 * A managed iptables firewall inside a namespace, for tests.
 *
 * @module
 */
import { parseServices } from "../../lib/net/service.ts";
import { CHAIN_ROLES, DEFAULT_CHAINS, parseChain } from "../../lib/config/chain.ts";
import type { ChainRole } from "../../lib/config/chain.ts";
import type { FirewallEvent } from "../../lib/firewall/firewall.ts";
import type { AccessGrant, ForwardGrant } from "../../lib/firewall/grant.ts";
import type { View } from "../../lib/firewall/adapter.ts";
import { nftAdapter, type NftSettings } from "../../lib/firewall/nft/adapter.ts";
import type { Chains } from "../../lib/firewall/iptables/grant_rules.ts";
import { iptablesAdapter, type IptablesSettings } from "../../lib/firewall/iptables/adapter.ts";
import type { IptablesView } from "../../lib/firewall/iptables/view.ts";
import { ManagedFirewall, type ManagedOptions } from "../../lib/firewall/managed_firewall.ts";
import { anAddress } from "./address.ts";
import type { Namespace } from "./namespace.ts";

/** The default chains of the given roles. */
export function defaultChains(...roles: ChainRole[]): Chains {
  const chains: Partial<Record<ChainRole, NonNullable<Chains[ChainRole]>>> = {};
  for (const role of CHAIN_ROLES) {
    const { value: chain } = parseChain(DEFAULT_CHAINS[role]);
    if (roles.includes(role) && chain !== undefined) chains[role] = chain;
  }
  return chains;
}

/** Settings of a firewall under test. */
export interface TestFirewallOptions {
  readonly settings?: Partial<IptablesSettings>;
  readonly managed?: Partial<ManagedOptions>;
  /** `iptables` or `iptables-legacy`. */
  readonly program?: string;
}

/** The iptables firewall of a namespace; it has only the INPUT chain unless the options say otherwise. */
export function iptablesIn(
  namespace: Namespace,
  options: TestFirewallOptions = {},
): { firewall: ManagedFirewall<IptablesView>; events: FirewallEvent[] } {
  const events: FirewallEvent[] = [];
  const adapter = iptablesAdapter({
    command: [...namespace.entry, options.program ?? "iptables"].join(" "),
    chains: defaultChains("input"),
    prepend: false,
    commentCheck: true,
    ...options.settings,
  });
  const firewall = new ManagedFirewall(adapter, {
    checkSeconds: 0,
    onEvent: (event) => events.push(event),
    ...options.managed,
  });
  return { firewall, events };
}

/** The nftables firewall of a namespace. */
export function nftIn(
  namespace: Namespace,
  options: { settings?: Partial<NftSettings>; managed?: Partial<ManagedOptions> } = {},
): { firewall: ManagedFirewall<View>; events: FirewallEvent[] } {
  const events: FirewallEvent[] = [];
  const adapter = nftAdapter({
    command: [...namespace.entry, "nft"].join(" "),
    nat: false,
    protect: [],
    ...options.settings,
  });
  const firewall = new ManagedFirewall(adapter, {
    checkSeconds: 0,
    onEvent: (event) => events.push(event),
    ...options.managed,
  });
  return { firewall, events };
}

/** Access to `services` for `seconds` from now. */
export function access(client: string, services: string, seconds: number): AccessGrant {
  return {
    kind: "access",
    stanza: 1,
    address: anAddress(client),
    services: parseServices(services) ?? [],
    expires: Math.floor(Date.now() / 1000) + seconds,
  };
}

/** A grant through this host to `target` for `seconds` from now. */
export function forward(
  client: string,
  services: string,
  target: string | undefined,
  seconds: number,
  more: Partial<ForwardGrant> = {},
): ForwardGrant {
  const [, host = "", port = "0"] = /^(.*) ([0-9]+)$/.exec(target ?? "") ?? [];
  return {
    ...access(client, services, seconds),
    kind: "forward",
    everything: false,
    rewrite: target !== undefined,
    ...(target === undefined ? {} : { target: { address: anAddress(host), port: Number(port) } }),
    ...more,
  };
}

/** The rules of one of our chains, as printed by `iptables -S`. */
export async function chainRules(
  namespace: Namespace,
  chain = "FWKNOP_INPUT",
  program = "iptables",
): Promise<string[]> {
  const { stdout } = await namespace.run(program, "-S", chain);
  return stdout.split("\n").filter((line) => line.startsWith("-A"));
}

/** The types of events, without the commands. */
export function eventTypes(events: readonly FirewallEvent[]): string[] {
  return events.map(({ type }) => type).filter((type) => type !== "command");
}
