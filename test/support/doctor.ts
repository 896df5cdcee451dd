/**
 * Questions for the doctor, and its findings in short form.
 *
 * @module
 */
import type { Finding } from "../../lib/doctor/finding.ts";
import type { DoctorQuestions } from "../../lib/doctor/questions.ts";
import { examineNetfilter } from "../../lib/firewall/netfilter/examine.ts";
import type { NetfilterKind, NetfilterQuestions } from "../../lib/firewall/netfilter/questions.ts";
import { defaultChains } from "./firewall.ts";
import type { Namespace } from "./namespace.ts";

/** The default questions: about ssh, over IPv4. */
export function hostQuestions(more: Partial<DoctorQuestions> = {}): DoctorQuestions {
  return {
    services: [{ protocol: "tcp", port: 22 }],
    ipv6: false,
    forwarding: false,
    ...more,
  };
}

/** The default questions about a Linux host. */
export function linuxQuestions(
  kind: NetfilterKind,
  more: Partial<NetfilterQuestions> = {},
): NetfilterQuestions {
  return {
    ...hostQuestions(),
    kind,
    iptables: "iptables",
    nft: "nft",
    protect: [],
    chains: defaultChains("input", "forward"),
    ...more,
  };
}

/** The doctor's findings in a namespace with that firewall. */
export function examineIn(
  namespace: Namespace,
  kind: NetfilterKind,
  more: Partial<NetfilterQuestions> = {},
): Promise<Finding[]> {
  const command = (program: string) => [...namespace.entry, program].join(" ");
  const programs = { iptables: command("iptables"), nft: command("nft") };
  return examineNetfilter(linuxQuestions(kind, { ...programs, ...more }));
}

/** The repair of each finding by its text, or its state if it needs no repair. */
export function repairsByText(findings: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(findings.map(({ state, text, repair }) => [text, repair ?? state]));
}
