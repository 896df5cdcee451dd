/**
 * The doctor of firewalld. It asks firewalld whether it runs; its rules are judged in nftables and iptables.
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import type { Finding } from "../../doctor/finding.ts";
import type { ExamineFirewall } from "../../doctor/questions.ts";
import { netfilterDoctor } from "../netfilter/examine.ts";
import { Runner } from "../runner.ts";

/** Reports whether firewalld runs, and judges the host's rules. */
export const examineFirewalld: ExamineFirewall = async (questions, driven) => [
  ...await examineService(driven.command),
  ...await netfilterDoctor("firewalld")(questions, driven),
];

/** If firewalld does not run, no grant can be made. */
async function examineService(command: string): Promise<Finding[]> {
  const program = commandWords(command);
  const { code } = await new Runner().run({ words: [...program, "--state"] });
  return code === 0 ? [] : [{
    state: "bad",
    text: "firewalld does not run, so no grant can be made",
    repair: "systemctl start firewalld",
  }];
}
