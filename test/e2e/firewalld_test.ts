/**
 * A host behind a real firewalld, from the knock to the closed port.
 */
import { assertEquals, assertMatch } from "../assert.ts";
import { examineNetfilter } from "../../lib/firewall/netfilter/examine.ts";
import { firewalldRichAdapter } from "../../lib/firewall/firewalld/rich.ts";
import { ManagedFirewall } from "../../lib/firewall/managed_firewall.ts";
import { access } from "../support/firewall.ts";
import { startSniffing } from "../support/daemons.ts";
import { Firewalld, FIREWALLD_PROGRAMS } from "../support/firewalld.ts";
import { FirstKnock, SERVER_ADDRESS, SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { namespaceTest } from "../support/namespace.ts";
import { echoService, reach, untilClosed } from "../support/tcp.ts";

const PORT = 2222;

namespaceTest(
  "behind firewalld a knock opens, firewalld closes, and the commands name the zone",
  { programs: FIREWALLD_PROGRAMS },
  (lab) =>
    withFolder(async (folder) => {
      const stage = await FirstKnock.build({
        lab,
        folder,
        program: SOURCE_PROGRAM,
        // The client of firewalld is slow to start, and it is started several times while the grant lasts.
        accessTimeout: 20,
      });
      const { server, client } = stage;
      // Only firewalld decides.
      for (const words of ["-P INPUT ACCEPT", "-F INPUT"]) {
        await server.must("iptables", "-w", ...words.split(" "));
      }
      const firewalld = await Firewalld.start(server, folder, "nftables");
      const [conf, access] = [`${folder}/fwknopd.conf`, `${folder}/access.conf`];
      const exe = `FIREWALL_EXE ${firewalld.client.join(" ")}\n`;
      Deno.writeTextFileSync(conf, exe, { append: true });
      const text = Deno.readTextFileSync(access).replace("tcp/22", `tcp/${PORT}`);
      Deno.writeTextFileSync(access, text);
      const files = ["-c", conf, "-a", access];
      await echoService(server, SERVER_ADDRESS, PORT, "behind");

      const doctor = await server.run(...SOURCE_PROGRAM, "doctor", ...files);
      assertMatch(doctor.stdout, /The firewall is firewalld, because FIREWALL_EXE is env /);
      assertMatch(doctor.stdout, /ok {7}tcp\/2222 is closed to those who do not knock/);
      assertMatch(doctor.stdout, /ok {7}Open sessions outlive their grant/);

      const daemon = await stage.serve();
      await daemon.line(/Rich rules go into firewalld's zones public/);
      assertEquals(await reach(client, SERVER_ADDRESS, PORT, 0.5), undefined);
      const knock = await stage.knock("-A", `tcp/${PORT}`, "--wait");
      assertEquals(knock.code, 0, knock.stderr);
      await daemon.line(
        /Added access rule to public for 198\.51\.100\.44 -> 0\.0\.0\.0\/0 tcp\/2222/,
      );
      assertEquals(await reach(client, SERVER_ADDRESS, PORT, 2), "behind");
      assertMatch(await stage.list(), /198\.51\.100\.44 .*tcp\/2222/);
      await daemon.stop("SIGKILL");
      await untilClosed(client, SERVER_ADDRESS, PORT, 40);
      await server.must(...SOURCE_PROGRAM, "fw-flush", ...files);
      assertEquals((await firewalld.tell("--list-rich-rules")).trim(), "");
    }),
);

namespaceTest(
  "behind firewalld a reload that sniffs another interface puts rules into the zone of that interface",
  { programs: FIREWALLD_PROGRAMS },
  (lab) =>
    withFolder(async (folder) => {
      const server = await lab.namespace("server");
      const others = await lab.namespace("others");
      for (const device of ["eth0", "eth1"]) {
        const [here, there] = [server, others].map((namespace) => ({
          namespace,
          device,
          addresses: [],
        }));
        if (here !== undefined && there !== undefined) await lab.cable(here, there);
      }
      const firewalld = await Firewalld.start(server, folder, "nftables");
      await firewalld.tell("--zone=internal", "--add-interface=eth1");
      const exe = `FIREWALL_EXE ${firewalld.client.join(" ")}`;
      const daemon = await startSniffing(server, {
        folder,
        accessConf: "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\n",
        fwknopdConf: [exe, "PCAP_INTF eth0"],
      });
      await daemon.line(/Rich rules go into firewalld's zones public$/);
      const conf = `${folder}/fwknopd.conf`;
      const text = Deno.readTextFileSync(conf).replace("PCAP_INTF eth0", "PCAP_INTF eth1");
      Deno.writeTextFileSync(conf, text);
      daemon.signal("SIGHUP");
      await daemon.line(/Re-starting fwknopd/);
      await daemon.line(/Rich rules go into firewalld's zones internal$/);
      assertMatch(await firewalld.tell("--zone=internal", "--list-rich-rules"), /127\.0\.0\.2/);
      await daemon.stop();
    }),
);

namespaceTest(
  "the command that the doctor prints closes ssh in every zone of firewalld, except to grants",
  { programs: FIREWALLD_PROGRAMS },
  (lab) =>
    withFolder(async (folder) => {
      const client = await lab.namespace("client");
      const server = await lab.namespace("server");
      await lab.cable(
        { namespace: client, device: "eth0", addresses: ["10.9.0.1/24"] },
        { namespace: server, device: "eth0", addresses: ["10.9.0.2/24"] },
      );
      const firewalld = await Firewalld.start(server, folder, "nftables");
      await echoService(server, "0.0.0.0", 22);
      const settings = { command: firewalld.command, zones: ["public"], exits: [] };
      const firewall = new ManagedFirewall(firewalldRichAdapter(settings), { checkSeconds: 0 });
      await firewall.ask({ name: "prepare" });
      const examine = async () =>
        (await examineNetfilter({
          kind: "firewalld",
          iptables: [...server.entry, "iptables"].join(" "),
          nft: [...server.entry, "nft"].join(" "),
          protect: [],
          services: [{ protocol: "tcp", port: 22 }],
          ipv6: false,
          forwarding: false,
        })).find(({ text }) => text.startsWith("tcp/22"));
      const open = await examine();
      assertEquals(open?.text, "tcp/22 is open to everybody: knocking protects nothing");
      const program = firewalld.client.join(" ");
      await server.must("sh", "-c", (open?.repair ?? "").replaceAll("firewall-cmd", program));
      assertEquals((await examine())?.text, "tcp/22 is closed to those who do not knock");
      assertEquals(await reach(client, "10.9.0.2", 22, 0.5), undefined);
      await firewall.ask({ name: "open", grant: access("10.9.0.1", "tcp/22", 60) });
      assertEquals(await reach(client, "10.9.0.2", 22, 3), "hello");
      await firewall.ask({ name: "close" });
    }),
);
