/**
 * Converts a grant into rules of iptables (`docs/spec/firewalls.md` 1.4).
 *
 * @module
 */
import type { Address } from "../../net/address.ts";
import { formatService, formatServices } from "../../net/service.ts";
import type { Chain, ChainRole } from "../../config/chain.ts";
import type { RuleSummary } from "../firewall.ts";
import type { AccessGrant, ForwardGrant, Grant, LocalNatGrant } from "../grant.ts";
import type { IptablesRule } from "./rule.ts";

/** The chains in use. A role without a chain is switched off. */
export type Chains = Readonly<Partial<Record<ChainRole, Chain>>>;

/** A rule and its summary. */
export interface GrantedRule {
  readonly rule: IptablesRule;
  readonly summary: RuleSummary;
}

/** The names of rules by chain in the C daemon's log. */
export const RULE_NAMES: Readonly<Record<ChainRole, string>> = {
  input: "access",
  output: "OUTPUT",
  forward: "FORWARD",
  dnat: "DNAT",
  snat: "SNAT",
  masquerade: "SNAT",
};

/** The variable or switch that enables a chain, for messages. */
const SWITCHES: Readonly<Record<ChainRole, string>> = {
  input: "IPT_INPUT_ACCESS",
  output: "ENABLE_IPT_OUTPUT",
  forward: "ENABLE_IPT_FORWARDING",
  dnat: "ENABLE_IPT_FORWARDING or ENABLE_IPT_LOCAL_NAT",
  snat: "ENABLE_IPT_SNAT",
  masquerade: "ENABLE_IPT_SNAT",
};

/** Matches that the kernel supports. */
export interface Matches {
  /** `time`, which lets the kernel end a rule. */
  readonly datestop: boolean;
  /** `addrtype`, which matches packets that are addressed to this host. */
  readonly addressType: boolean;
}

/** Returns the rules of a grant in the order of the chains, or the reason why it is not possible. */
export function grantRules(
  grant: Grant,
  chains: Chains,
  { datestop, addressType }: Matches,
): readonly GrantedRule[] | string {
  const wanted: [ChainRole, Match, string?][] = grant.kind === "access"
    ? accessMatches(grant, chains)
    : natMatches(grant);
  const result: GrantedRule[] = [];
  for (const [role, match, kind] of wanted) {
    const chain = chains[role];
    if (chain === undefined) {
      return `There is no chain for ${RULE_NAMES[role]} rules: ${SWITCHES[role]} is off`;
    }
    const rule: IptablesRule = {
      family: grant.address.family,
      table: chain.table,
      chain: chain.name,
      ...match,
      ...(role === "dnat" && addressType && isForThisHost(match) ? { toThisHost: true } : {}),
      expires: grant.expires,
      stanza: grant.stanza,
      datestop,
      target: chain.target,
    };
    result.push({ rule, summary: summarise(grant, chain, kind ?? RULE_NAMES[role], match) });
  }
  return result;
}

type Match = Pick<
  IptablesRule,
  "protocol" | "source" | "sourcePort" | "destination" | "destinationPort" | "to"
>;

function accessMatches(grant: AccessGrant, chains: Chains): [ChainRole, Match][] {
  const here = grant.destination?.text;
  const client = grant.address.text;
  const matches: [ChainRole, Match][] = grant.services.map(({ protocol, port }) => [
    "input",
    { protocol, source: client, ...optional("destination", here), destinationPort: port },
  ]);
  if (chains.output !== undefined) {
    for (const { protocol, port } of grant.services) {
      matches.push([
        "output",
        { protocol, ...optional("source", here), sourcePort: port, destination: client },
      ]);
    }
  }
  return matches;
}

/**
 * Only the first service counts for NAT, as in the C daemon. Unlike there, every rule names both ends, so other hosts
 * inside stay closed and connections of other clients do not change (`docs/spec/firewalls.md` 5, point 8). The source
 * port is not fixed.
 */
function natMatches(grant: LocalNatGrant | ForwardGrant): [ChainRole, Match, string][] {
  const source = grant.address.text;
  const { target } = grant;
  const [service] = grant.services;
  const everything = grant.kind === "forward" && grant.everything;
  const all = everything ? " ALL" : "";
  const protocol = everything || service === undefined ? {} : { protocol: service.protocol };
  const inside: Match = {
    ...protocol,
    source,
    ...optional("destination", target?.address.text),
    ...(everything || target === undefined ? {} : { destinationPort: target.port }),
  };
  const matches: [ChainRole, Match, string][] = [
    grant.kind === "local-nat" ? ["input", inside, "local NAT"] : [
      "forward",
      inside,
      `FORWARD${all}`,
    ],
  ];
  if (grant.rewrite && target !== undefined) {
    matches.push(["dnat", {
      ...protocol,
      source,
      ...optional("destination", grant.destination?.text),
      ...(everything || service === undefined ? {} : { destinationPort: service.port }),
      to: {
        option: "--to-destination",
        value: everything ? target.address.text : endpoint(target.address, target.port),
      },
    }, `DNAT${all}`]);
  }
  // Connections to this host do not pass POSTROUTING.
  if (grant.kind === "forward" && grant.sourceNat?.kind === "snat") {
    const to = { option: "--to-source", value: grant.sourceNat.address.text } as const;
    matches.push(["snat", { ...inside, to }, `SNAT${all}`]);
  } else if (grant.kind === "forward" && grant.sourceNat?.kind === "masquerade") {
    matches.push(["masquerade", inside, `SNAT${all}`]);
  }
  return matches;
}

/**
 * A grant redirects a service only in packets to this host; packets through this host to other hosts are not changed.
 * FORWARD_ALL redirects everything.
 */
function isForThisHost({ destination, destinationPort }: Match): boolean {
  return destination === undefined && destinationPort !== undefined;
}

function endpoint(address: Address, port: number): string {
  return address.family === 6 ? `[${address.text}]:${port}` : `${address.text}:${port}`;
}

function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : { [key]: value } as { [P in K]: string };
}

function summarise(grant: Grant, chain: Chain, kind: string, match: Match): RuleSummary {
  const everything = grant.kind === "forward" && grant.everything;
  const port = match.destinationPort ?? match.sourcePort;
  const service = match.protocol === undefined || port === undefined
    ? "*/*"
    : formatService({ protocol: match.protocol, port });
  return {
    kind,
    chain: chain.name,
    address: grant.address.text,
    destination: grant.destination?.text ?? (grant.address.family === 6 ? "::/0" : "0.0.0.0/0"),
    services: everything ? "*/*" : formatServices(grant.services),
    service,
    expires: grant.expires,
    stanza: grant.stanza,
  };
}
