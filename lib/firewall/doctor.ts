/**
 * Looks for what makes a host's firewall useless to, or broken by, single packet authorization.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import type { AddressFamily } from "../net/address.ts";
import { formatService, sameService, type Service } from "../net/service.ts";
import type { Fate } from "./chain_walk.ts";
import type { FirewallKind } from "./choose.ts";
import { FORWARDING_COMMANDS } from "./ip_forwarding.ts";
import { iptablesPrograms } from "./iptables_programs.ts";
import { acceptsMark, HEX_MARK, MARK_ADVICE } from "./nft_mark.ts";
import { isCompatible, nftFateOf, type NftPolicy, parseNftPolicy } from "./nft_policy.ts";
import {
  acceptsEstablished,
  ANY_SERVICE,
  dockerPorts,
  dockerUserFate,
  fateOf,
  forwardFate,
  parsePolicy,
  type Policy,
} from "./policy.ts";
import { Runner } from "./runner.ts";

/** What is asked about. */
export interface DoctorQuestions {
  /** The firewall that is driven. */
  readonly kind: FirewallKind;
  /** Commands, which may hold blanks, of the programs whose rules are looked at, whatever is driven. */
  readonly iptables: string;
  readonly nft: string;
  /** NFT_PROTECT. */
  readonly protect: readonly Service[];
  /** Services that knocking is to open. */
  readonly services: readonly Service[];
  /** The UDP port packets come to when this host listens for them; absent: they are sniffed. */
  readonly udpPort?: number;
  /** Whether strangers reach this host by IPv6 too. */
  readonly ipv6: boolean;
  /** Whether grants may forward. */
  readonly forwarding: boolean;
}

/** The rules of this host. */
export interface Ruleset {
  /** The filter tables of iptables and ip6tables; absent where there are none. */
  readonly filter: Readonly<Partial<Record<AddressFamily, Policy>>>;
  readonly nat?: Policy;
  /** The tables of nftables, but for those that iptables shows. */
  readonly nft?: NftPolicy;
  /** Whether a rule elsewhere accepts the mark of our own table. */
  readonly marked: boolean;
}

/** Asks the firewall and the kernel; nothing is changed. */
export async function examineFirewall(questions: DoctorQuestions): Promise<Finding[]> {
  const command = ELSEWHERE[questions.kind];
  if (command !== undefined) {
    const text = `Whether ${questions.kind} drops what knocking is to open is not looked at`;
    return [{ state: "unclear", text, mend: command }];
  }
  const ruleset = await readRuleset(questions);
  const findings: Finding[] = ruleset === undefined
    ? [{
      state: "bad",
      text: "Neither iptables nor nft can be used",
      mend: "apt-get install iptables nftables",
    }]
    : judgeRuleset(questions, ruleset);
  return findings;
}

/** Firewalls whose rules are not understood here, and what shows them. */
const ELSEWHERE: Readonly<Partial<Record<FirewallKind, string>>> = {
  pf: "pfctl -s rules",
  ipfw: "ipfw list",
};

async function readRuleset({ iptables, nft }: DoctorQuestions): Promise<Ruleset | undefined> {
  const programs = iptablesPrograms(iptables);
  const [four, six] = [programs[4]?.single ?? [], programs[6]?.single ?? []];
  const nftWords = nft.split(/[ \t]+/);
  const [filter4, filter6, nat, rules] = await new Runner().query([
    { words: [...four, "-t", "filter", "-S"] },
    { words: [...(six.length > 0 ? six : four), "-t", "filter", "-S"] },
    { words: [...four, "-t", "nat", "-S"] },
    { words: [...nftWords, "-j", "list", "ruleset"] },
  ]);
  const hasIptables = filter4?.code === 0;
  const native = rules?.code === 0 ? parseNftPolicy(rules.stdout) : undefined;
  if (!hasIptables && native === undefined) return undefined;
  return {
    filter: {
      ...(hasIptables ? { 4: parsePolicy(filter4.stdout) } : {}),
      ...(filter6?.code === 0 && six.length > 0 ? { 6: parsePolicy(filter6.stdout) } : {}),
    },
    ...(nat?.code === 0 ? { nat: parsePolicy(nat.stdout) } : {}),
    ...(native === undefined ? {} : {
      nft: hasIptables
        ? { ...native, chains: native.chains.filter((chain) => !isCompatible(chain)) }
        : native,
    }),
    marked: rules?.code === 0 && acceptsMark(rules.stdout),
  };
}

/** What the rules of a host mean for the services. */
export function judgeRuleset(questions: DoctorQuestions, ruleset: Ruleset): Finding[] {
  const { services, udpPort, kind, protect } = questions;
  const findings = services.flatMap((service) =>
    judgePublished(questions, ruleset, service) ??
      judgeService(questions, ruleset, service, familiesOf(questions.ipv6))
  );
  findings.push(...judgeSessions(questions, ruleset));
  if (udpPort !== undefined) findings.push(...judgeSpaPort(questions, ruleset, udpPort));
  const drops = services.some((service) => fate(ruleset, service, 4) !== "accepted");
  if (kind === "nft" && protect.length === 0 && drops && !ruleset.marked) {
    findings.push({ state: "bad", text: MARK_ADVICE });
  }
  findings.push(...judgeForwardChains(questions, ruleset));
  return findings;
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

/**
 * A service that Docker publishes, under the number strangers see or under the container's: INPUT does not matter then.
 * `undefined`: it publishes no such one.
 */
function judgePublished(
  questions: DoctorQuestions,
  ruleset: Ruleset,
  service: Service,
): Finding[] | undefined {
  const { nat, filter } = ruleset;
  const published = nat === undefined ? undefined : dockerPorts(nat)
    .find(({ outside, inside }) => sameService(outside, service) || sameService(inside, service));
  if (published === undefined) return undefined;
  const { outside, inside } = published;
  // Over IPv6 a program of Docker's listens, as any service does.
  const six = questions.ipv6 ? judgeService(questions, ruleset, outside, [6]) : [];
  const name = formatService(outside);
  const fate = filter[4] === undefined ? "accepted" : dockerUserFate(filter[4], inside);
  if (fate === "dropped") {
    const text = `${name}, which Docker publishes, is dropped in DOCKER-USER`;
    return [{ state: "good", text }, ...six];
  }
  return [
    fate === "unclear"
      ? {
        state: "unclear",
        text:
          `Docker publishes ${name}: rules with other conditions decide about it in DOCKER-USER`,
      }
      : {
        state: "bad",
        text: `Docker publishes ${name}: its traffic never passes INPUT`,
        mend:
          `docker run -p 127.0.0.1:${outside.port}:${inside.port} … (or drop it in the chain DOCKER-USER)`,
      },
    ...six,
  ];
}

/** Whether the kernel forwards IPv4 packets; `undefined`: that cannot be read. */
export function judgeForwarding(forwards: boolean | undefined): Finding[] {
  if (forwards === undefined) {
    return [{ state: "unclear", text: "Whether the kernel forwards packets cannot be read" }];
  }
  return forwards ? [{ state: "good", text: "The kernel forwards packets" }] : [{
    state: "bad",
    text: "The kernel does not forward packets, so no NAT grant can work",
    mend: FORWARDING_COMMANDS[4],
  }];
}

/** What becomes of a new packet from anywhere: it must get past iptables and past nftables. */
function fate({ filter, nft }: Ruleset, service: Service, family: AddressFamily): Fate {
  const policy = filter[family];
  const fates = [
    policy === undefined ? "accepted" : fateOf(policy, service),
    nft === undefined ? "accepted" : nftFateOf(nft, { service, established: false, family }),
  ];
  if (fates.includes("dropped")) return "dropped";
  return fates.includes("unclear") ? "unclear" : "accepted";
}

function judgeService(
  questions: DoctorQuestions,
  ruleset: Ruleset,
  service: Service,
  families: readonly AddressFamily[],
): Finding[] {
  const name = formatService(service);
  if (questions.protect.some((it) => sameService(it, service))) {
    const text = `${name} is closed by NFT_PROTECT to those who do not knock`;
    return [{ state: "good", text }];
  }
  const fates = families.map((family) => ({
    family,
    end: fate(ruleset, service, family),
  }));
  const odd = fates.filter(({ end }) => end !== "dropped");
  if (odd.length === 0) {
    return [{ state: "good", text: `${name} is closed to those who do not knock` }];
  }
  return odd.map(({ family, end }): Finding => {
    const where = over(family);
    if (end === "unclear") {
      return {
        state: "unclear",
        text: `Rules with other conditions decide about ${name}${where}`,
      };
    }
    return {
      state: "bad",
      text: `${name} is open to everybody${where}: knocking protects nothing`,
      mend: closing(questions.kind, service, family),
    };
  });
}

/** The command, or the setting, that closes a service. */
function closing(kind: FirewallKind, service: Service, family: AddressFamily): string {
  const { protocol, port } = service;
  switch (kind) {
    case "nft":
      return `Set NFT_PROTECT ${formatService(service)} in fwknopd.conf`;
    case "firewalld":
      return `firewall-cmd --permanent --remove-port=${port}/${protocol} && firewall-cmd --reload`;
    default:
      return `${tables(family)} -A INPUT -p ${protocol} --dport ${port} -j DROP`;
  }
}

function tables(family: AddressFamily): string {
  return family === 6 ? "ip6tables" : "iptables";
}

function judgeSessions({ kind, ipv6 }: DoctorQuestions, { filter, nft }: Ruleset): Finding[] {
  const dying = familiesOf(ipv6).filter((family) => {
    const policy = filter[family];
    const arrival = { service: ANY_SERVICE, established: true, family } as const;
    return policy !== undefined && !acceptsEstablished(policy) ||
      nft !== undefined && nftFateOf(nft, arrival) === "dropped";
  });
  if (dying.length === 0) return [{ state: "good", text: "Open sessions outlive their grant" }];
  return dying.map((family) => ({
    state: "bad",
    text: `Packets of established connections${over(family)} are ` +
      "not accepted: sessions die when a grant ends",
    mend: kind === "nft"
      ? "nft insert rule inet filter input ct state established,related accept"
      : `${tables(family)} -I INPUT 1 -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`,
  }));
}

function judgeSpaPort({ kind, ipv6 }: DoctorQuestions, ruleset: Ruleset, port: number): Finding[] {
  const ends = familiesOf(ipv6)
    .map((family) => ({ family, end: fate(ruleset, { protocol: "udp", port }, family) }))
    .filter(({ end }) => end !== "accepted");
  if (ends.length === 0) return [{ state: "good", text: `Packets to udp/${port} arrive` }];
  return ends.map(({ family, end }) => ({
    state: end === "dropped" ? "bad" : "unclear",
    text: `Packets to udp/${port}${over(family)} ${end === "dropped" ? "are" : "may be"} ` +
      "dropped before the server sees them",
    mend: admitting(kind, port, family),
  }));
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

/** IPv4 goes without saying. */
function over(family: AddressFamily): string {
  return family === 6 ? " over IPv6" : "";
}

function familiesOf(ipv6: boolean): readonly AddressFamily[] {
  return ipv6 ? [4, 6] : [4];
}
