import { assertEquals } from "../assert.ts";
import { startSniffing } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { ethernet, ipv4, tagged, udp } from "../support/frames.ts";
import { serveOn } from "../support/gateway.ts";
import { type Lab, type Namespace, namespaceTest, until } from "../support/namespace.ts";
import { seal } from "../support/packet.ts";
import { sendUdpFrom } from "../support/send_from.ts";

const SERVER = "198.51.100.7";
const CLIENT = "198.51.100.44";
const STANZA = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";
const KEYS = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1"];
const INJECT_FRAME = new URL("../support/inject_frame.ts", import.meta.url).href;
const INJECT_TUN = new URL("../support/inject_tun.ts", import.meta.url).href;

/** The two clients and the words that start them. */
const CLIENTS: readonly (readonly [string, readonly string[]])[] = [
  ["the C client", ["fwknop", "--no-save-args"]],
  ["knock", [...SOURCE_PROGRAM, "knock"]],
];

interface Stage {
  readonly server: Namespace;
  readonly client: Namespace;
  readonly folder: string;
}

interface ListenerCase {
  readonly name: string;
  readonly settings: readonly string[];
  readonly programs?: readonly string[];
  /** Runs before the server starts. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  /** Options of both clients; default: the server's address. */
  readonly options?: readonly string[];
  /** Sends in another way than the client does; default: the client sends from its host. */
  readonly send?: (stage: Stage, words: readonly string[]) => Promise<void>;
}

/** The packet that the client would send. */
async function makePacket(
  host: Namespace,
  folder: string,
  words: readonly string[],
): Promise<Uint8Array> {
  const file = `${folder}/packet`;
  await host.must(...words, "-T", "-B", file);
  const packet = (await Deno.readTextFile(file)).trim();
  await Deno.remove(file);
  return new TextEncoder().encode(packet);
}

function inject(script: string): string[] {
  return [Deno.execPath(), "run", "--allow-all", "--quiet", script];
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const LISTENERS: readonly ListenerCase[] = [
  { name: "libpcap on Ethernet", settings: ["PCAP_INTF eth0"] },
  { name: "libpcap on any", settings: ["PCAP_INTF any"] },
  {
    name: "libpcap on two interfaces, the second of them loopback",
    settings: ["PCAP_INTF eth0, lo"],
    options: ["-D", "127.0.0.1"],
    send: async ({ server }, words) => void await server.must(...words),
  },
  {
    name: "libpcap from frames with a VLAN tag",
    settings: ["PCAP_INTF eth0", "PCAP_FILTER vlan and udp port 62201"],
    send: async ({ client, folder }, words) => {
      const packet = await makePacket(client, folder, words);
      const datagram = ipv4(17, udp(40000, 62201, packet), { from: CLIENT, to: SERVER });
      const frame = ethernet(0x8100, tagged(5, 0x0800, datagram));
      await client.must(...inject(INJECT_FRAME), "eth0", hex(frame));
    },
  },
  {
    name: "libpcap on tun",
    settings: ["PCAP_INTF tun0", "EXIT_AT_INTF_DOWN N"],
    prepare: async ({ server }) => {
      await server.must("ip", "tuntap", "add", "tun0", "mode", "tun");
      await server.address("tun0", "10.8.0.1/24");
      await server.must("ip", "link", "set", "tun0", "up");
    },
    send: async ({ server, folder }, words) => {
      const packet = await makePacket(server, folder, words);
      const datagram = ipv4(17, udp(40000, 62201, packet), { from: CLIENT, to: "10.8.0.1" });
      await server.must(...inject(INJECT_TUN), "tun0", hex(datagram));
    },
  },
  { name: "the UDP server", settings: ["ENABLE_UDP_SERVER Y"] },
  {
    name: "the TCP server beside libpcap",
    settings: ["PCAP_INTF eth0", "ENABLE_TCP_SERVER Y"],
    options: ["-D", SERVER, "-P", "tcp"],
  },
  {
    name: "libpcap alone for TCP data",
    settings: ["PCAP_INTF eth0", "PCAP_FILTER tcp dst port 8080"],
    prepare: async ({ server }) => {
      // A server has to accept the connection; the daemon reads the data from the interface.
      const code = `for await (const c of Deno.listen({ port: 8080 })) c.close();`;
      server.spawn([Deno.execPath(), "eval", code], { stdout: "null", stderr: "null" });
      const ports = (): Promise<string> => server.must("ss", "-ltn");
      await until("the port is taken", async () => (await ports()).includes(":8080"));
    },
    options: ["-D", SERVER, "-P", "tcp", "-p", "8080"],
  },
  {
    name: "HTTP requests to the TCP server",
    settings: ["ENABLE_UDP_SERVER Y", "ENABLE_TCP_SERVER Y", "ENABLE_SPA_OVER_HTTP Y"],
    options: ["-D", SERVER, "-P", "http"],
  },
  {
    name: "a netfilter queue",
    settings: ["ENABLE_NFQ_CAPTURE Y", "NFQ_INTERFACE eth0"],
  },
  {
    name: "ICMP echo requests",
    settings: ["PCAP_INTF eth0", "PCAP_FILTER icmp"],
    options: ["-D", SERVER, "-P", "icmp", "--icmp-type", "8"],
  },
  {
    name: "a SYN packet with data",
    settings: ["PCAP_INTF eth0", "PCAP_FILTER tcp dst port 62201"],
    options: ["-D", SERVER, "-P", "tcpraw"],
  },
];

for (const listener of LISTENERS) {
  namespaceTest(
    `serve grants requests of both clients through ${listener.name}`,
    { programs: ["fwknop", "iptables", ...listener.programs ?? []] },
    (lab) => grantBoth(lab, listener),
  );
}

namespaceTest(
  "ENABLE_PCAP_ANY_DIRECTION in the file shows packets that leave the interface",
  {},
  (lab) =>
    withFolder(async (folder) => {
      const { server } = await twoHosts(lab);
      const fwknopdConf = ["PCAP_INTF eth0", "ENABLE_PCAP_ANY_DIRECTION Y"];
      const files = { folder, accessConf: STANZA, fwknopdConf };
      const daemon = await startSniffing(server, files, "-t");
      await sendUdpFrom(server, CLIENT, seal().packetText);
      await daemon.line(/--test mode enabled/);
      assertEquals((await daemon.stop()).code, 0);
    }),
);

namespaceTest(
  "in test mode the server sniffs the queue's packets and makes no rule for them",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const { server, client } = await twoHosts(lab);
      const fwknopdConf = ["ENABLE_NFQ_CAPTURE Y", "NFQ_PORT 4711"];
      const daemon = await startSniffing(server, { folder, accessConf: STANZA, fwknopdConf }, "-t");
      await daemon.line(/In test mode packets to UDP port 4711 are sniffed, in place of NFQUEUE/);
      assertEquals((await server.must("iptables-save", "-t", "mangle")).includes("NFQ"), false);
      const to = ["--no-rc-file", "-D", SERVER, "-p", "4711", "-a", CLIENT, "-A", "tcp/22"];
      await client.must(...SOURCE_PROGRAM, "knock", ...to, ...KEYS);
      await daemon.line(/--test mode enabled/);
      await daemon.stop();
    }),
);

/** A server and a client, connected by a cable. */
async function twoHosts(lab: Lab): Promise<{ server: Namespace; client: Namespace }> {
  const server = await lab.namespace("server");
  const client = await lab.namespace("client");
  await lab.cable(
    { namespace: server, device: "eth0", addresses: [`${SERVER}/24`] },
    { namespace: client, device: "eth0", addresses: [`${CLIENT}/24`] },
  );
  return { server, client };
}

async function grantBoth(lab: Lab, listener: ListenerCase): Promise<void> {
  await withFolder(async (folder) => {
    const { server, client } = await twoHosts(lab);
    const stage = { server, client, folder };
    await listener.prepare?.(stage);
    const daemon = await serveOn(server, folder, STANZA, `${listener.settings.join("\n")}\n`);
    for (const [index, [, program]] of CLIENTS.entries()) {
      const address = `192.0.2.${index + 1}`;
      const to = listener.options ?? ["-D", SERVER];
      const words = [...program, "--no-rc-file", ...to, "-a", address, "-A", "tcp/22", ...KEYS];
      if (listener.send === undefined) await client.must(...words);
      else await listener.send(stage, words);
      await daemon.line(new RegExp(`Added access rule .* for ${address.replaceAll(".", "\\.")} `));
    }
    await daemon.stop();
  });
}
