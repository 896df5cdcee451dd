/**
 * The rules of a Linux host as the doctor looks at them: those of iptables and those of nftables, whichever is driven.
 *
 * @module
 */
import { ANY_SERVICE } from "./any_service.ts";
import { commandWords } from "../config/command_words.ts";
import type { AddressFamily } from "../net/address.ts";
import type { Service } from "../net/service.ts";
import type { Fate } from "./chain_walk.ts";
import type { DoctorQuestions } from "./questions.ts";
import { iptablesPrograms } from "../firewall/iptables_programs.ts";
import { acceptsMark } from "../firewall/nft_mark.ts";
import { nftFateOf } from "./nft_policy.ts";
import { isCompatible, type NftRuleset, parseNftRuleset } from "../firewall/nft_ruleset.ts";
import { acceptsEstablished, fateOf, parsePolicy, type Policy } from "./iptables_policy.ts";
import { Runner } from "../firewall/runner.ts";

/** The rules of this host. */
export interface Ruleset {
  /** The filter tables of iptables and ip6tables; absent where there are none. */
  readonly filter: Readonly<Partial<Record<AddressFamily, Policy>>>;
  readonly nat?: Policy;
  /** The tables of nftables, but for those that iptables shows. */
  readonly nft?: NftRuleset;
  /** Whether a rule elsewhere accepts the mark of our own table. */
  readonly marked: boolean;
}

/** Asks both programs; `undefined` where neither can be used. */
export async function readRuleset(
  { iptables, nft }: Pick<DoctorQuestions, "iptables" | "nft">,
): Promise<Ruleset | undefined> {
  const programs = iptablesPrograms(iptables);
  const [four, six] = [programs[4]?.single ?? [], programs[6]?.single ?? []];
  const nftWords = commandWords(nft);
  const [filter4, filter6, nat, rules] = await new Runner().query([
    { words: [...four, "-t", "filter", "-S"] },
    { words: [...(six.length > 0 ? six : four), "-t", "filter", "-S"] },
    { words: [...four, "-t", "nat", "-S"] },
    { words: [...nftWords, "-j", "list", "ruleset"] },
  ]);
  const hasIptables = filter4?.code === 0;
  const native = rules?.code === 0 ? parseNftRuleset(rules.stdout) : undefined;
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

/** What becomes of a new packet from anywhere: it must get past iptables and past nftables. */
export function rulesetFate(
  { filter, nft }: Ruleset,
  service: Service,
  family: AddressFamily,
): Fate {
  const policy = filter[family];
  const fates = [
    policy === undefined ? "accepted" : fateOf(policy, service),
    nft === undefined ? "accepted" : nftFateOf(nft, { service, established: false, family }),
  ];
  if (fates.includes("dropped")) return "dropped";
  return fates.includes("unclear") ? "unclear" : "accepted";
}

/** Whether packets of connections that stand already are dropped. */
export function dropsEstablished({ filter, nft }: Ruleset, family: AddressFamily): boolean {
  const policy = filter[family];
  const arrival = { service: ANY_SERVICE, established: true, family } as const;
  return policy !== undefined && !acceptsEstablished(policy) ||
    nft !== undefined && nftFateOf(nft, arrival) === "dropped";
}
