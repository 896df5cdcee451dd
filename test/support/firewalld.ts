/**
 * A real firewalld inside a namespace, on a separate message bus.
 *
 * @module
 */
import { isThere } from "./is_there.ts";
import { LoggedProcess } from "./logged_process.ts";
import { type Namespace, until } from "./namespace.ts";

/** The programs that a test with firewalld needs. */
export const FIREWALLD_PROGRAMS = ["firewalld", "firewall-cmd", "dbus-daemon"] as const;

const BUS_CONFIGURATION = (socket: string): string =>
  `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>custom</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`;

/** firewalld as Debian ships it: it refuses everything except ssh and the answers to a DHCP client. */
export class Firewalld {
  private constructor(
    readonly namespace: Namespace,
    /** The words of firewalld's client, as in FIREWALL_EXE. */
    readonly client: readonly string[],
  ) {}

  /** Starts firewalld, with its files in the folder. It ends with the namespace. */
  static async start(
    namespace: Namespace,
    folder: string,
    backend: "nftables" | "iptables",
  ): Promise<Firewalld> {
    const socket = `${folder}/bus`;
    const bus = `DBUS_SYSTEM_BUS_ADDRESS=unix:path=${socket}`;
    Deno.writeTextFileSync(`${folder}/bus.conf`, BUS_CONFIGURATION(socket));
    Deno.mkdirSync(`${folder}/firewalld`);
    Deno.writeTextFileSync(
      `${folder}/firewalld/firewalld.conf`,
      `DefaultZone=public\nFirewallBackend=${backend}\nCleanupOnExit=yes\n`,
    );
    const spawn = (...words: string[]): LoggedProcess =>
      new LoggedProcess(
        namespace.spawn(words, { stdin: "null", stdout: "piped", stderr: "piped" }),
      );
    spawn("dbus-daemon", `--config-file=${folder}/bus.conf`, "--nofork");
    await until("the bus is there", () => isThere(socket));
    const files = ["--system-config", `${folder}/firewalld`, "--log-target", "console"];
    spawn("env", bus, "firewalld", "--nofork", "--nopid", ...files);
    const firewalld = new Firewalld(namespace, ["env", bus, "firewall-cmd"]);
    const isRunning = async () => (await namespace.run(...firewalld.client, "--state")).code === 0;
    await until("firewalld runs", isRunning, 30);
    return firewalld;
  }

  /** FIREWALL_EXE for a program outside the namespace. */
  get command(): string {
    return [...this.namespace.entry, ...this.client].join(" ");
  }

  /** Runs firewalld's client with these words. */
  tell(...words: readonly string[]): Promise<string> {
    return this.namespace.must(...this.client, ...words);
  }
}
