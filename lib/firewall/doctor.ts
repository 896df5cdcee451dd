/**
 * Looks for what makes a host's firewall useless to, or broken by, single packet authorization.
 *
 * @module
 */
import type { FirewallKind } from "./choose.ts";
import type { DoctorQuestions } from "./doctor_questions.ts";
import type { Finding } from "./finding.ts";
import { FORWARDING_COMMANDS } from "./ip_forwarding.ts";
import { examineLinux } from "./linux_doctor.ts";

export type { DoctorQuestions } from "./doctor_questions.ts";

/** Asks the firewall and the kernel; nothing is changed. */
export async function examineFirewall(questions: DoctorQuestions): Promise<Finding[]> {
  const command = ELSEWHERE[questions.kind];
  if (command !== undefined) {
    const text = `Whether ${questions.kind} drops what knocking is to open is not looked at`;
    return [{ state: "unclear", text, mend: command }];
  }
  return await examineLinux(questions);
}

/** Firewalls whose rules are not understood here, and what shows them. */
const ELSEWHERE: Readonly<Partial<Record<FirewallKind, string>>> = {
  pf: "pfctl -s rules",
  ipfw: "ipfw list",
};

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
