/**
 * Commands and settings that close a service of a Linux host to clients without a grant.
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import type { Chain } from "../../config/chain.ts";
import { formatService, sameService, type Service } from "../../net/service.ts";
import { closingFirewalld } from "../firewalld/commands.ts";
import { jumpIndex } from "./grant_chain.ts";
import { iptablesOutcomeOf, type IptablesPolicy, withRule } from "../iptables/doctor/policy.ts";
import type { Ruleset } from "./ruleset.ts";
import { HEX_MARK } from "../nft/schema.ts";
import { familiesOf, type InsideService } from "../../doctor/questions.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { asStranger } from "./stranger.ts";
import { endsOf } from "./packet_path.ts";

/** Returns the command or the setting for the firewall that the daemon uses. */
export function closing(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
  family: AddressFamily,
): string {
  switch (questions.kind) {
    case "nft":
      return questions.protect.some((it) => sameService(it, service))
        ? "Start fwknop, which makes the table that closes it (systemctl restart fwknop)"
        : protecting(questions, ruleset, [service]);
    case "firewalld":
      return closingFirewalld(service);
    default: {
      const policy = ruleset.filter[family];
      const words = closingRule(service);
      const { chain, index } = policy === undefined
        ? LAST
        : placeOfClosing(policy, words, { service, family }, questions.chains?.input);
      const at = index === undefined ? `-A ${chain}` : `-I ${chain} ${index + 1}`;
      return `${ruleset.commands[family]} ${at} ${words.join(" ")}`;
    }
  }
}

/**
 * Returns the setting that makes our own table of nftables close services. Its value is a whole list that replaces the
 * present one. So the list keeps the services that are closed now, and includes every other open service: then an
 * administrator who follows several hints in turn undoes none of them.
 */
export function protecting(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  services: readonly Service[],
): string {
  const missing = questions.services.filter((service) =>
    services.some((it) => sameService(it, service)) || isOpen(questions, ruleset, service)
  );
  const all = [...new Set([...questions.protect, ...missing, ...services].map(formatService))];
  return `Set NFT_PROTECT ${all.join(", ")} in fwknopd.conf`;
}

/** Whether strangers reach a service of this host. NFT_PROTECT does not concern packets that are sent elsewhere. */
function isOpen(questions: NetfilterQuestions, ruleset: Ruleset, service: Service): boolean {
  return familiesOf(questions).some((family) =>
    endsOf(ruleset, asStranger(questions, { service, family }))
      .some(({ branch: { sender }, outcome }) => sender === undefined && outcome === "accepted")
  );
}

/** Returns the command that closes a service behind this host to forwarded packets, except those of grants. */
export function closingThrough(
  { kind, interfaces, chains }: NetfilterQuestions,
  { filter, commands }: Ruleset,
  { address, service }: InsideService,
  family: AddressFamily,
): string {
  // Without the interface, the rule would cut off the hosts inside from everything.
  if (address === undefined && interfaces === undefined) return NAME_INTERFACE;
  const by = address === undefined ? interfaces ?? [] : [undefined];
  if (kind !== "iptables") {
    const ip = family === 6 ? "ip6" : "ip";
    const to = address === undefined ? "" : `${ip} daddr ${address.text} `;
    const port = service === undefined ? "" : `${service.protocol} dport ${service.port} `;
    // Grants of firewalld forward by translation and set no mark.
    const closing = kind === "nft"
      ? [`meta mark != ${HEX_MARK} ct state new drop`]
      : ["ct status dnat accept", "ct state new drop"];
    const rules = by.flatMap((name) =>
      closing.map((rule) =>
        `add rule inet knock forward ${name === undefined ? "" : `iifname "${name}" `}${to}` +
        `${port}${rule}`
      )
    );
    const chain = "{ type filter hook forward priority filter + 5; }";
    return `nft '${
      ["add table inet knock", `add chain inet knock forward ${chain}`, ...rules].join("; ")
    }'`;
  }
  const policy = filter[family];
  const own = chains?.forward;
  const { chain, index } = own === undefined || policy === undefined
    ? { chain: "FORWARD", index: 0 }
    : placeBehind(policy, own);
  const to = address === undefined ? "" : ` -d ${address.text}`;
  const port = service === undefined ? "" : ` -p ${service.protocol} --dport ${service.port}`;
  return by.map((name) =>
    `${commands[family]} -I ${chain} ${(index ?? 0) + 1}${
      name === undefined ? "" : ` -i ${name}`
    }${to}${port} ` +
    "-m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP"
  ).join(" && ");
}

const NAME_INTERFACE =
  "Set PCAP_INTF to the interface on which packets of clients arrive (ip -brief link) in fwknopd.conf, and run fwknop doctor again";

/** As in NFT_PROTECT, open sessions and packets of this host itself are not dropped. */
function closingRule({ protocol, port }: Service): string[] {
  const open = "-m conntrack ! --ctstate ESTABLISHED,RELATED";
  return `! -i lo -p ${protocol} --dport ${port} ${open} -j DROP`.split(" ");
}

/** Where a rule is inserted; without an index it is appended. */
interface RulePlace {
  readonly chain: string;
  readonly index?: number;
}

const LAST: RulePlace = { chain: "INPUT" };
const FIRST: RulePlace = { chain: "INPUT", index: 0 };

/**
 * Returns the last place that closes the service. Grants come before it; and, if possible, so do the host's own rules,
 * which then still accept trusted addresses.
 */
function placeOfClosing(
  policy: IptablesPolicy,
  words: readonly string[],
  whose: { readonly service: Service; readonly family: AddressFamily },
  own: Chain | undefined,
): RulePlace {
  const isClosedBy = ({ chain, index }: RulePlace) => {
    const length = policy.chains.get(chain)?.length ?? 0;
    const closed = withRule(policy, chain, index ?? length, words);
    return iptablesOutcomeOf(closed, { ...whose, established: false }) !== "accepted";
  };
  const behindGrants = own === undefined ? [] : [placeBehind(policy, own)];
  return [LAST, ...behindGrants].find(isClosedBy) ?? FIRST;
}

/**
 * Returns the place after the jump to the grants. If the server has not made the jump yet, the jump will push the rule
 * at its position down.
 */
function placeBehind(policy: IptablesPolicy, own: Chain): RulePlace {
  const index = jumpIndex(policy, own);
  return { chain: own.from, index: index === undefined ? own.jumpPosition - 1 : index + 1 };
}
