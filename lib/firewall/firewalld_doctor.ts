/**
 * What the doctor asks firewalld itself; its rules are judged where they are, among those of nftables and iptables.
 *
 * @module
 */
import type { Service } from "../net/service.ts";
import type { Finding } from "./finding.ts";
import { nameOfPort } from "./port_names.ts";
import { Runner } from "./runner.ts";

/** Whether it runs: what does not run grants nothing. */
export async function examineFirewalld(command: string): Promise<Finding[]> {
  const program = command.split(/[ \t]+/).filter((word) => word !== "");
  const { code } = await new Runner().run({ words: [...program, "--state"] });
  return code === 0 ? [] : [{
    state: "bad",
    text: "firewalld does not run, so no grant can be made",
    mend: "systemctl start firewalld",
  }];
}

/** The commands that close a service, whether it was opened by its number or by its name. */
export function closingFirewalld({ protocol, port }: Service): string {
  const name = nameOfPort(port);
  return [
    ...(name === undefined ? [] : [`--permanent --remove-service=${name}`]),
    `--permanent --remove-port=${port}/${protocol}`,
    "--reload",
  ].map((words) => `firewall-cmd ${words}`).join(" && ");
}
