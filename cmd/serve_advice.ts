/**
 * What `fwknop serve` tells about the host's firewall when it has started.
 *
 * @module
 */
import { chooseFirewall } from "../lib/firewall/choose.ts";
import { hasGlobalIpv6 } from "../lib/firewall/global_ipv6.ts";
import { examineFirewall } from "../lib/doctor/doctor.ts";
import { doctorQuestions } from "./doctor_questions.ts";
import type { LoadedServerConfig } from "./load_server_config.ts";

/** What is wrong, and what repairs it. */
export type Advice = readonly [text: string, ...rest: string[]];

/**
 * Prepares the look at the firewall: what needs permissions that are dropped is read at once. The look itself starts a
 * few programs beside the server, which waits for none of them.
 *
 * @returns nothing where it cannot be told.
 */
export function prepareAdvice(config: LoadedServerConfig): () => Promise<readonly Advice[]> {
  const ipv6 = hasGlobalIpv6();
  return async () => {
    const choice = await chooseFirewall(config.settings, config.given);
    const findings = await examineFirewall(doctorQuestions(config, choice, ipv6));
    return findings.filter(({ state }) => state === "bad")
      .map(({ text, mend }): Advice => mend === undefined ? [text] : [text, `  ${mend}`]);
  };
}
