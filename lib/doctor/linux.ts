/**
 * What the doctor says of a Linux host's rules: those of iptables and nftables, whichever is driven.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import { formatService, sameService, type Service } from "../net/service.ts";
import type { FirewallKind } from "../firewall/choose.ts";
import { judgePublished, publishedPorts } from "./docker.ts";
import { type DoctorQuestions, familiesOf } from "./questions.ts";
import {
  type FamilyFate,
  serviceFindings,
  sessionFindings,
  spaPortFindings,
} from "./fate_findings.ts";
import type { Finding } from "./finding.ts";
import { closingFirewalld, examineFirewalld } from "./firewalld.ts";
import { dropsEstablished, readRuleset, type Ruleset, rulesetFate } from "./linux_ruleset.ts";
import { HEX_MARK, MARK_ADVICE } from "../firewall/nft_mark.ts";
import { nftFateOf } from "./nft_policy.ts";
import { ANY_SERVICE } from "./any_service.ts";
import { forwardFate } from "./iptables_policy.ts";

/** Asks the programs and judges what they list. */
export async function examineLinux(questions: DoctorQuestions): Promise<Finding[]> {
  const { firewalld } = questions;
  const own = firewalld === undefined ? [] : await examineFirewalld(firewalld);
  const ruleset = await readRuleset(questions);
  if (ruleset !== undefined) return [...own, ...judgeRuleset(questions, ruleset)];
  return [...own, {
    state: "bad",
    text: "Neither iptables nor nft can be used",
    mend: "apt-get install iptables nftables",
  }];
}

/** What the rules of a host mean for the services. */
export function judgeRuleset(questions: DoctorQuestions, ruleset: Ruleset): Finding[] {
  const { services, udpPort, kind, protect } = questions;
  const families = familiesOf(questions);
  const findings = services.flatMap((service) => judgeService(questions, ruleset, service));
  const dying = families.filter((family) => dropsEstablished(ruleset, family));
  findings.push(...sessionFindings(dying, (family) => keeping(kind, family)));
  if (udpPort !== undefined) {
    const fates = fatesOf(ruleset, { protocol: "udp", port: udpPort }, families);
    findings.push(...spaPortFindings(udpPort, fates, (family) => admitting(kind, udpPort, family)));
  }
  const drops = services.some((service) => rulesetFate(ruleset, service, 4) !== "accepted");
  if (kind === "nft" && protect.length === 0 && drops && !ruleset.marked) {
    findings.push({ state: "bad", text: MARK_ADVICE });
  }
  findings.push(...judgeForwardChains(questions, ruleset));
  return findings;
}

function judgeService(questions: DoctorQuestions, ruleset: Ruleset, service: Service): Finding[] {
  const families = familiesOf(questions);
  const published = publishedPorts(ruleset, service);
  // Over IPv6 a program of Docker's listens, as any service does.
  const six = families.filter((family) => family === 6);
  const findings = published.flatMap((port) => [
    judgePublished(ruleset, port),
    ...(six.length > 0 ? judgeOwn(questions, ruleset, port.outside, six) : []),
  ]);
  // What has the number inside of a container only may be a service of this host outside.
  return published.some(({ outside }) => sameService(outside, service))
    ? findings
    : [...findings, ...judgeOwn(questions, ruleset, service, families)];
}

/** A service of the host itself, to which packets pass INPUT. */
function judgeOwn(
  { kind, protect }: DoctorQuestions,
  ruleset: Ruleset,
  service: Service,
  families: readonly AddressFamily[],
): Finding[] {
  if (protect.some((it) => sameService(it, service))) {
    const text = `${formatService(service)} is closed by NFT_PROTECT to those who do not knock`;
    return [{ state: "good", text }];
  }
  const fates = fatesOf(ruleset, service, families);
  return serviceFindings(service, fates, (family) => closing(kind, service, family));
}

function fatesOf(
  ruleset: Ruleset,
  service: Service,
  families: readonly AddressFamily[],
): FamilyFate[] {
  return families.map((family) => ({ family, end: rulesetFate(ruleset, service, family) }));
}

/** Our own table lets forwarded connections pass it; another one may drop them all the same. */
function judgeForwardChains(
  { kind, forwarding }: DoctorQuestions,
  { filter, nft, marked }: Ruleset,
): Finding[] {
  if (kind !== "nft" || !forwarding || marked) return [];
  const hook = { service: ANY_SERVICE, established: false, family: 4, hook: "forward" } as const;
  const byIptables = filter[4] !== undefined && forwardFate(filter[4]) === "dropped";
  const byNft = nft !== undefined && nftFateOf(nft, hook) === "dropped";
  if (!byIptables && !byNft) return [];
  return [{
    state: "bad",
    text: "Forwarded connections are dropped elsewhere, so NAT grants open nothing",
    mend: byIptables
      ? `iptables -I FORWARD -m mark --mark ${HEX_MARK} -j ACCEPT`
      : `nft insert rule inet filter forward meta mark ${HEX_MARK} accept`,
  }];
}

/** The command, or the setting, that closes a service. */
function closing(kind: FirewallKind, service: Service, family: AddressFamily): string {
  const { protocol, port } = service;
  switch (kind) {
    case "nft":
      return `Set NFT_PROTECT ${formatService(service)} in fwknopd.conf`;
    case "firewalld":
      return closingFirewalld(service);
    default:
      return `${tables(family)} -A INPUT -p ${protocol} --dport ${port} -j DROP`;
  }
}

/** The command that lets connections live on. */
function keeping(kind: FirewallKind, family: AddressFamily): string {
  return kind === "nft"
    ? "nft insert rule inet filter input ct state established,related accept"
    : `${tables(family)} -I INPUT 1 -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`;
}

/** The command that lets SPA packets in. */
function admitting(kind: FirewallKind, port: number, family: AddressFamily): string {
  switch (kind) {
    case "nft":
      return `nft insert rule inet filter input udp dport ${port} accept`;
    case "firewalld":
      return `firewall-cmd --permanent --add-port=${port}/udp && firewall-cmd --reload`;
    default:
      return `${tables(family)} -I INPUT 1 -p udp --dport ${port} -j ACCEPT`;
  }
}

function tables(family: AddressFamily): string {
  return family === 6 ? "ip6tables" : "iptables";
}
