/**
 * What closes a service of a Linux host to everybody but those who knock.
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import type { Chain } from "../../config/chain.ts";
import { formatService, sameService, type Service } from "../../net/service.ts";
import { closingFirewalld } from "../firewalld/commands.ts";
import { jumpIndex } from "./grant_chain.ts";
import { iptablesFateOf, type Policy, withRule } from "../iptables/doctor/policy.ts";
import type { Ruleset } from "./ruleset.ts";
import { HEX_MARK } from "../nft/schema.ts";
import { familiesOf, type InsideService } from "../../doctor/questions.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { asStranger } from "./stranger.ts";
import { endsOf } from "./way.ts";

/** The command, or the setting, of the firewall that is driven. */
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
 * The setting by which our own table of nftables closes services. It is a whole list, which replaces the one that is
 * written: what is closed by that one stays in it, and every other service that is open is in it too, so that hints that
 * are followed one after the other undo nothing.
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

/** Whether strangers reach a service of this host; what is sent elsewhere is no business of NFT_PROTECT. */
function isOpen(questions: NetfilterQuestions, ruleset: Ruleset, service: Service): boolean {
  return familiesOf(questions).some((family) =>
    endsOf(ruleset, asStranger(questions, { service, family }))
      .some(({ turn: { sender }, fate }) => sender === undefined && fate === "accepted")
  );
}

/** What closes the way through this host to a service behind it, but to grants. */
export function closingThrough(
  { kind, interfaces, chains }: NetfilterQuestions,
  { filter, commands }: Ruleset,
  { address, service }: InsideService,
  family: AddressFamily,
): string {
  // Without the interface those inside would be cut off from everywhere.
  if (address === undefined && interfaces === undefined) return NAME_INTERFACE;
  const by = address === undefined ? interfaces ?? [] : [undefined];
  if (kind !== "iptables") {
    const ip = family === 6 ? "ip6" : "ip";
    const to = address === undefined ? "" : `${ip} daddr ${address.text} `;
    const port = service === undefined ? "" : `${service.protocol} dport ${service.port} `;
    // The grants of firewalld forward by translation, and set no mark.
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
  "Set PCAP_INTF to the interface by which strangers come (ip -brief link) in fwknopd.conf, and run fwknop doctor again";

/** As NFT_PROTECT does it: open sessions and this host itself are not shut out. */
function closingRule({ protocol, port }: Service): string[] {
  const open = "-m conntrack ! --ctstate ESTABLISHED,RELATED";
  return `! -i lo -p ${protocol} --dport ${port} ${open} -j DROP`.split(" ");
}

/** Where a rule is put in; without an index behind all others. */
interface RulePlace {
  readonly chain: string;
  readonly index?: number;
}

const LAST: RulePlace = { chain: "INPUT" };
const FIRST: RulePlace = { chain: "INPUT", index: 0 };

/**
 * The last place that closes: what the host lets in by rules of its own, such as friends by their address, goes on to be
 * let in where that is possible, and grants come first.
 */
function placeOfClosing(
  policy: Policy,
  words: readonly string[],
  whose: { readonly service: Service; readonly family: AddressFamily },
  own: Chain | undefined,
): RulePlace {
  const isClosedBy = ({ chain, index }: RulePlace) => {
    const length = policy.chains.get(chain)?.length ?? 0;
    const closed = withRule(policy, chain, index ?? length, words);
    return iptablesFateOf(closed, { ...whose, established: false }) !== "accepted";
  };
  const behindGrants = own === undefined ? [] : [placeBehind(policy, own)];
  return [LAST, ...behindGrants].find(isClosedBy) ?? FIRST;
}

/** Behind the jump to the grants; one that is not there yet will push what stands at its place behind itself. */
function placeBehind(policy: Policy, own: Chain): RulePlace {
  const index = jumpIndex(policy, own);
  return { chain: own.from, index: index === undefined ? own.jumpPosition - 1 : index + 1 };
}
