/**
 * What the doctor is asked about a Linux host, whichever of its firewalls is driven.
 *
 * @module
 */
import type { Chain } from "../../config/chain.ts";
import { commandWords } from "../../config/command_words.ts";
import type { ServerSettings } from "../../config/fwknopd_variables.ts";
import type { DoctorQuestions, DrivenFirewall } from "../../doctor/questions.ts";
import type { Service } from "../../net/service.ts";

/** The firewalls whose rules the kernel's netfilter carries out. */
export type NetfilterKind = "iptables" | "nft" | "firewalld";

/** What is asked about. */
export interface NetfilterQuestions extends DoctorQuestions {
  /** The firewall that is driven. */
  readonly kind: NetfilterKind;
  /** Commands, which may hold blanks, of the programs whose rules are looked at, whatever is driven. */
  readonly iptables: string;
  readonly nft: string;
  /** The chains of grants, where grants are rules of iptables. */
  readonly chains?: Readonly<Partial<Record<"input" | "forward", Chain>>>;
  /** NFT_PROTECT. */
  readonly protect: readonly Service[];
}

/** The questions with what the configuration says of the firewall that is driven. */
export function netfilterQuestions(
  kind: NetfilterKind,
  questions: DoctorQuestions,
  { settings, command }: DrivenFirewall,
): NetfilterQuestions {
  // What stands before the program, such as "ip netns exec NAME", stands before the other one too.
  const wrapper = commandWords(command).slice(0, -1);
  return {
    ...questions,
    kind,
    iptables: kind === "iptables" ? command : [...wrapper, "iptables"].join(" "),
    nft: kind === "nft" ? command : [...wrapper, "nft"].join(" "),
    ...chainsOf(kind, settings),
    protect: settings.NFT_PROTECT ?? [],
  };
}

/** firewalld makes use of its chains where its backend is iptables. */
function chainsOf(
  kind: NetfilterKind,
  settings: ServerSettings,
): Pick<NetfilterQuestions, "chains"> {
  if (kind === "nft") return {};
  const variables = kind === "iptables" ? "IPT" : "FIREWD";
  const input = settings[`${variables}_INPUT_ACCESS`];
  return { chains: { input, forward: settings[`${variables}_FORWARD_ACCESS`] } };
}
