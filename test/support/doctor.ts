/**
 * Questions for the doctor, and its findings in short.
 *
 * @module
 */
import { type DoctorQuestions, examineFirewall } from "../../lib/doctor/doctor.ts";
import type { Finding } from "../../lib/doctor/finding.ts";
import type { FirewallKind } from "../../lib/firewall/choose.ts";
import { defaultChains } from "./firewall.ts";
import type { Namespace } from "./namespace.ts";

/** What is asked where a test says nothing else: about ssh, over IPv4. */
export function doctorQuestions(
  kind: FirewallKind,
  more: Partial<DoctorQuestions> = {},
): DoctorQuestions {
  return {
    kind,
    iptables: "iptables",
    nft: "nft",
    protect: [],
    services: [{ protocol: "tcp", port: 22 }],
    ipv6: false,
    forwarding: false,
    chains: defaultChains("input", "forward"),
    ...more,
  };
}

/** What the doctor finds in a namespace where that firewall is driven. */
export function examineIn(
  namespace: Namespace,
  kind: FirewallKind,
  more: Partial<DoctorQuestions> = {},
): Promise<Finding[]> {
  const command = (program: string) => [...namespace.entry, program].join(" ");
  const programs = { iptables: command("iptables"), nft: command("nft") };
  return examineFirewall(doctorQuestions(kind, { ...programs, ...more }));
}

/** What mends each finding, or its state where nothing has to, by its text. */
export function mendsByText(findings: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(findings.map(({ state, text, mend }) => [text, mend ?? state]));
}
