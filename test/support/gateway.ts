/**
 * One host outside, a gateway that drops all packets that it would forward, and two hosts inside with a remote desktop
 * each. The addresses are those of the examples.
 *
 * @module
 */
import { SOURCE_PROGRAM } from "./first_knock.ts";
import { LoggedProcess } from "./logged_process.ts";
import type { Lab, Namespace } from "./namespace.ts";
import { echoService } from "./tcp.ts";

/** The gateway's outside address. */
export const GATEWAY = "198.51.100.7";
/** The gateway's inside address. */
export const GATEWAY_INSIDE = "192.168.123.1";
/** The client. */
export const OUTSIDE = "198.51.100.44";
/** The inside host of the example, and its neighbour. */
export const INSIDE = "192.168.123.31";
export const NEIGHBOUR = "192.168.123.32";

/** The gateway's own rules, as the words after `iptables`. */
const POLICY = [
  ["-A", "INPUT", "-i", "lo", "-j", "ACCEPT"],
  ["-A", "INPUT", "-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED", "-j", "ACCEPT"],
  ["-P", "INPUT", "DROP"],
  ["-A", "FORWARD", "-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED", "-j", "ACCEPT"],
  ["-P", "FORWARD", "DROP"],
] as const;

/** All hosts of the lab. */
export class GatewayLab {
  private constructor(
    readonly outside: Namespace,
    readonly gateway: Namespace,
    readonly inside: Namespace,
  ) {}

  /** Builds hosts, cables, routes, the gateway's policy and the services inside. */
  static async build(lab: Lab): Promise<GatewayLab> {
    const outside = await lab.namespace("outside");
    const gateway = await lab.namespace("gateway");
    const inside = await lab.namespace("inside");
    await lab.cable(
      { namespace: outside, device: "eth0", addresses: [`${OUTSIDE}/24`] },
      { namespace: gateway, device: "eth1", addresses: [`${GATEWAY}/24`] },
    );
    await lab.cable(
      { namespace: gateway, device: "eth2", addresses: [`${GATEWAY_INSIDE}/24`] },
      { namespace: inside, device: "eth0", addresses: [`${INSIDE}/24`, `${NEIGHBOUR}/24`] },
    );
    await outside.route("default", "via", GATEWAY);
    await inside.route("default", "via", GATEWAY_INSIDE);
    await gateway.must("sysctl", "-qw", "net.ipv4.ip_forward=1");
    for (const words of POLICY) await gateway.must("iptables", "-w", ...words);
    await echoService(inside, INSIDE, 3389, "desktop");
    await echoService(inside, NEIGHBOUR, 3389, "neighbour");
    return new GatewayLab(outside, gateway, inside);
  }
}

/** Starts `fwknop serve`, sniffing or listening as the settings say, and returns when it is ready. */
export async function serveOn(
  gateway: Namespace,
  folder: string,
  accessConf: string,
  settings: string,
): Promise<LoggedProcess> {
  const files = { [`${folder}/fwknopd.conf`]: settings, [`${folder}/access.conf`]: accessConf };
  for (const [path, text] of Object.entries(files)) {
    Deno.writeTextFileSync(path, text, { mode: 0o600 });
  }
  const daemon = new LoggedProcess(
    gateway.spawn([
      ...SOURCE_PROGRAM,
      ...["serve", "-f", "--run-dir", `${folder}/run`, "--pid-file", `${folder}/run/pid`],
      ...["--digest-file", `${folder}/run/digest.cache`],
      ...["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`],
    ], { stdin: "null", stdout: "piped", stderr: "piped", env: { NO_COLOR: "1" } }),
  );
  await daemon.line(/main event loop|listen on port|Reading packets from/, { seconds: 30 });
  return daemon;
}
