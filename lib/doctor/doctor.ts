/**
 * Looks for what makes a host's firewall useless to, or broken by, single packet authorization.
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import type { DoctorQuestions } from "./questions.ts";
import { over } from "./fate_findings.ts";
import type { Finding } from "./finding.ts";
import { FORWARDING_COMMANDS } from "../firewall/ip_forwarding.ts";
import { examineIpfw } from "../firewall/ipfw/doctor/examine.ts";
import { examineLinux } from "../firewall/netfilter/examine.ts";
import { examinePf } from "../firewall/pf/doctor/examine.ts";

export type { DoctorQuestions } from "./questions.ts";

/** Asks the firewall and the kernel; nothing is changed. */
export async function examineFirewall(questions: DoctorQuestions): Promise<Finding[]> {
  const { pf, ipfw } = questions;
  if (pf !== undefined) return await examinePf(questions, pf);
  if (ipfw !== undefined) return await examineIpfw(questions, ipfw);
  return await examineLinux(questions);
}

/**
 * Whether the kernel forwards packets, which each family has a switch for.
 *
 * @param forwards reads the switch; `undefined`: it cannot be read.
 */
export function judgeForwarding(
  families: readonly AddressFamily[],
  forwards: (family: AddressFamily) => boolean | undefined,
): Finding[] {
  return families.map((family) => judgeSwitch(family, forwards(family)));
}

function judgeSwitch(family: AddressFamily, isOn: boolean | undefined): Finding {
  const what = `packets${over(family)}`;
  if (isOn === undefined) {
    return { state: "unclear", text: `Whether the kernel forwards ${what} cannot be read` };
  }
  return isOn ? { state: "good", text: `The kernel forwards ${what}` } : {
    state: "bad",
    text: `The kernel does not forward ${what}, so no NAT grant can work` +
      (family === 6 ? " there" : ""),
    mend: FORWARDING_COMMANDS[family],
  };
}
