import { assertEquals } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { GATEWAY, GATEWAY_INSIDE, INSIDE, NEIGHBOUR, serveOn } from "../../support/gateway.ts";
import { MountedNamespace } from "../../support/mounted_namespace.ts";
import { type Lab, type Namespace, namespaceTest, until } from "../../support/namespace.ts";
import { seal } from "../../support/packet.ts";
import { sendUdpFrom } from "../../support/send_from.ts";
import { echoService, reachEach } from "../../support/tcp.ts";

const FIREWALLS = ["iptables", "nft"] as const;

/** Another outside address of the gateway. */
const SECOND = "198.51.100.8";
/** The same hosts in IPv6. */
const GATEWAY6 = "2001:db8:1::7";
const GATEWAY6_INSIDE = "2001:db8:2::1";
const INSIDE6 = "2001:db8:2::31";
/** The gateway's address in front of a router that translates one to one; no host here has it. */
const TRANSLATION = "203.0.113.9";
const TRANSLATION6 = "2001:db8:99::9";
/** Inside addresses of the gateway that it uses only if a setting names them. */
const FORCED = "192.168.123.2";
const TRANSLATED = "192.168.123.3";
/** A name of the inside host that is only in the gateway's own hosts file. */
const HOST_NAME = "desk.inside.example";

/** Seconds that a grant lasts: long enough for one attempt at every end of a case. */
const LIFETIME = 3;

/** The end of a connection that a client tries. */
type End = readonly [host: string, port: number];

/** A stanza, and what it allows to the one outside host that it is for. */
interface Case {
  /** What the case shows, for messages. */
  readonly title: string;
  /** The client's address family; 4 by default. */
  readonly family?: 6;
  /** Lines of the stanza below its keys. */
  readonly stanza?: readonly string[];
  /** The services that the packet asks for; by default `tcp/5000`, where nothing listens. */
  readonly asks?: string;
  /** The host inside, or a port of the gateway itself, that the packet names. */
  readonly names?: { readonly type: 2 | 5; readonly host: string; readonly port: number };
  /** The address of the gateway to which the packet is sent. */
  readonly sentTo?: string;
  /** Text that the refusal contains; absent: the packet is granted. */
  readonly refused?: string;
  /** The service that answers the client at each end while the grant lasts. */
  readonly answers?: readonly (readonly [...End, answer: string])[];
  /** Ends that do not answer, even while the grant lasts. */
  readonly closed?: readonly End[];
  /** The source that the answering host sees; by default the client's own address. */
  readonly seenAs?: string;
}

/** An outside host with its case. */
interface Client {
  readonly namespace: Namespace;
  readonly address: string;
  readonly is: Case;
}

/** The gateway's own rules, as arguments of `iptables`. Only the nftables adapter sets the mark. */
const POLICY = [
  ["-A", "INPUT", "-p", "icmpv6", "-j", "ACCEPT"],
  ["-A", "INPUT", "-p", "udp", "--dport", "62201", "-j", "ACCEPT"],
  ...["INPUT", "FORWARD"].flatMap((chain) => [
    ["-A", chain, "-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED", "-j", "ACCEPT"],
    ["-A", chain, "-m", "mark", "--mark", "0x5fa", "-j", "ACCEPT"],
    ["-P", chain, "DROP"],
  ]),
];

/** A gateway that drops, one outside host per case, and an inside host with two addresses that reports its peers. */
async function build(lab: Lab, cases: readonly Case[]): Promise<[Namespace, Client[]]> {
  const gateway = await lab.namespace("gateway");
  const inside = await lab.namespace("inside");
  await lab.cable(
    {
      namespace: gateway,
      device: "eth2",
      addresses: [
        ...[GATEWAY_INSIDE, FORCED, TRANSLATED].map((address) => `${address}/24`),
        `${GATEWAY6_INSIDE}/64`,
      ],
    },
    {
      namespace: inside,
      device: "eth0",
      addresses: [`${INSIDE}/24`, `${NEIGHBOUR}/24`, `${INSIDE6}/64`],
    },
  );
  await inside.route("default", "via", GATEWAY_INSIDE);
  await inside.route("default", "via", GATEWAY6_INSIDE);
  // Permissive, so that only the firewall's rules decide whether a client reaches a loopback service.
  const permissive = [
    "ipv4.ip_forward",
    "ipv6.conf.all.forwarding",
    "ipv4.conf.all.route_localnet",
  ];
  await gateway.must("sysctl", "-qw", ...permissive.map((name) => `net.${name}=1`));
  for (const program of ["iptables", "ip6tables"]) {
    for (const words of POLICY) await gateway.must(program, "-w", ...words);
  }
  await gateway.address("lo", `${SECOND}/32`);
  await gateway.address("lo", `${GATEWAY6}/128`);
  const services = [
    echoService(inside, INSIDE, 3389, "desktop sees {peer}"),
    echoService(inside, INSIDE, 8080, "web sees {peer}"),
    echoService(inside, NEIGHBOUR, 3389, "neighbour sees {peer}"),
    echoService(gateway, "0.0.0.0", 22, "gateway sees {peer}"),
    echoService(gateway, GATEWAY6, 22, "gateway sees {peer}"),
    echoService(gateway, "0.0.0.0", 3306, "database sees {peer}"),
    echoService(gateway, "127.0.0.1", 9999, "loopback sees {peer}"),
    echoService(inside, INSIDE6, 3389, "desktop sees {peer}"),
  ];
  const clients = cases.map(async (is, index): Promise<Client> => {
    const namespace = await lab.namespace(`outside${index}`);
    const isIpv6 = is.family === 6;
    const address = isIpv6 ? `2001:db8:1::${44 + index}` : `198.51.100.${44 + index}`;
    const [length, whole, here] = isIpv6 ? [64, 128, GATEWAY6] : [24, 32, GATEWAY];
    const device = `out${index}`;
    await lab.cable(
      { namespace, device: "eth0", addresses: [`${address}/${length}`] },
      { namespace: gateway, device, addresses: [`${here}/${whole}`] },
    );
    await gateway.route(address, "dev", device);
    await namespace.route("default", "via", here);
    return { namespace, address, is };
  });
  await Promise.all([...services, ...clients]);
  return [gateway, await Promise.all(clients)];
}

/** The gateway with its own hosts file, the only one that its resolver reads. */
function withHostsFile(gateway: Namespace, folder: string): Namespace {
  Deno.writeTextFileSync(`${folder}/hosts`, `127.0.0.1 localhost\n${INSIDE} ${HOST_NAME}\n`);
  Deno.writeTextFileSync(`${folder}/nsswitch.conf`, "hosts: files\n");
  return new MountedNamespace(gateway, `${folder}/enter`, [
    ["--bind", `${folder}/hosts`, "/etc/hosts"],
    ["--bind", `${folder}/nsswitch.conf`, "/etc/nsswitch.conf"],
  ]);
}

function stanzaOf({ address, is: { stanza = [] } }: Client): string {
  const keys = ["KEY testtest", "HMAC_KEY hmackey1", `FW_ACCESS_TIMEOUT ${LIFETIME}`];
  return [`SOURCE ${address}`, ...keys, ...stanza, ""].join("\n");
}

async function knock({ namespace, address, is }: Client): Promise<void> {
  const { asks = "tcp/5000", names, sentTo = is.family === 6 ? GATEWAY6 : GATEWAY } = is;
  const { packetText } = seal({
    message: `${address},${asks}`,
    ...(names === undefined ? {} : { type: names.type, natAccess: `${names.host},${names.port}` }),
  });
  await sendUdpFrom(namespace, sentTo, packetText);
}

/** All ends of a case. */
function endsOf({ answers = [], closed = [] }: Case): End[] {
  return [...answers, ...closed].map(([host, port]) => [host, port]);
}

/** The service that answers each client at each end of its case. */
async function attempt(
  clients: readonly Client[],
  seconds: number,
): Promise<Record<string, unknown>> {
  const all = clients.map(async ({ namespace, is }) => {
    const ends = endsOf(is);
    const found = await reachEach(namespace, ends, seconds);
    return [is.title, Object.fromEntries(ends.map((end, i) => [end.join(" "), found[i]]))] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

/** The result that {@link attempt} must have. */
function expected(clients: readonly Client[], isOpen: boolean): Record<string, unknown> {
  return Object.fromEntries(clients.map(({ address, is }) => {
    const { title, answers = [], closed = [], seenAs = address } = is;
    const ends = [
      ...answers.map(([host, port, answer]) =>
        [`${host} ${port}`, isOpen ? `${answer} sees ${seenAs}` : undefined] as const
      ),
      ...closed.map(([host, port]) => [`${host} ${port}`, undefined] as const),
    ];
    return [title, Object.fromEntries(ends)];
  }));
}

/** The input of a test. */
interface NatTest {
  readonly title: string;
  /** Lines of fwknopd.conf. */
  readonly settings: readonly string[];
  readonly cases: readonly Case[];
  /** Whether to wait for the end of the grants. */
  readonly seesEnd: boolean;
}

/**
 * Registers a test for each firewall. Each case has its own outside host. All hosts knock at the same time, and each
 * reaches what its case says.
 */
function natTest({ title, settings, cases, seesEnd }: NatTest): void {
  const body = (lab: Lab, firewall: string): Promise<void> =>
    withFolder(async (folder) => {
      const [gateway, clients] = await build(lab, cases);
      const access = clients.map(stanzaOf).join("\n");
      const conf = [`FIREWALL ${firewall}`, "ENABLE_UDP_SERVER Y", ...settings, ""].join("\n");
      const daemon = await serveOn(withHostsFile(gateway, folder), folder, access, conf);
      assertEquals(await attempt(clients, 0.3), expected(clients, false), "before");
      await Promise.all(clients.map(knock));
      for (const { address, is: { refused } } of clients) {
        const text = refused === undefined
          ? `Added .* rule .* ${RegExp.escape(address)} `
          : `${RegExp.escape(`[${address}]`)} .*${RegExp.escape(refused)}`;
        await daemon.line(new RegExp(text));
      }
      assertEquals(await attempt(clients, 3), expected(clients, true));
      if (seesEnd) await Promise.all(clients.map(untilOver));
      await daemon.stop();
    });
  for (const firewall of FIREWALLS) {
    namespaceTest(
      `${firewall}: ${title}`,
      { programs: ["iptables", "nft", "getent"] },
      (lab) => body(lab, firewall),
    );
  }
}

/** Waits until no end answers the client any more. */
async function untilOver({ namespace, is }: Client): Promise<void> {
  const isOver = async (): Promise<boolean> =>
    (await reachEach(namespace, endsOf(is), 0.3)).every((answer) => answer === undefined);
  await until(`the grant has ended: ${is.title}`, isOver, 10);
}

const FORCE_NAT = `FORCE_NAT ${INSIDE} 3389`;

natTest({
  title: "FORWARD_ALL opens every port of one host, and a NAT host can be given by name",
  settings: ["ENABLE_IPT_FORWARDING Y", "ENABLE_NAT_DNS Y"],
  seesEnd: true,
  cases: [
    {
      title: "FORWARD_ALL leads to the host of FORCE_NAT",
      stanza: ["FORWARD_ALL Y", FORCE_NAT],
      // Every address that the client connects to leads to the one host, the neighbour's too.
      answers: [[GATEWAY, 3389, "desktop"], [GATEWAY, 8080, "web"], [NEIGHBOUR, 3389, "desktop"]],
    },
    {
      title: "FORWARD_ALL leads to the host that the packet names",
      stanza: ["FORWARD_ALL Y"],
      names: { type: 2, host: INSIDE, port: 3389 },
      answers: [[GATEWAY, 3389, "desktop"], [GATEWAY, 8080, "web"]],
    },
    {
      title: "with FORWARD_ALL and DISABLE_DNAT the client reaches the host by its own address",
      stanza: ["FORWARD_ALL Y", FORCE_NAT, "DISABLE_DNAT Y"],
      answers: [[INSIDE, 3389, "desktop"], [INSIDE, 8080, "web"]],
      closed: [[GATEWAY, 3389], [NEIGHBOUR, 3389]],
    },
    {
      title: "the server resolves the name of a NAT host",
      names: { type: 2, host: HOST_NAME, port: 3389 },
      answers: [[GATEWAY, 5000, "desktop"]],
      closed: [[GATEWAY, 3389], [NEIGHBOUR, 3389]],
    },
  ],
});

natTest({
  title:
    "the inside host sees the source that the stanza forces, otherwise that of the server's settings",
  settings: ["ENABLE_IPT_FORWARDING Y", "ENABLE_IPT_SNAT Y", `SNAT_TRANSLATE_IP ${TRANSLATED}`],
  seesEnd: true,
  cases: [
    {
      title: "FORCE_SNAT",
      stanza: [FORCE_NAT, `FORCE_SNAT ${FORCED}`],
      answers: [[GATEWAY, 5000, "desktop"]],
      seenAs: FORCED,
    },
    {
      title: "FORCE_MASQUERADE",
      stanza: [FORCE_NAT, "FORCE_MASQUERADE Y"],
      answers: [[GATEWAY, 5000, "desktop"]],
      seenAs: GATEWAY_INSIDE,
    },
    {
      title: "SNAT_TRANSLATE_IP",
      stanza: [FORCE_NAT],
      answers: [[GATEWAY, 5000, "desktop"]],
      closed: [[NEIGHBOUR, 3389]],
      seenAs: TRANSLATED,
    },
    {
      title: "SNAT_TRANSLATE_IP for everything at one host",
      stanza: ["FORWARD_ALL Y", FORCE_NAT],
      answers: [[GATEWAY, 3389, "desktop"], [GATEWAY, 8080, "web"]],
      seenAs: TRANSLATED,
    },
    {
      title: "FORCE_MASQUERADE for everything at one host, by its own address",
      stanza: ["FORWARD_ALL Y", FORCE_NAT, "FORCE_MASQUERADE Y", "DISABLE_DNAT Y"],
      answers: [[INSIDE, 3389, "desktop"]],
      closed: [[GATEWAY, 3389], [NEIGHBOUR, 3389]],
      seenAs: GATEWAY_INSIDE,
    },
    {
      title: "FORCE_SNAT for everything anywhere",
      stanza: ["FORWARD_ALL Y", `FORCE_SNAT ${FORCED}`],
      answers: [[INSIDE, 3389, "desktop"], [NEIGHBOUR, 3389, "neighbour"]],
      closed: [[GATEWAY, 3389]],
      seenAs: FORCED,
    },
    {
      title: "FORCE_MASQUERADE for everything anywhere",
      stanza: ["FORWARD_ALL Y", "FORCE_MASQUERADE Y"],
      answers: [[INSIDE, 3389, "desktop"], [NEIGHBOUR, 3389, "neighbour"]],
      closed: [[GATEWAY, 3389]],
      seenAs: GATEWAY_INSIDE,
    },
  ],
});

natTest({
  title:
    "with ENABLE_DESTINATION_RULE only the address that received the packet opens, with and without NAT",
  settings: ["ENABLE_IPT_FORWARDING Y", "ENABLE_IPT_LOCAL_NAT Y", "ENABLE_DESTINATION_RULE Y"],
  seesEnd: false,
  cases: [
    {
      title: "a port of the gateway",
      asks: "tcp/22",
      answers: [[GATEWAY, 22, "gateway"]],
      closed: [[SECOND, 22]],
    },
    {
      title: "a port of the gateway's other address",
      asks: "tcp/22",
      sentTo: SECOND,
      answers: [[SECOND, 22, "gateway"]],
      closed: [[GATEWAY, 22]],
    },
    {
      title: "another port of the gateway",
      names: { type: 5, host: GATEWAY, port: 22 },
      answers: [[GATEWAY, 5000, "gateway"]],
      closed: [[SECOND, 5000]],
    },
    {
      title: "FORCE_NAT",
      stanza: [FORCE_NAT],
      answers: [[GATEWAY, 5000, "desktop"]],
      closed: [[SECOND, 5000]],
    },
    {
      title: "FORCE_NAT by the gateway's other address",
      stanza: [FORCE_NAT],
      sentTo: SECOND,
      answers: [[SECOND, 5000, "desktop"]],
      closed: [[GATEWAY, 5000]],
    },
    {
      title: "FORWARD_ALL with FORCE_NAT",
      stanza: ["FORWARD_ALL Y", FORCE_NAT],
      answers: [[GATEWAY, 3389, "desktop"], [GATEWAY, 8080, "web"]],
      closed: [[SECOND, 3389]],
    },
  ],
});

const LISTED = ["OPEN_PORTS tcp/5000"];

natTest({
  title:
    "a local request leads to the gateway itself, and NAT_TARGETS limits the hosts that a packet can name",
  settings: ["ENABLE_IPT_FORWARDING Y", "ENABLE_IPT_LOCAL_NAT Y"],
  seesEnd: false,
  cases: [
    {
      title: "a foreign address in the packet means the address that received it",
      stanza: [...LISTED, "NAT_TARGETS local tcp/22"],
      names: { type: 5, host: TRANSLATION, port: 22 },
      answers: [[GATEWAY, 5000, "gateway"]],
      closed: [[GATEWAY, 3306]],
    },
    {
      title: "a foreign address in the packet means the address that received it, over IPv6",
      family: 6,
      stanza: [...LISTED, "NAT_TARGETS local tcp/22"],
      names: { type: 5, host: TRANSLATION6, port: 22 },
      answers: [[GATEWAY6, 5000, "gateway"]],
    },
    {
      title: "a local request leads to no inside host",
      stanza: [...LISTED, "NAT_TARGETS local tcp/8080"],
      names: { type: 5, host: INSIDE, port: 8080 },
      closed: [[GATEWAY, 5000], [INSIDE, 8080]],
    },
    {
      title: "a local request leads to no inside host over IPv6",
      family: 6,
      stanza: [...LISTED, "NAT_TARGETS local tcp/3389"],
      names: { type: 5, host: INSIDE6, port: 3389 },
      closed: [[GATEWAY6, 5000], [INSIDE6, 3389]],
    },
    {
      title: "a local request leads to no loopback service",
      stanza: [...LISTED, "NAT_TARGETS local tcp/9999"],
      names: { type: 5, host: "127.0.0.1", port: 9999 },
      closed: [[GATEWAY, 5000], [GATEWAY, 9999]],
    },
    {
      title: "a local request leads to no port that the stanza does not list",
      stanza: LISTED,
      names: { type: 5, host: GATEWAY, port: 3306 },
      refused: "NAT_TARGETS local tcp/3306 in the stanza would allow it",
      closed: [[GATEWAY, 5000], [GATEWAY, 3306]],
    },
    {
      title: "a forwarding request leads to no loopback service",
      stanza: LISTED,
      names: { type: 2, host: "127.0.0.1", port: 9999 },
      refused: "NAT target 127.0.0.1 tcp/9999 is not allowed",
      closed: [[GATEWAY, 5000], [GATEWAY, 9999]],
    },
    {
      title: "FORCE_NAT to the gateway itself opens for a local request",
      stanza: [...LISTED, `FORCE_NAT ${GATEWAY_INSIDE} 22`],
      names: { type: 5, host: GATEWAY, port: 9 },
      answers: [[GATEWAY, 5000, "gateway"]],
      closed: [[GATEWAY, 3306]],
    },
    {
      title: "FORCE_NAT to the gateway itself opens for a plain request, over IPv6",
      family: 6,
      stanza: [...LISTED, `FORCE_NAT ${GATEWAY6} 22`],
      answers: [[GATEWAY6, 5000, "gateway"]],
    },
    {
      title: "the client reaches an inside host in NAT_TARGETS, and not its neighbour",
      stanza: [...LISTED, `NAT_TARGETS ${INSIDE} tcp/3389`],
      names: { type: 2, host: INSIDE, port: 3389 },
      answers: [[GATEWAY, 5000, "desktop"]],
      closed: [[NEIGHBOUR, 3389], [INSIDE, 8080]],
    },
    {
      title: "the client reaches an inside host in NAT_TARGETS, over IPv6",
      family: 6,
      stanza: [...LISTED, "NAT_TARGETS 2001:db8:2::/64 tcp/3389"],
      names: { type: 2, host: INSIDE6, port: 3389 },
      answers: [[GATEWAY6, 5000, "desktop"]],
    },
    {
      title: "the client does not reach an inside host outside NAT_TARGETS",
      stanza: [...LISTED, `NAT_TARGETS ${INSIDE} tcp/3389`],
      names: { type: 2, host: NEIGHBOUR, port: 3389 },
      refused: `NAT target ${NEIGHBOUR} tcp/3389 is not allowed`,
      closed: [[GATEWAY, 5000], [NEIGHBOUR, 3389]],
    },
  ],
});
