/**
 * Questions for the doctor, and its findings in short.
 *
 * @module
 */
import type { DoctorQuestions } from "../../lib/doctor/doctor.ts";
import type { Finding } from "../../lib/doctor/finding.ts";
import type { FirewallKind } from "../../lib/firewall/choose.ts";

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
    ...more,
  };
}

/** What mends each finding, or its state where nothing has to, by its text. */
export function mendsByText(findings: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(findings.map(({ state, text, mend }) => [text, mend ?? state]));
}
