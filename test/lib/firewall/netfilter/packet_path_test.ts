/** Services whose packets a rule of nat sends elsewhere, whichever program made the rule. */
import type { NetfilterQuestions } from "../../../../lib/firewall/netfilter/questions.ts";
import { parseAddress } from "../../../../lib/net/address.ts";
import { parseServices, type Service } from "../../../../lib/net/service.ts";
import { assertEquals } from "../../../assert.ts";
import { examineIn } from "../../../support/doctor.ts";
import { nftIn } from "../../../support/firewall.ts";
import { failsInNamespace, type Namespace, namespaceTest } from "../../../support/namespace.ts";

const HOST = "10.9.0.2";
const INSIDE = "10.9.1.2";

/** The findings about services of this host or another one: `ok`, `WRONG` or `unclear`, and the text. */
async function said(
  host: Namespace,
  services: string,
  more: Partial<NetfilterQuestions> = {},
): Promise<string[]> {
  const findings = await examineIn(host, more.kind ?? "iptables", {
    services: services === "" ? [] : parseServices(services) ?? [],
    interfaces: ["wan0"],
    ...more,
  });
  return findings.filter(({ text }) =>
    /(closed|open|reached|decide whether|decide about|read)\b/.test(text)
  )
    .filter(({ text }) => !/sessions/.test(text))
    .map(({ state, text }) => `${{ good: "ok", bad: "WRONG", unclear: "unclear" }[state]} ${text}`);
}

/** A host with `wan0` towards strangers and `lan0` towards the inside. */
async function gateway(make: (label: string) => Promise<Namespace>): Promise<Namespace> {
  const host = await make("host");
  for (
    const [device, address] of [["wan0", HOST], ["lan0", "10.9.1.1"], ["docker0", "172.17.0.1"]]
  ) {
    const words = `link add ${device} type veth peer name ${device}p`.split(" ");
    await host.must("ip", ...words);
    await host.must("ip", "addr", "add", `${address}/24`, "dev", device ?? "");
    await host.must("ip", "link", "set", device ?? "", "up");
  }
  return host;
}

const restore = (host: Namespace, ...lines: string[]) =>
  host.must("sh", "-c", `printf '%s\\n' '${lines.join("' '")}' | iptables-restore`);
const nft = (host: Namespace, text: string) => host.must("nft", `flush ruleset; ${text}`);

const CLOSED = "ok tcp/8443 is closed to those who do not knock";
const past = (where: string, target = `${INSIDE}:8000`) =>
  `WRONG tcp/8443 is open to everybody: ${where} sends it to ${target}, past INPUT`;
const NAT = "PREROUTING of iptables -t nat";

namespaceTest(
  "a port that a rule of iptables sends to another host is judged where it goes, and not in INPUT",
  { programs: ["iptables", "iptables-restore", "nft"] },
  async (lab) => {
    const host = await gateway((label) => lab.namespace(label));
    const load = (dnat: string, ...forward: string[]) =>
      restore(
        host,
        ...["*nat", `-A PREROUTING ${dnat}`, "COMMIT", "*filter", ":INPUT DROP [0:0]"],
        ...[":FORWARD ACCEPT [0:0]", ...forward, "COMMIT"],
      );
    const sent = "-p tcp --dport 8443 -j DNAT --to-destination 10.9.1.2:8000";
    await load(`-i wan0 ${sent}`);
    assertEquals(await said(host, "tcp/8443"), [past(NAT)]);
    assertEquals(await said(host, "tcp/8443", { interfaces: [] }), [
      `unclear Rules with other conditions decide about tcp/8443: ${NAT} sends packets to ${INSIDE}:8000`,
    ], "strangers may come by another interface");
    assertEquals(await said(host, "tcp/8443", { interfaces: ["lan0"] }), [
      CLOSED.replace("closed", "closed on lan0"),
    ], "or surely do");
    await load(sent, "-A FORWARD -d 10.9.1.2 -p tcp --dport 8000 -j DROP");
    assertEquals(await said(host, "tcp/8443"), [CLOSED], "FORWARD drops it at its new address");
    await load(sent, "-A FORWARD -p tcp --dport 8443 -j DROP");
    assertEquals(await said(host, "tcp/8443"), [past(NAT)], "it has another port there");
    await load(sent, "-P FORWARD DROP", "-A FORWARD -o lan0 -j ACCEPT");
    assertEquals(await said(host, "tcp/8443"), [past(NAT)], "by the interface where the host is");
    await load(sent, ":FORWARD DROP [0:0]", "-A FORWARD -o docker0 -j ACCEPT");
    assertEquals(await said(host, "tcp/8443"), [CLOSED], "and by no other");
    await load(sent, ":FORWARD DROP [0:0]", "-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT");
    assertEquals(await said(host, "tcp/8443"), [past(NAT)]);
    await load(sent.replace("10.9.1.2:8000", "10.9.1.2-10.9.1.9"));
    assertEquals(await said(host, "tcp/8443"), [
      `unclear Rules with other conditions decide about tcp/8443: ${NAT} sends packets to another host`,
    ]);
    for (const odd of ["-p tcp -j NETMAP --to 10.9.1.0/24", "-s 192.0.2.0/24 -j REDIRECT"]) {
      await load(odd, "-P INPUT DROP");
      assertEquals(
        (await said(host, "tcp/8443"))[0]?.slice(0, 7),
        odd.includes("MAP") ? "unclear" : "ok tcp/",
        odd,
      );
    }
  },
);

namespaceTest(
  "a redirected port is judged at the port where it arrives",
  { programs: ["iptables", "iptables-restore", "nft"] },
  async (lab) => {
    const host = await gateway((label) => lab.namespace(label));
    const input = (...rules: string[]) =>
      restore(
        host,
        ...["*nat", "-A PREROUTING -p tcp --dport 8443 -j REDIRECT --to-ports 22", "COMMIT"],
        ...["*filter", ":INPUT DROP [0:0]", ...rules, "COMMIT"],
      );
    await input();
    assertEquals(await said(host, "tcp/22,tcp/8443"), [CLOSED.replace("8443", "22"), CLOSED]);
    await input("-A INPUT -m conntrack --ctstate DNAT -j ACCEPT");
    const open = `${NAT} sends it to port 22 of this host, past INPUT`;
    const other = `${NAT} sends packets to port 22 of this host`;
    assertEquals(await said(host, "tcp/22,tcp/8443"), [
      `unclear Rules with other conditions decide about tcp/22: ${other}`,
      `WRONG tcp/8443 is open to everybody: ${open}`,
    ]);
  },
);

namespaceTest(
  "the doctor follows dnat, redirect and maps of nftables like rules of iptables",
  { programs: ["nft"] },
  async (lab) => {
    const host = await gateway((label) => lab.namespace(label));
    const where = "the chain pre of table ip n";
    const load = (rule: string, more = "") =>
      nft(
        host,
        `table inet f { chain input { type filter hook input priority 0; policy drop; }; }; table ip n { ${more}; ` +
          `chain pre { type nat hook prerouting priority -100; ${rule}; }; }`,
      );
    await load("tcp dport 8443 dnat to 10.9.1.2:8000");
    assertEquals(await said(host, "tcp/8443"), [past(where)]);
    await load("dnat to tcp dport map { 8443 : 10.9.1.2, 80 : 10.9.1.9 }");
    assertEquals(await said(host, "tcp/8443"), [past(where, `${INSIDE}:8443`)]);
    await load(
      "dnat to tcp dport map @web",
      "map web { type inet_service : ipv4_addr; elements = { 80 : 10.9.1.9 }; }",
    );
    assertEquals(await said(host, "tcp/8443"), [CLOSED]);
    await load(
      "dnat ip to tcp dport map @web",
      "map web { type inet_service : ipv4_addr . inet_service; elements = { 8443 : 10.9.1.2 . 8000 }; }",
    );
    assertEquals(await said(host, "tcp/8443"), [past(where)]);
    await load("tcp dport 8443 redirect to :22");
    assertEquals(await said(host, "tcp/8443"), [CLOSED]);
    await load('iifname "wan0" ip daddr 10.9.0.2 tcp dport 8443 dnat to 10.9.1.2:8000');
    assertEquals(
      (await said(host, "tcp/8443"))[0]?.slice(0, 7),
      "unclear",
      "other addresses are not sent",
    );
    // Tables of the family inet translate both families.
    await nft(
      host,
      "table inet n { chain pre { type nat hook prerouting priority -100; tcp dport 8443 dnat ip6 to [2001:db8::2]:80; }; }; " +
        "table inet f { chain input { type filter hook input priority 0; policy drop; }; }",
    );
    assertEquals(await said(host, "tcp/8443", { ipv6: true }), [
      "WRONG tcp/8443 is open to everybody over IPv6: the chain pre of table inet n sends it to [2001:db8::2]:80, past INPUT",
    ]);
  },
);

/** The rules that Docker 24 makes for `-p 8443:443`. */
const DOCKER = [
  ...["*nat", ":DOCKER - [0:0]", "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER"],
  ...["-A DOCKER -i docker0 -j RETURN"],
  "-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8443 -j DNAT --to-destination 172.17.0.2:443",
  ...["COMMIT", "*filter", ":INPUT DROP [0:0]", ":FORWARD DROP [0:0]"],
  ...[":DOCKER - [0:0]", ":DOCKER-USER - [0:0]", ":DOCKER-ISOLATION-STAGE-1 - [0:0]"],
  ...["-A FORWARD -j DOCKER-USER", "-A FORWARD -j DOCKER-ISOLATION-STAGE-1"],
  "-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
  ...["-A FORWARD -o docker0 -j DOCKER", "-A FORWARD -i docker0 ! -o docker0 -j ACCEPT"],
  "-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 443 -j ACCEPT",
  "COMMIT",
];

namespaceTest(
  "the doctor follows a port that Docker publishes through its chains, and to a drop in DOCKER-USER",
  { programs: ["iptables", "iptables-restore", "nft"] },
  async (lab) => {
    const host = await gateway((label) => lab.namespace(label));
    await restore(host, ...DOCKER);
    const open = past(NAT, "172.17.0.2:443");
    assertEquals(await said(host, "tcp/8443"), [open]);
    assertEquals(
      await said(host, "tcp/443"),
      [CLOSED.replace("8443", "443")],
      "a port of this host",
    );
    const protect: readonly Service[] = [{ protocol: "tcp", port: 8443 }];
    assertEquals(await said(host, "tcp/8443", { kind: "nft", protect }), [open]);
    await host.must(..."iptables -A DOCKER-USER -i wan0 -p tcp --dport 443 -j DROP".split(" "));
    assertEquals(await said(host, "tcp/8443"), [CLOSED.replace("closed", "closed on wan0")]);
    // Newer versions add this rule for addresses behind this host.
    await host.must(
      ..."iptables -t raw -A PREROUTING -d 172.17.0.2 ! -i docker0 -j DROP".split(" "),
    );
    await host.must(..."iptables -P INPUT ACCEPT".split(" "));
    assertEquals(
      (await said(host, "tcp/22"))[0],
      "WRONG tcp/22 is open to everybody: knocking protects nothing",
    );
  },
);

namespaceTest(
  "chains before destinations are changed count, and so does what they hide from later rules",
  { programs: ["iptables", "ip6tables", "iptables-restore", "nft"] },
  async (lab) => {
    const host = await gateway((label) => lab.namespace(label));
    for (const table of ["raw", "mangle"]) {
      await restore(host, `*${table}`, "-A PREROUTING -p tcp --dport 8443 -j DROP", "COMMIT");
      assertEquals(await said(host, "tcp/8443"), [CLOSED], table);
      await restore(host, `*${table}`, "COMMIT");
    }
    const odd = async (...lines: string[]) => {
      await host.must("nft", "flush ruleset");
      await restore(host, ...lines);
      return (await said(host, "tcp/8443"))[0]?.split(" ")[0];
    };
    const closing = ["*filter", "-A INPUT -p tcp -m conntrack --ctstate NEW -j DROP", "COMMIT"];
    assertEquals(await odd(...closing), "ok");
    const untracked = ["*raw", "-A PREROUTING -p tcp --dport 8443 -j CT --notrack", "COMMIT"];
    assertEquals(await odd(...untracked, ...closing), "unclear", "it is never new");
    const marked = ["*mangle", "-A PREROUTING -s 10.0.0.0/8 -j MARK --set-mark 0x5fa", "COMMIT"];
    const mark = [
      "*filter",
      ":INPUT DROP [0:0]",
      "-A INPUT -m mark --mark 0x5fa -j ACCEPT",
      "COMMIT",
    ];
    assertEquals(await odd(...mark), "ok");
    assertEquals(await odd(...marked, ...mark), "unclear", "another program sets our mark");
    const proxy = "-A PREROUTING -p tcp -j TPROXY --on-port 3128 --on-ip 127.0.0.1 --tproxy-mark 1";
    const drop = ["*filter", ":INPUT DROP [0:0]", "COMMIT"];
    assertEquals(
      await odd("*mangle", proxy, "COMMIT", ...drop),
      "ok",
      "a proxy's packets pass INPUT",
    );
    const rewrites = "-A PREROUTING -p tcp -j NETMAP --to 10.9.0.0/24";
    assertEquals(await odd("*nat", rewrites, "COMMIT", ...drop), "unclear");
    const named = `-A INPUT -p tcp -m comment --comment "-j" -j ACCEPT`;
    assertEquals(await odd("*filter", ":INPUT DROP [0:0]", named, "COMMIT"), "WRONG");
    await nft(
      host,
      "table ip m { chain p { type filter hook prerouting priority -300; tcp dport set 80; }; }",
    );
    await restore(
      host,
      "*filter",
      ":INPUT DROP [0:0]",
      "-A INPUT -p tcp --dport 80 -j ACCEPT",
      "COMMIT",
    );
    assertEquals(
      (await said(host, "tcp/8443"))[0]?.split(" ")[0],
      "unclear",
      "its port is rewritten",
    );
    await nft(
      host,
      "table ip m { set s { type inet_service; flags timeout; }; chain i { type filter hook input priority 0; tcp dport @s drop; }; }; " +
        "add element ip m s { 8443 timeout 1h }",
    );
    assertEquals(
      (await said(host, "tcp/8443"))[0]?.split(" ")[0],
      "unclear",
      "the element times out",
    );
  },
);

namespaceTest(
  "tables of the legacy variant of iptables count in addition to those of the other variant",
  {
    programs: ["iptables", "iptables-legacy", "nft"],
    unavailable: () => failsInNamespace("iptables-legacy", "-S"),
  },
  async (lab) => {
    const host = await gateway((label) => lab.namespace(label));
    await host.must("iptables", "-P", "INPUT", "DROP");
    assertEquals(await said(host, "tcp/8443"), [CLOSED]);
    const dnat = "-t nat -A PREROUTING -p tcp --dport 8443 -j DNAT --to-destination 10.9.1.2:8000";
    await host.must("iptables-legacy", ...dnat.split(" "));
    assertEquals(await said(host, "tcp/8443"), [past("PREROUTING of iptables-legacy -t nat")]);
  },
);

namespaceTest(
  "NFT_PROTECT counts only if its table, rule and element are in the ruleset",
  { programs: ["nft"] },
  async (lab) => {
    const host = await gateway((label) => lab.namespace(label));
    const protect: readonly Service[] = [{ protocol: "tcp", port: 22 }];
    const ask = () => said(host, "tcp/22", { kind: "nft", protect, ipv6: true });
    const closed = ["ok tcp/22 is closed by NFT_PROTECT to those who do not knock"];
    const OPEN = "WRONG tcp/22 is open to everybody: knocking protects nothing";
    const open = [OPEN, OPEN.replace(":", " over IPv6:")];
    const { firewall } = nftIn(host, { settings: { protect } });
    await firewall.ask({ name: "prepare" });
    assertEquals(await ask(), closed);
    await firewall.ask({ name: "close" });
    assertEquals(await ask(), closed, "the table stays when the server ends");
    await host.must("nft", "flush set inet fwknop protected");
    assertEquals(await ask(), open);
    await host.must("nft", "add element inet fwknop protected { tcp . 22 }");
    assertEquals(await ask(), closed);
    await host.must("nft", "flush chain inet fwknop input");
    assertEquals(await ask(), open);
    await host.must("nft", "flush ruleset");
    assertEquals(await ask(), open);
    await host.must("iptables", "-P", "INPUT", "DROP");
    await host.must("ip6tables", "-P", "INPUT", "DROP");
    assertEquals(await ask(), ["ok tcp/22 is closed to those who do not knock"], "by others");
  },
);

namespaceTest(
  "FORWARD decides whether clients without a grant reach the destinations of NAT grants",
  { programs: ["iptables", "iptables-restore", "nft"] },
  async (lab) => {
    const host = await gateway((label) => lab.namespace(label));
    const address = parseAddress(INSIDE);
    if (address === undefined) throw new TypeError("not an address");
    const service: Service = { protocol: "tcp", port: 3389 };
    const one = { inside: [{ address, service }] };
    const any = { inside: [{}] };
    const OPEN = "open to everybody through this host, by FORWARD: knocking protects nothing";
    const DESK = `tcp/3389 of ${INSIDE}`;
    await restore(host, "*filter", ":INPUT DROP [0:0]", ":FORWARD ACCEPT [0:0]", "COMMIT");
    assertEquals(await said(host, "", one), [`WRONG ${DESK} is ${OPEN}`]);
    assertEquals(await said(host, "", any), [`WRONG Hosts behind this one are ${OPEN}`]);
    await restore(host, "*filter", ":FORWARD DROP [0:0]", "-A FORWARD -i lan0 -j ACCEPT", "COMMIT");
    assertEquals(await said(host, "", one), [
      `ok ${DESK} is closed on wan0 to those who do not knock`,
    ]);
    assertEquals(await said(host, "", any), [
      "ok Hosts behind this one are closed on wan0 to those who do not knock",
    ]);
    await restore(
      host,
      "*filter",
      ":FORWARD DROP [0:0]",
      "-A FORWARD -p tcp --dport 80 -j ACCEPT",
      "COMMIT",
    );
    assertEquals(await said(host, "", one), [`ok ${DESK} is closed to those who do not knock`]);
    assertEquals((await said(host, "", any))[0]?.split(" ")[0], "unclear");
    // A rule of another program leads to the same service.
    await restore(
      host,
      ...[
        "*nat",
        `-A PREROUTING -p tcp --dport 3390 -j DNAT --to-destination ${INSIDE}:3389`,
        "COMMIT",
      ],
      ...[
        "*filter",
        ":FORWARD DROP [0:0]",
        "-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT",
        "COMMIT",
      ],
    );
    assertEquals(await said(host, "", one), [
      `WRONG ${DESK} is reached by everybody at tcp/3390 of this host, which a rule sends there`,
    ]);
  },
);

for (const kind of ["iptables", "nft"] as const) {
  namespaceTest(
    `${kind}: the command that the doctor prints keeps strangers from inside hosts`,
    { programs: ["iptables", "nft"] },
    async (lab) => {
      const host = await gateway((label) => lab.namespace(label));
      const address = parseAddress(INSIDE);
      if (address === undefined) throw new TypeError("not an address");
      for (const inside of [{ address, service: { protocol: "tcp", port: 3389 } as const }, {}]) {
        await host.must("nft", "flush ruleset");
        const more = { services: [], inside: [inside], interfaces: ["wan0"] };
        const ask = async () =>
          (await examineIn(host, kind, more)).filter(({ state }) => state === "bad");
        const [wrong] = await ask();
        await host.must("sh", "-ec", wrong?.repair ?? "");
        assertEquals(await ask(), [], wrong?.repair);
      }
    },
  );
}

namespaceTest(
  "a port that may be only the outside port of NAT grants is reported as unclear",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const host = await gateway((label) => lab.namespace(label));
    const outside: readonly Service[] = [{ protocol: "tcp", port: 33389 }];
    assertEquals(await said(host, "tcp/33389,tcp/22", { outside }), [
      "unclear tcp/33389 is open to everybody: safe only if no program of this host listens there " +
      "and tcp/33389 is only the outside port of NAT grants",
      "WRONG tcp/22 is open to everybody: knocking protects nothing",
    ]);
  },
);

namespaceTest(
  "a port that is closed over IPv4 is not reported as closed if hosts on the same link reach it by IPv6",
  { programs: ["iptables", "ip6tables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const open = (how: string) =>
      `${how} over IPv6 to every host of the same link, by an address of this host that begins with fe80`;
    await restore(host, "*filter", "-A INPUT -p tcp --dport 8443 -j DROP", "COMMIT");
    const ask = () => said(host, "tcp/8443", { linkIpv6: true });
    assertEquals(await ask(), [open("WRONG tcp/8443 is open")]);
    const rule = "-A INPUT -p tcp --dport 8443 -s fe80::1 -j DROP".split(" ");
    await host.must("ip6tables", ...rule);
    assertEquals(await ask(), [open("unclear tcp/8443 is perhaps open")]);
    await host.must("ip6tables", ..."-A INPUT -p tcp --dport 8443 -j DROP".split(" "));
    assertEquals(await ask(), [CLOSED]);
  },
);
