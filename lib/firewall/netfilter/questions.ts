/**
 * The questions of the doctor about a Linux host, whichever firewall the daemon uses.
 *
 * @module
 */
import type { Chain } from "../../config/chain.ts";
import { commandWords } from "../../config/command_words.ts";
import type { ServerSettings } from "../../config/fwknopd_variables.ts";
import type { DoctorQuestions, DrivenFirewall } from "../../doctor/questions.ts";
import type { Service } from "../../net/service.ts";

/** The firewalls that the kernel's netfilter implements. */
export type NetfilterKind = "iptables" | "nft" | "firewalld";

/** The questions. */
export interface NetfilterQuestions extends DoctorQuestions {
  /** The firewall that the daemon uses. */
  readonly kind: NetfilterKind;
  /** Commands, which may hold blanks, of both programs; the doctor lists both, whichever the daemon uses. */
  readonly iptables: string;
  readonly nft: string;
  /** The chains of grants, if grants are rules of iptables. */
  readonly chains?: Readonly<Partial<Record<"input" | "forward", Chain>>>;
  /** NFT_PROTECT. */
  readonly protect: readonly Service[];
}

/** Adds to the questions what the configuration says about the firewall that the daemon uses. */
export function netfilterQuestions(
  kind: NetfilterKind,
  questions: DoctorQuestions,
  { settings, command }: DrivenFirewall,
): NetfilterQuestions {
  // Words before the program, such as "ip netns exec NAME", also stand before the other program.
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

/** firewalld uses its chains only if its backend is iptables. */
function chainsOf(
  kind: NetfilterKind,
  settings: ServerSettings,
): Pick<NetfilterQuestions, "chains"> {
  if (kind === "nft") return {};
  const variables = kind === "iptables" ? "IPT" : "FIREWD";
  const input = settings[`${variables}_INPUT_ACCESS`];
  return { chains: { input, forward: settings[`${variables}_FORWARD_ACCESS`] } };
}
