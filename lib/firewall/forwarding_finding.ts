/**
 * What the doctor reports about the kernel's forwarding switches.
 *
 * @module
 */
import { over } from "../doctor/outcome_findings.ts";
import type { Finding } from "../doctor/finding.ts";
import type { AddressFamily } from "../net/address.ts";
import { FORWARDING_COMMANDS } from "./ip_forwarding.ts";

/**
 * Whether the kernel forwards packets: one finding per family, each with its own switch.
 *
 * @param forwards reads the switch; `undefined` if it cannot be read.
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
    repair: FORWARDING_COMMANDS[family],
  };
}
