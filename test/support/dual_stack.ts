/**
 * A server and a client with one IPv4 and one IPv6 address each. The server's firewall drops TCP port 22 for all sources
 * in both families.
 *
 * @module
 */
import { SOURCE_PROGRAM } from "./first_knock.ts";
import { serveOn } from "./gateway.ts";
import type { LoggedProcess } from "./logged_process.ts";
import type { Ended, Lab, Namespace } from "./namespace.ts";
import { echoService, reach } from "./tcp.ts";

/** Documentation addresses (RFC 5737, RFC 3849). */
export const SERVER = { 4: "198.51.100.7", 6: "2001:db8:1::7" } as const;
export const CLIENT = { 4: "198.51.100.44", 6: "2001:db8:1::44" } as const;

/** Firewalls with which the stage can be built. */
export type StageFirewall = "iptables" | "nft";

const KEYS = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1"];

/** Two hosts and one service. */
export class DualStack {
  private constructor(
    readonly server: Namespace,
    readonly client: Namespace,
    readonly lab: Lab,
    readonly firewall: StageFirewall,
    readonly folder: string,
  ) {}

  /** @param folder for keys and configuration; the caller removes it. */
  static async build(lab: Lab, firewall: StageFirewall, folder: string): Promise<DualStack> {
    const server = await lab.namespace("server");
    const client = await lab.namespace("client");
    await lab.cable(
      {
        namespace: server,
        device: "eth0",
        addresses: [`${SERVER[4]}/24`, `${SERVER[6]}/64`],
      },
      {
        namespace: client,
        device: "eth0",
        addresses: [`${CLIENT[4]}/24`, `${CLIENT[6]}/64`],
      },
    );
    if (firewall === "iptables") {
      for (const program of ["iptables", "ip6tables"]) {
        const established = ["-m", "conntrack", "--ctstate", "ESTABLISHED", "-j", "ACCEPT"];
        await server.must(program, "-A", "INPUT", ...established);
        await server.must(program, "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
      }
    }
    await echoService(server, "::", 22, "welcome");
    return new DualStack(server, client, lab, firewall, folder);
  }

  /** Starts `fwknop serve`. `settings` selects the packet source; `stanza` is added to one that opens for 4 seconds. */
  async serve(settings: string, stanza = "SOURCE ANY"): Promise<LoggedProcess> {
    const access = `${stanza}\nKEY testtest\nHMAC_KEY hmackey1\nFW_ACCESS_TIMEOUT 4\n`;
    const protect = this.firewall === "nft" ? "NFT_PROTECT tcp/22\n" : "";
    const firewall = `FIREWALL ${this.firewall}\n${protect}`;
    return await serveOn(this.server, this.folder, access, `${settings}\n${firewall}`);
  }

  /** One `fwknop knock` to the server's address in that family, from source code. */
  knock(family: 4 | 6, ...words: readonly string[]): Promise<Ended> {
    const to = ["--no-rc-file", "-D", SERVER[family], "-A", "tcp/22"];
    return this.client.run(...SOURCE_PROGRAM, "knock", ...to, ...words, ...KEYS);
  }

  /** Whether the client can connect in that family. */
  async isOpen(family: 4 | 6, seconds = 0.5): Promise<boolean> {
    return await reach(this.client, SERVER[family], 22, seconds) !== undefined;
  }
}
