/**
 * What the doctor asks firewalld itself; its rules are judged where they are, among those of nftables and iptables.
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import type { Service } from "../../net/service.ts";
import type { Finding } from "../../doctor/finding.ts";
import { Runner } from "../runner.ts";

/** Its table where its backend is nftables. */
export const FIREWALLD_TABLE = "inet firewalld";

/** Whether it runs: what does not run grants nothing. */
export async function examineFirewalld(command: string): Promise<Finding[]> {
  const program = commandWords(command);
  const { code } = await new Runner().run({ words: [...program, "--state"] });
  return code === 0 ? [] : [{
    state: "bad",
    text: "firewalld does not run, so no grant can be made",
    mend: "systemctl start firewalld",
  }];
}

/**
 * The command that closes a service, whether it was opened as a port, as a service or by a zone that accepts all: the rule
 * comes before these, and grants come before it.
 */
export function closingFirewalld({ protocol, port }: Service): string {
  const rule = `rule port port="${port}" protocol="${protocol}" drop`;
  return `firewall-cmd --permanent --add-rich-rule='${rule}' && firewall-cmd --reload`;
}

/** The command that lets a service in. */
export function admittingFirewalld({ protocol, port }: Service): string {
  return `firewall-cmd --permanent --add-port=${port}/${protocol} && firewall-cmd --reload`;
}
