/**
 * Looks for what makes a host's firewall useless to, or broken by, single packet authorization.
 *
 * @module
 */
import type { DoctorQuestions } from "./questions.ts";
import type { Finding } from "./finding.ts";
import { FORWARDING_COMMANDS } from "../firewall/ip_forwarding.ts";
import { examineIpfw } from "./ipfw.ts";
import { examineLinux } from "./linux.ts";
import { examinePf } from "./pf.ts";

export type { DoctorQuestions } from "./questions.ts";

/** Asks the firewall and the kernel; nothing is changed. */
export async function examineFirewall(questions: DoctorQuestions): Promise<Finding[]> {
  const { pf, ipfw } = questions;
  if (pf !== undefined) return await examinePf(questions, pf);
  if (ipfw !== undefined) return await examineIpfw(questions, ipfw);
  return await examineLinux(questions);
}

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
