import { assertEquals } from "../assert.ts";
import { withFolder } from "../support/folder.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { GATEWAY, GatewayLab, INSIDE, NEIGHBOUR, OUTSIDE, serveOn } from "../support/gateway.ts";
import { type Lab, type Namespace, namespaceTest, until } from "../support/namespace.ts";
import { connect, echoService, reach } from "../support/tcp.ts";

/** Seconds a grant lasts, in place of the examples' minutes. */
const LIFETIME = 6;

const FIREWALLS = ["iptables", "nft"] as const;

/** The settings of an example with the firewall named and a shorter life for grants. */
function example(name: string, firewall: string, file = "access.conf"): [string, string] {
  const access = Deno.readTextFileSync(`examples/${name}/${file}`)
    .replace(/^((?:FW_ACCESS|MAX_FW)_TIMEOUT\s+).*$/gm, `$1${LIFETIME}`);
  const settings = Deno.readTextFileSync(`examples/${name}/fwknopd.conf`)
    .replace(/^FWKNOP_RUN_DIR.*$/m, `FIREWALL ${firewall}`);
  return [access, settings];
}

/** Our nft ruleset sets a mark that the drop policy of iptables has to accept. */
async function letMarkThrough(gateway: Namespace, firewall: string): Promise<void> {
  if (firewall !== "nft") return;
  for (const chain of ["INPUT", "FORWARD"]) {
    const words = ["-I", chain, "-m", "mark", "--mark", "0x5fa", "-j", "ACCEPT"];
    await gateway.must("iptables", "-w", ...words);
  }
}

function gatewayTest(name: string, body: (lab: Lab, firewall: string) => Promise<void>): void {
  for (const firewall of FIREWALLS) {
    namespaceTest(
      `${firewall}: ${name}`,
      { programs: ["fwknop", "iptables", "nft"] },
      (lab) => body(lab, firewall),
    );
  }
}

gatewayTest(
  "the example rdp leads one client to one inside host, and no further",
  (lab, firewall) =>
    withFolder(async (folder) => {
      const hosts = await GatewayLab.build(lab);
      await letMarkThrough(hosts.gateway, firewall);
      const daemon = await serveOn(hosts.gateway, folder, ...example("rdp", firewall));
      assertEquals(await reach(hosts.outside, GATEWAY, 33389), undefined, "closed before");

      const rc = ["--rc-file", "examples/fwknoprc", "-n", "rdp"];
      await hosts.outside.must(...SOURCE_PROGRAM, "knock", ...rc, "-D", GATEWAY, "-a", OUTSIDE);
      await daemon.line(/Added DNAT rule/);
      await daemon.line(
        /\(stanza #1\) NAT: forward tcp\/33389 to 192\.168\.123\.31 port 3389 for 198\.51\.100\.44, 6 s$/,
      );
      const session = await connect(hosts.outside, GATEWAY, 33389);
      assertEquals(session?.banner, "desktop");
      assertEquals(
        await reach(hosts.outside, NEIGHBOUR, 3389),
        undefined,
        "the neighbour stays closed",
      );

      await until(
        "the way is closed again",
        async () => await reach(hosts.outside, GATEWAY, 33389, 0.5) === undefined,
        30,
      );
      assertEquals(await session?.say("still here"), "still here");
      await session?.stop();
      await daemon.stop();
    }),
);

gatewayTest(
  "the client can name the inside host where forwarding is enabled",
  (lab, firewall) =>
    withFolder(async (folder) => {
      const hosts = await GatewayLab.build(lab);
      await letMarkThrough(hosts.gateway, firewall);
      const access = `SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nFW_ACCESS_TIMEOUT ${LIFETIME}\n`;
      const settings = `PCAP_INTF eth1\nENABLE_IPT_FORWARDING Y\nFIREWALL ${firewall}\n`;
      const daemon = await serveOn(hosts.gateway, folder, access, settings);
      const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1", "--no-save-args"];
      const to = ["--no-rc-file", "-D", GATEWAY, "-a", OUTSIDE, "-A", "tcp/5001"];
      await hosts.outside.must("fwknop", ...to, "-N", `${INSIDE}:3389`, ...keys);
      await daemon.line(/Added DNAT rule/);
      assertEquals(await reach(hosts.outside, GATEWAY, 5001), "desktop");
      await daemon.stop();
    }),
);

gatewayTest(
  "a ghost service answers a client that knocked on a port that is a web server for other clients",
  (lab, firewall) =>
    withFolder(async (folder) => {
      const hosts = await GatewayLab.build(lab);
      await letMarkThrough(hosts.gateway, firewall);
      await hosts.gateway.must(
        "iptables",
        "-w",
        "-A",
        "INPUT",
        ...["-p", "tcp", "--dport", "80"],
        "-j",
        "ACCEPT",
      );
      await echoService(hosts.gateway, GATEWAY, 80, "web");
      await echoService(hosts.gateway, GATEWAY, 22, "ssh");
      await hosts.outside.address("eth0", "198.51.100.45/24");
      const access = `SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nFW_ACCESS_TIMEOUT ${LIFETIME}\n`;
      const settings = `PCAP_INTF eth1\nENABLE_IPT_LOCAL_NAT Y\nFIREWALL ${firewall}\n`;
      const daemon = await serveOn(hosts.gateway, folder, access, settings);
      assertEquals(await reach(hosts.outside, GATEWAY, 80), "web");
      const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1"];
      const to = ["--no-rc-file", "-D", GATEWAY, "-a", OUTSIDE, "-A", "tcp/22"];
      const local = ["--nat-local", "--nat-port", "80"];
      await hosts.outside.must(...SOURCE_PROGRAM, "knock", ...to, ...local, ...keys);
      await daemon.line(/Added DNAT rule/);
      assertEquals(await reach(hosts.outside, GATEWAY, 80), "ssh");
      await until(
        "the port is the web server again",
        async () => await reach(hosts.outside, GATEWAY, 80, 0.5) === "web",
        30,
      );
      await daemon.stop();
    }),
);

for (const file of ["access.conf", "access-minimal.conf"]) {
  gatewayTest(
    `the example gateway with ${file} accepts connections of an inside client after one packet`,
    (lab, firewall) =>
      withFolder(async (folder) => {
        // For the inside client the roles are reversed: it is connected to eth1 of the gateway.
        const client = await lab.namespace("client");
        const gateway = await lab.namespace("gateway");
        const internet = await lab.namespace("internet");
        await lab.cable(
          { namespace: client, device: "eth0", addresses: ["10.0.0.5/8"] },
          { namespace: gateway, device: "eth1", addresses: ["10.0.0.1/8"] },
        );
        await lab.cable(
          { namespace: gateway, device: "eth0", addresses: ["203.0.113.10/24"] },
          { namespace: internet, device: "eth0", addresses: ["203.0.113.99/24"] },
        );
        await client.route("default", "via", "10.0.0.1");
        await gateway.must("sysctl", "-qw", "net.ipv4.ip_forward=1");
        await gateway.must("iptables", "-w", "-P", "FORWARD", "DROP");
        const established = ["-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED", "-j", "ACCEPT"];
        await gateway.must("iptables", "-w", "-A", "FORWARD", ...established);
        await echoService(internet, "203.0.113.99", 443, "internet");
        const hosts = Object.assign(Object.create(GatewayLab.prototype), { gateway }) as GatewayLab;
        await letMarkThrough(hosts.gateway, firewall);
        const daemon = await serveOn(hosts.gateway, folder, ...example("gateway", firewall, file));
        assertEquals(await reach(client, "203.0.113.99", 443), undefined, "closed before");
        const rc = ["--rc-file", "examples/fwknoprc", "-n", "internet", "-a", "10.0.0.5"];
        await client.must("fwknop", "--no-save-args", ...rc);
        await daemon.line(/Added SNAT ALL rule/);
        assertEquals(await reach(client, "203.0.113.99", 443), "internet");
        await until(
          "the way out is closed again",
          async () => await reach(client, "203.0.113.99", 443, 0.5) === undefined,
          30,
        );
        await daemon.stop();
      }),
  );
}
