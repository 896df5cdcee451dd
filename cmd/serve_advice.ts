/**
 * What `fwknop serve` tells about the host's firewall when it has started.
 *
 * @module
 */
import type { LoadedServerConfig } from "../lib/config/server_config.ts";
import type { Advice } from "../lib/daemon/daemon.ts";
import { chooseFirewall } from "../lib/firewall/choose.ts";
import { firewallOf } from "../lib/firewall/firewalls.ts";
import { doctorQuestions, readHostFacts } from "./doctor_questions.ts";

/**
 * Prepares the look at the firewall: what needs permissions that are dropped is read at once. The look itself starts a
 * few programs beside the server, which waits for none of them.
 *
 * @returns nothing where it cannot be told.
 */
export function prepareAdvice(config: LoadedServerConfig): () => Promise<readonly Advice[]> {
  const facts = readHostFacts(config);
  return async () => {
    const { settings, given } = config;
    const { kind, command } = await chooseFirewall(settings, given);
    const examine = await firewallOf(kind).doctor();
    const findings = await examine(doctorQuestions(config, facts), { settings, command });
    return findings.filter(({ state }) => state === "bad")
      .map(({ text, mend }): Advice => mend === undefined ? [text] : [text, `  ${mend}`]);
  };
}
