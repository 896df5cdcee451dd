import { assert, assertEquals } from "../assert.ts";
import { CLIENT, DualStack, SERVER, type StageFirewall } from "../support/dual_stack.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { type Lab, namespaceTest, until } from "../support/namespace.ts";
import { echoService, reach } from "../support/tcp.ts";

const CAPTURES = { udp: "ENABLE_UDP_SERVER Y", pcap: "PCAP_INTF eth0" } as const;

function stageTest(
  name: string,
  body: (stage: DualStack, firewall: StageFirewall) => Promise<void>,
): void {
  for (const firewall of ["iptables", "nft"] as const) {
    const programs = [firewall === "nft" ? "nft" : "ip6tables"];
    namespaceTest(`${firewall}: ${name}`, { programs }, (lab) => inFolder(lab, firewall, body));
  }
}

async function inFolder(
  lab: Lab,
  firewall: StageFirewall,
  body: (stage: DualStack, firewall: StageFirewall) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await body(await DualStack.build(lab, firewall, folder), firewall);
  });
}

for (const [capture, settings] of Object.entries(CAPTURES)) {
  stageTest(
    `a knock over IPv6 (${capture}) opens IPv6 for one address, and the kernel's clock closes it`,
    async (stage) => {
      const daemon = await stage.serve(
        settings,
        `SOURCE 2001:db8:1::/64\nDESTINATION ${SERVER[6]}`,
      );
      assertEquals([await stage.isOpen(4), await stage.isOpen(6)], [false, false]);

      const knocked = await stage.knock(6, "-a", CLIENT[6]);
      assertEquals([knocked.code, knocked.stderr], [0, ""]);
      await daemon.line(new RegExp(`Added access rule to .* for ${CLIENT[6]} -> ::/0 tcp/22`));
      assert(await stage.isOpen(6, 3), "IPv6 is open");
      assert(!await stage.isOpen(4), "IPv4 is not");
      await daemon.line(/Removed rule/, { seconds: 15 });
      await until("IPv6 is closed again", async () => !await stage.isOpen(6), 10);

      // The stanza is for IPv6 sources only.
      const before = daemon.lines.length;
      await stage.knock(4, "-a", CLIENT[4]);
      await daemon.line(/No access data found for source IP: 198\.51\.100\.44/, { from: before });
      await daemon.stop();
    },
  );
}

stageTest(
  "the address in the packet decides the address family, and -s does not",
  async (stage) => {
    const daemon = await stage.serve(CAPTURES.udp);
    await stage.knock(4, "-a", CLIENT[6]);
    await daemon.line(new RegExp(`Added access rule .* for ${CLIENT[6]} `));
    assert(await stage.isOpen(6, 3));
    assert(!await stage.isOpen(4));

    await stage.knock(6, "-a", `::ffff:${CLIENT[4]}`);
    await daemon.line(new RegExp(`Added access rule .* for ${CLIENT[4]} -> 0\\.0\\.0\\.0/0`));
    assert(await stage.isOpen(4, 3), "an IPv4 address in disguise is an IPv4 address");
    await until(
      "both are closed",
      async () => !await stage.isOpen(4) && !await stage.isOpen(6),
      15,
    );

    const before = daemon.lines.length;
    await stage.knock(6, "-s");
    await daemon.line(new RegExp(`Added access rule .* for ${CLIENT[6]} `), { from: before });
    assert(await stage.isOpen(6, 3));
    await daemon.stop();
  },
);

namespaceTest(
  "Debian's fwknopd refuses an IPv6 address to admit, and goes on",
  { programs: ["fwknopd", "iptables"] },
  (lab) =>
    inFolder(lab, "iptables", async ({ server, client, folder }) => {
      const write = (name: string, text: string) =>
        Deno.writeTextFileSync(`${folder}/${name}`, text, { mode: 0o600 });
      write("fwknopd.conf", `ENABLE_UDP_SERVER Y\nFWKNOP_RUN_DIR ${folder}/run\n`);
      write("access.conf", "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\n");
      const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      const daemon = new LoggedProcess(
        server.spawn(["fwknopd", "-f", ...files], {
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
        }),
      );
      await daemon.line(/listen on port/, { seconds: 10 });
      const knock = (address: string) =>
        client.must(
          ...[...SOURCE_PROGRAM, "knock", "--no-rc-file", "-D", SERVER[4], "-A", "tcp/22"],
          ...["-a", address, "--key-rijndael", "testtest", "--key-hmac", "hmackey1"],
        );
      await knock(CLIENT[6]);
      await daemon.line(/\(stanza #1\) Error creating fko context: /);
      await knock(CLIENT[4]);
      await daemon.line(/Added access rule to FWKNOP_INPUT for 198\.51\.100\.44/);
      await daemon.stop();
    }),
);

stageTest("a knock over IPv6 opens an inside host, and not its neighbour", async (stage) => {
  const { server, client, lab, firewall } = stage;
  const inside = await lab.namespace("inside");
  await lab.cable(
    { namespace: server, device: "eth1", addresses: ["2001:db8:2::1/64"] },
    {
      namespace: inside,
      device: "eth0",
      addresses: ["2001:db8:2::31/64", "2001:db8:2::32/64"],
    },
  );
  await client.route("default", "via", SERVER[6]);
  await inside.route("default", "via", "2001:db8:2::1");
  await server.must("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
  const drop = firewall === "iptables"
    ? [
      "ip6tables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT",
      "ip6tables -P FORWARD DROP",
    ]
    : [
      "nft add table inet drops",
      "nft add chain inet drops forward { type filter hook forward priority 0; policy drop; }",
      "nft add rule inet drops forward ct state established accept",
      "nft add rule inet drops forward meta mark 0x5fa accept",
    ];
  for (const words of drop) await server.must(...words.split(" "));
  await echoService(inside, "::", 3389, "desktop");
  const daemon = await stage.serve(`${CAPTURES.udp}\nENABLE_IPT_FORWARDING Y`);
  assertEquals(await reach(client, SERVER[6], 22, 0.5), undefined);
  const knocked = await stage.knock(6, "-a", CLIENT[6], "-N", "[2001:db8:2::31]:3389");
  assertEquals([knocked.code, knocked.stderr], [0, ""]);
  await daemon.line(/Added DNAT rule/);
  assertEquals(await reach(client, SERVER[6], 22, 3), "desktop");
  assertEquals(await reach(client, "2001:db8:2::32", 3389, 0.5), undefined, "the neighbour");
  await until(
    "the way is closed",
    async () => await reach(client, SERVER[6], 22, 0.5) === undefined,
    15,
  );
  await daemon.stop();
});
