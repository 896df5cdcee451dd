/**
 * A real firewalld inside a namespace, on a message bus of its own.
 *
 * @module
 */
import { isThere } from "./is_there.ts";
import { LoggedProcess } from "./logged_process.ts";
import { type Namespace, until } from "./namespace.ts";

/** The programs a test with it needs. */
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

/** firewalld as Debian ships it: everything is refused but ssh and a DHCP client's answers. */
export class Firewalld {
  private constructor(
    readonly namespace: Namespace,
    /** The words of its client, as FIREWALL_EXE takes them. */
    readonly client: readonly string[],
  ) {}

  /** Starts it; it ends with the namespace. The folder is for its files. */
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

  /** Asks or tells it something. */
  tell(...words: readonly string[]): Promise<string> {
    return this.namespace.must(...this.client, ...words);
  }
}
