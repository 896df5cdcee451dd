/**
 * Grants in nftables on a host where another firewall decides too, from the knock to the closed port.
 */
import { assertEquals, assertMatch } from "../assert.ts";
import { cabledPair } from "../support/cabled_pair.ts";
import { Firewalld, FIREWALLD_PROGRAMS } from "../support/firewalld.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { GATEWAY, GatewayLab, OUTSIDE, serveOn } from "../support/gateway.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";
import { connect, echoService, reach, untilClosed } from "../support/tcp.ts";

const PORT = 2222;
const ACCESS = [
  "SOURCE ANY",
  "KEY testtest",
  "HMAC_KEY hmackey1",
  `OPEN_PORTS tcp/${PORT}`,
  "FW_ACCESS_TIMEOUT 9",
  "REQUIRE_SOURCE_ADDRESS Y",
  "",
].join("\n");

/**
 * Starts a server, knocks, connects, and waits until the port is closed; the session outlives the grant.
 *
 * @param granted what happens between the grant and the connection.
 */
async function knockThrough(
  hosts: GatewayLab,
  folder: string,
  settings: string,
  granted: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const { outside, gateway } = hosts;
  const daemon = await serveOn(gateway, folder, ACCESS, `PCAP_INTF eth1\n${settings}\n`);
  assertEquals(await reach(outside, GATEWAY, PORT, 0.5), undefined, "closed before");
  const to = ["--no-rc-file", "-D", GATEWAY, "-a", OUTSIDE, "-A", `tcp/${PORT}`];
  const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1"];
  await outside.must(...SOURCE_PROGRAM, "knock", ...to, ...keys);
  await daemon.line(/Added access rule/);
  await granted();
  const session = await connect(outside, GATEWAY, PORT, 3);
  assertEquals(session?.banner, "beside");
  await untilClosed(outside, GATEWAY, PORT, 25);
  assertEquals(await session?.say("still here"), "still here");
  await session?.stop();
  await daemon.stop();
}

/** The output of the doctor about grants. */
async function doctor(host: Namespace, folder: string): Promise<string> {
  const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
  return (await host.run(...SOURCE_PROGRAM, "doctor", ...files)).stdout;
}

function write(folder: string, settings: string): void {
  const files = { "fwknopd.conf": `PCAP_INTF eth1\n${settings}\n`, "access.conf": ACCESS };
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(`${folder}/${name}`, text, { mode: 0o600 });
  }
}

namespaceTest(
  "nft beside firewalld: a knock opens a port that firewalld accepts and NFT_PROTECT drops",
  { programs: FIREWALLD_PROGRAMS },
  (lab) =>
    withFolder(async (folder) => {
      const hosts = await GatewayLab.build(lab);
      const { gateway } = hosts;
      // Only firewalld decides.
      for (const words of ["-P INPUT ACCEPT", "-F INPUT", "-P FORWARD ACCEPT", "-F FORWARD"]) {
        await gateway.must("iptables", "-w", ...words.split(" "));
      }
      const firewalld = await Firewalld.start(gateway, folder, "nftables");
      await echoService(gateway, GATEWAY, PORT, "beside");

      const drops =
        "Grants of tcp/2222 have no effect: the chain filter_INPUT of table inet firewalld";
      const opening = `firewall-cmd --permanent --add-port=${PORT}/tcp && firewall-cmd --reload`;
      write(folder, "FIREWALL nft");
      assertMatch(await doctor(gateway, folder), new RegExp(`WRONG {4}${drops} drops packets`));
      const settings = `FIREWALL nft\nNFT_PROTECT tcp/${PORT}`;
      write(folder, settings);
      const said = await doctor(gateway, folder);
      assertMatch(said, new RegExp(`WRONG {4}${drops} drops packets\n +${opening}\n`));

      await gateway.must(
        "sh",
        "-c",
        opening.replaceAll("firewall-cmd", firewalld.client.join(" ")),
      );
      assertMatch(
        await doctor(gateway, folder),
        /ok {7}Nothing drops packets of those who knocked/,
      );
      await knockThrough(hosts, folder, settings, () => firewalld.tell("--reload"));
    }),
);

/** The chains of ufw that decide about incoming packets. */
const UFW = [
  ...["before-input", "user-input", "after-input", "not-local"].map((name) => `-N ufw-${name}`),
  "-A INPUT -j ufw-before-input",
  "-A INPUT -j ufw-after-input",
  "-A ufw-before-input -i lo -j ACCEPT",
  "-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
  "-A ufw-before-input -m conntrack --ctstate INVALID -j DROP",
  "-A ufw-before-input -j ufw-not-local",
  "-A ufw-before-input -j ufw-user-input",
  "-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN",
  "-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN",
  "-A ufw-not-local -m addrtype --dst-type BROADCAST -j RETURN",
  "-A ufw-not-local -j DROP",
  "-A ufw-user-input -p tcp -m tcp --dport 80 -j ACCEPT",
  "-P INPUT DROP",
];

namespaceTest(
  "nft beside chains like those of ufw: a knock opens when a rule accepts the mark",
  { programs: ["iptables", "ip6tables", "nft"] },
  (lab) =>
    withFolder(async (folder) => {
      const hosts = await GatewayLab.build(lab);
      const { gateway } = hosts;
      for (const words of ["-F INPUT", ...UFW]) {
        await gateway.must("iptables", "-w", ...words.split(" "));
      }
      await echoService(gateway, GATEWAY, PORT, "beside");
      write(folder, "FIREWALL nft");
      await gateway.must("ip6tables", "-w", "-P", "INPUT", "DROP");
      const repair = "iptables -I INPUT 1 -m mark --mark 0x5fa -j ACCEPT";
      const said = await doctor(gateway, folder);
      assertMatch(said, /ok {7}tcp\/2222 is closed to those who do not knock/);
      assertMatch(
        said,
        new RegExp(
          `WRONG {4}Grants of tcp/2222 have no effect: INPUT of iptables drops packets\n +${repair}\n`,
        ),
      );
      await gateway.must("sh", "-c", repair);
      assertMatch(
        await doctor(gateway, folder),
        /ok {7}Nothing drops packets of those who knocked/,
      );
      await knockThrough(hosts, folder, "FIREWALL nft");
    }),
);

namespaceTest(
  "a session that was open before NFT_PROTECT closed its port goes on, where no rule tracked it",
  { programs: ["nft", "ip"] },
  (lab) =>
    withFolder(async (folder) => {
      const { client, server: host } = await cabledPair(lab);
      await echoService(host, "10.9.0.2", PORT, "before");
      const session = await connect(client, "10.9.0.2", PORT, 3);
      assertEquals(session?.banner, "before");
      const settings = `PCAP_INTF any\nFIREWALL nft\nNFT_PROTECT tcp/${PORT}\n`;
      const daemon = await serveOn(host, folder, ACCESS, settings);
      assertEquals(await reach(client, "10.9.0.2", PORT, 0.5), undefined, "a new connection");
      // The next packet comes from the client, and the kernel has not seen the session's beginning.
      const { promise: late, resolve } = Promise.withResolvers<string>();
      const timer = setTimeout(resolve, 5000, "it hangs");
      assertEquals(await Promise.race([session?.say("idle until now"), late]), "idle until now");
      clearTimeout(timer);
      await session?.stop();
      await daemon.stop();
    }),
);

namespaceTest(
  "a reload that adds NFT_PROTECT closes the port and warns that idle sessions may hang",
  { programs: ["nft"] },
  (lab) =>
    withFolder(async (folder) => {
      const { client, server: host } = await cabledPair(lab);
      await echoService(host, "10.9.0.2", PORT, "before");
      const daemon = await serveOn(host, folder, ACCESS, "PCAP_INTF any\nFIREWALL nft\n");
      Deno.writeTextFileSync(
        `${folder}/fwknopd.conf`,
        `PCAP_INTF any\nFIREWALL nft\nNFT_PROTECT tcp/${PORT}\n`,
      );
      daemon.signal("SIGHUP");
      await daemon.line(/Sessions that are idle now may hang: /, { seconds: 20 });
      await untilClosed(client, "10.9.0.2", PORT, 10);
      await daemon.stop();
    }),
);
