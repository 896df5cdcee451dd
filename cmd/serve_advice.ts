/**
 * What `fwknop serve` tells about the host's firewall when it has started.
 *
 * @module
 */
import { chooseFirewall } from "../lib/firewall/choose.ts";
import { examineFirewall } from "../lib/doctor/doctor.ts";
import { doctorQuestions, readHostFacts } from "./doctor_questions.ts";
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
  const facts = readHostFacts(config);
  return async () => {
    const choice = await chooseFirewall(config.settings, config.given);
    const findings = await examineFirewall(doctorQuestions(config, choice, facts));
    return findings.filter(({ state }) => state === "bad")
      .map(({ text, mend }): Advice => mend === undefined ? [text] : [text, `  ${mend}`]);
  };
}
