/**
 * The rules of a Linux host as the doctor looks at them: those of iptables and those of nftables, whichever is driven.
 *
 * @module
 */
import { commandWords } from "../config/command_words.ts";
import type { AddressFamily } from "../net/address.ts";
import type { DoctorQuestions } from "./questions.ts";
import { iptablesPrograms } from "../firewall/iptables_programs.ts";
import {
  isCompatible,
  type NftChain,
  type NftRuleset,
  parseNftRuleset,
} from "../firewall/nft_ruleset.ts";
import { parsePolicy, type Policy } from "./iptables_policy.ts";
import type { Outcome } from "../firewall/plan.ts";
import { Runner } from "../firewall/runner.ts";

/** The rules of this host. */
export interface Ruleset {
  /** The filter tables of iptables and ip6tables; absent where there are none. */
  readonly filter: Readonly<Partial<Record<AddressFamily, Policy>>>;
  readonly nat?: Policy;
  /** The tables of nftables, but for those that iptables shows. */
  readonly nft?: NftRuleset;
  /** What is typed to change the rules of iptables. */
  readonly commands: Readonly<Record<AddressFamily, string>>;
}

/** That neither program listed its rules. */
export interface Unreadable {
  /** What became of the look at each. */
  readonly outcomes: readonly Outcome[];
}

/** Asks both programs. */
export async function readRuleset(
  { iptables, nft }: Pick<DoctorQuestions, "iptables" | "nft">,
): Promise<Ruleset | Unreadable> {
  const programs = iptablesPrograms(iptables);
  const [four, six] = [programs[4]?.single ?? [], programs[6]?.single ?? []];
  const nftWords = commandWords(nft);
  const [filter4, filter6, nat, rules] = await new Runner().query([
    { words: [...four, "-t", "filter", "-S"] },
    { words: [...(six.length > 0 ? six : four), "-t", "filter", "-S"] },
    { words: [...four, "-t", "nat", "-S"] },
    { words: [...nftWords, "-j", "list", "ruleset"] },
  ]);
  const native = rules?.code === 0 ? parseNftRuleset(rules.stdout) : undefined;
  const filter = {
    ...(filter4?.code === 0 ? { 4: parsePolicy(filter4.stdout) } : {}),
    ...(filter6?.code === 0 && six.length > 0 ? { 6: parsePolicy(filter6.stdout) } : {}),
  };
  if (filter[4] === undefined && native === undefined) {
    return { outcomes: [filter4, rules].filter((outcome) => outcome !== undefined) };
  }
  const commands = commandNames(iptables);
  const shown = commands[4].endsWith("-legacy") ? {} : filter;
  return {
    filter,
    ...(nat?.code === 0 ? { nat: parsePolicy(nat.stdout) } : {}),
    ...(native === undefined ? {} : {
      nft: { ...native, chains: native.chains.filter((chain) => !isShown(chain, shown)) },
    }),
    commands,
  };
}

/** Whether a chain stands in the listings of the variant of iptables that keeps its tables among those of nftables. */
function isShown(chain: NftChain, filter: Ruleset["filter"]): boolean {
  if (!isCompatible(chain)) return false;
  if (chain.table === "ip filter") return filter[4] !== undefined;
  return chain.table === "ip6 filter" && filter[6] !== undefined;
}

/** `ip6tables-legacy` of `ip netns exec NAME /usr/sbin/iptables-legacy`; as it is usually called where that cannot be told. */
function commandNames(command: string): Ruleset["commands"] {
  const [, variant = ""] = /(?:^|\/)iptables(-[a-z]+)?$/.exec(commandWords(command).at(-1) ?? "") ??
    [];
  return { 4: `iptables${variant}`, 6: `ip6tables${variant}` };
}
