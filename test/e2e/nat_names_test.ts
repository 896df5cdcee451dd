import { assertEquals, assertMatch } from "../assert.ts";
import { startOurs } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { MountedNamespace } from "../support/mounted_namespace.ts";
import { namespaceTest, until } from "../support/namespace.ts";
import { seal } from "../support/packet.ts";

/** Sends each of its arguments as a packet. */
const SEND = 'for text; do printf %s "$text" > /dev/udp/127.0.0.1/62201; done';

const ACCESS = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";

namespaceTest(
  "a silent name server delays two look-ups of a stanza and does not delay a stop",
  { programs: ["iptables", "getent", "bash"] },
  (lab) =>
    withFolder(async (folder) => {
      const plain = await lab.namespace("server");
      const resolver = await lab.namespace("resolver");
      await lab.cable(
        { namespace: plain, device: "eth0", addresses: ["10.9.9.1/24"] },
        { namespace: resolver, device: "eth0", addresses: ["10.9.9.2/24"] },
      );
      await resolver.must("iptables", "-w", "-P", "INPUT", "DROP");
      await Deno.writeTextFile(`${folder}/resolv.conf`, "nameserver 10.9.9.2\n");
      const server = new MountedNamespace(plain, `${folder}/enter`, [
        ["--bind", `${folder}/resolv.conf`, "/etc/resolv.conf"],
      ]);
      const daemon = await startOurs(
        server,
        {
          folder,
          accessConf: ACCESS,
          fwknopdConf: ["FIREWALL iptables", "ENABLE_IPT_FORWARDING Y"],
        },
        "--log-format",
        "json",
        // Every refusal is logged, and not a count of equal ones.
        "-v",
        "-v",
      );
      assertMatch(await plain.must("iptables", "-S"), /FWKNOP_FORWARD/);
      const packets = [1, 2, 3, 4, 5].map((number) =>
        seal({ type: 2, natAccess: `host${number}.example,80` }).packetText
      );
      await plain.must("bash", "-c", SEND, "send", ...packets);
      const busy = (): number => daemon.lines.filter((line) => /nat-host-busy/.test(line)).length;
      await until("three are refused", () => busy() === 3);
      const commands = (await lab.pids(plain)).map((pid) =>
        Deno.readTextFileSync(`/proc/${pid}/comm`).trim()
      );
      assertEquals(commands.filter((name) => name === "getent").length, 2);
      const settings = ["-c", `${folder}/fwknopd.conf`];
      assertMatch(await plain.must(...SOURCE_PROGRAM, "stop", ...settings), /SIGTERM/);
      assertEquals((await daemon.stop()).code, 0);
      await until("the look-ups are gone", async () => (await lab.pids(plain)).length === 0);
      assertEquals(/FWKNOP/.test(await plain.must("iptables", "-S")), false);
    }),
);
