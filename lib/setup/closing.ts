/**
 * Decides how a set-up closes the ports: with a table of its own, with rules of iptables, or not at all, because the
 * host does already.
 *
 * @module
 */
import type { Reach } from "../firewall/netfilter/reach.ts";
import type { HostReach } from "../firewall/netfilter/reach.ts";
import type { FirewallKind } from "../firewall/kind.ts";
import { HintedError } from "../errors/hinted_error.ts";
import type { AddressFamily } from "../net/address.ts";
import { formatService, formatServices, type Service } from "../net/service.ts";
import type { PlannedStep } from "./steps.ts";

/** How the ports are closed. */
export type Closing =
  /** A table of nftables of our own drops the packets, beside whatever else filters them. */
  | { readonly how: "table" }
  /** Rules of the set-up in the INPUT chains of these families. */
  | { readonly how: "rules"; readonly families: readonly AddressFamily[] }
  /** The host's own rules drop strangers' packets over every family, and only its own firewall can admit clients. */
  | { readonly how: "host" };

/** A closing and the firewall that admits clients. */
export interface ClosingChoice {
  readonly closing: Closing;
  readonly firewall: FirewallKind;
  /** Continues the sentence "The port is closed …, because". */
  readonly why: string;
}

/**
 * Decides.
 *
 * @param kind the firewall of this host, as the server chooses it without a set-up.
 * @throws {HintedError} where no way closes the ports to strangers and admits clients.
 */
export function chooseClosing(
  { reach, hasNft, iptables }: HostReach,
  kind: FirewallKind,
): ClosingChoice {
  const dropped = reach.filter(({ end }) => end === "dropped");
  const open = reach.filter(({ end }) => end !== "dropped");
  if (reach.length > 0 && open.length === 0) {
    return {
      closing: { how: "host" },
      firewall: kind,
      why: "the host's own rules drop the packets of strangers",
    };
  }
  if (dropped.length === 0 && hasNft) {
    return {
      closing: { how: "table" },
      firewall: "nft",
      why:
        "a table of our own closes a port beside every other firewall, and changes none of its rules",
    };
  }
  // Where a rule of the host drops a packet, no other table admits it: the grants must be rules of iptables too.
  if (iptables.includes(4) && (dropped.length === 0 || kind === "iptables")) {
    const families = new Set(open.map(({ family }) => family));
    // A family without addresses may get one later.
    if (dropped.length === 0) { for (const family of iptables) families.add(family); }
    const unclosed = [...families].filter((family) => !iptables.includes(family));
    if (unclosed.length > 0) {
      throw new HintedError("Nothing closes the ports over IPv6: ip6tables and nft are missing", {
        hint: "apt-get install nftables, then fwknop setup again",
      });
    }
    return {
      closing: { how: "rules", families: [...families].sort() },
      firewall: "iptables",
      why: dropped.length > 0
        ? `the host drops ${listed(dropped)} and not ${listed(open)}`
        : "nft is missing",
    };
  }
  if (dropped.length === 0) {
    throw new HintedError("No program closes a port here: nft and iptables are missing", {
      hint: "apt-get install nftables, then fwknop setup again",
    });
  }
  throw new HintedError(
    `The host drops strangers' packets to ${listed(dropped)} and not to ${listed(open)}`,
    { hint: `Open or close both in ${kind}, then fwknop setup again` },
  );
}

function listed(reach: readonly Reach[]): string {
  return reach.map(({ service, family }) => `${formatService(service)} over IPv${family}`)
    .join(" and ");
}

/** The comment on the rules of a set-up. */
const COMMENT = "fwknop-setup";

/** The rules that close services with iptables: packets of this host itself and open connections pass. */
export function closingRules(
  services: readonly Service[],
  families: readonly AddressFamily[],
): Extract<PlannedStep["record"], { readonly kind: "rule" }>[] {
  return families.flatMap((family) =>
    services.map(({ protocol, port }) => {
      const program = [family === 4 ? "iptables" : "ip6tables", "-w", "5"];
      const rule = [
        ...["!", "-i", "lo", "-p", protocol, "--dport", String(port)],
        ...["-m", "conntrack", "!", "--ctstate", "ESTABLISHED,RELATED"],
        ...["-m", "comment", "--comment", COMMENT, "-j", "DROP"],
      ];
      return {
        kind: "rule",
        // The server puts its jump before it.
        insert: [...program, "-I", "INPUT", "1", ...rule],
        remove: [...program, "-D", "INPUT", ...rule],
      };
    })
  );
}

/** The lines of `fwknopd.conf` that make the server close the services, and admit clients. */
export function closingSettings(
  { closing, firewall }: ClosingChoice,
  services: readonly Service[],
): readonly (readonly [name: string, value: string])[] {
  return [
    ["FIREWALL", firewall],
    ...(closing.how === "table"
      ? [["NFT_PROTECT", formatServices(services).replaceAll(",", ", ")] as const]
      : []),
  ];
}
