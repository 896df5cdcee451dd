/**
 * What the daemon reports about the host's firewall after its start.
 *
 * @module
 */
import type { LoadedServerConfig } from "../config/server_config.ts";
import { chooseFirewall } from "../firewall/choose.ts";
import { doctorQuestions, readHostFacts } from "../firewall/doctor_questions.ts";
import { firewallOf } from "../firewall/firewalls.ts";

/** What is wrong, and what repairs it. */
export type Advice = readonly [text: string, ...rest: string[]];

/**
 * Prepares the examination of the firewall, and reads what needs permissions that are dropped. The examination itself
 * starts a few programs. A daemon does not wait for them.
 */
export function prepareAdvice(config: LoadedServerConfig): () => Promise<readonly Advice[]> {
  const facts = readHostFacts(config);
  return async () => {
    const { settings, given } = config;
    const { kind, command } = await chooseFirewall(settings, given);
    const examine = await firewallOf(kind).doctor();
    const findings = await examine(doctorQuestions(config, facts), { settings, command });
    return findings.filter(({ state }) => state === "bad")
      .map(({ text, repair }): Advice => repair === undefined ? [text] : [text, `  ${repair}`]);
  };
}
