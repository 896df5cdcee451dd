import assert from "node:assert/strict";
import { judgeForwarding } from "../../../../lib/firewall/forwarding_finding.ts";
import { examineNetfilter } from "../../../../lib/firewall/netfilter/examine.ts";
import type { NetfilterQuestions } from "../../../../lib/firewall/netfilter/questions.ts";
import { linuxQuestions } from "../../../support/doctor.ts";
import { type Namespace, namespaceTest } from "../../../support/namespace.ts";

const SSH = { protocol: "tcp", port: 22 } as const;

async function examine(
  server: Namespace,
  more: Partial<NetfilterQuestions> = {},
): Promise<Record<string, string>> {
  const questions = linuxQuestions("iptables", {
    iptables: [...server.entry, "iptables"].join(" "),
    nft: [...server.entry, "nft"].join(" "),
    spaServices: [{ protocol: "udp", port: 62201 }],
    ...more,
  });
  const findings = await examineNetfilter(questions);
  return Object.fromEntries(findings.map(({ state, text }) => [text, state]));
}

const OPEN = "tcp/22 is open to everybody: knocking protects nothing";
const CLOSED = "tcp/22 is closed to those who do not knock";
const UNCLEAR = "Rules with other conditions decide about tcp/22";
const SESSIONS = "Open sessions outlive their grant";
const REACHED = { "Nothing drops packets of those who knocked": "good" };
const NO_SESSIONS =
  "Packets of established connections are not accepted: sessions die when a grant ends";

namespaceTest(
  "the doctor reports what a policy of iptables does to strangers",
  { programs: ["iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const add = (...words: string[]) => server.must("iptables", ...words);
    assert.deepEqual(await examine(server), {
      [OPEN]: "bad",
      ...REACHED,
      [SESSIONS]: "good",
      "Packets to udp/62201 arrive": "good",
    });
    await add("-P", "INPUT", "DROP");
    assert.deepEqual(await examine(server), {
      [CLOSED]: "good",
      ...REACHED,
      [NO_SESSIONS]: "bad",
      "Packets to udp/62201 are dropped before the server sees them": "bad",
    });
    await add("-I", "INPUT", "-p", "tcp", "-j", "NFQUEUE", "--queue-num", "0");
    assert.equal((await examine(server))[UNCLEAR], "unclear", "another program decides");
    await add("-D", "INPUT", "1");
    await add("-A", "INPUT", "-i", "lo", "-j", "ACCEPT");
    await add("-A", "INPUT", "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT");
    await add("-A", "INPUT", "-p", "udp", "--dport", "62000:63000", "-j", "ACCEPT");
    assert.deepEqual(await examine(server), {
      [CLOSED]: "good",
      ...REACHED,
      [SESSIONS]: "good",
      "Packets to udp/62201 arrive": "good",
    });
    await add("-N", "web");
    await add("-A", "INPUT", "-p", "tcp", "-j", "web");
    await add("-A", "web", "-p", "tcp", "-m", "multiport", "--dports", "80,443", "-j", "ACCEPT");
    assert.equal((await examine(server))[CLOSED], "good");
    await add("-A", "web", "-s", "10.0.0.0/8", "-j", "ACCEPT");
    assert.equal((await examine(server))[UNCLEAR], "unclear");
    await add("-I", "web", "-p", "tcp", "--dport", "22", "-j", "ACCEPT");
    assert.equal((await examine(server))[OPEN], "bad");
  },
);

namespaceTest(
  "the doctor reports what nftables does to strangers, in both families",
  { programs: ["nft", "iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const nft = (words: string) => server.must("nft", ...words.split(" "));
    const ask = (more: Partial<NetfilterQuestions> = {}) =>
      examine(server, { kind: "nft", ipv6: true, ...more });
    const SIX = "tcp/22 is open to everybody over IPv6: knocking protects nothing";
    assert.equal((await ask())[SIX], "bad");
    assert.equal((await ask({ protect: [SSH] }))[SIX], "bad", "its table does not exist");
    await nft("add table inet filter");
    await nft("add set inet filter web { type inet_service; flags interval; }");
    await nft("add element inet filter web { 80, 443, 8000-8100 }");
    await nft("add chain inet filter input { type filter hook input priority 0; policy drop; }");
    await nft("add rule inet filter input iifname lo accept");
    await nft("add rule inet filter input tcp dport @web accept");
    const closed = await ask();
    assert.equal(closed[CLOSED], "good");
    assert.equal(closed[NO_SESSIONS], "bad");
    assert.equal(closed["Packets to udp/62201 are dropped before the server sees them"], "bad");
    const loses =
      "Grants of tcp/22 have no effect: the chain input of table inet filter drops packets";
    assert.equal(closed[loses], "bad", "an accept of our table would lose");

    await nft("add rule inet filter input ct state { established, related } accept");
    await nft("add rule inet filter input udp dport 62201 counter accept");
    await nft("insert rule inet filter input meta mark 0x5fa accept");
    const repaired = await ask();
    assert.deepEqual(repaired, {
      [CLOSED]: "good",
      ...REACHED,
      [SESSIONS]: "good",
      "Packets to udp/62201 arrive": "good",
    });

    await nft("add table ip6 strict");
    await nft("add chain ip6 strict input { type filter hook input priority 5; policy drop; }");
    await nft("add rule ip6 strict input tcp dport 80 accept");
    const strict = await ask();
    assert.equal(strict[NO_SESSIONS.replace(" are", " over IPv6 are")], "bad");
    assert.equal(
      strict["Packets to udp/62201 over IPv6 are dropped before the server sees them"],
      "bad",
    );
    await nft("delete table ip6 strict");

    await nft("add chain inet filter services");
    await nft("add rule inet filter input meta l4proto tcp jump services");
    await nft("add rule inet filter services ip saddr 10.0.0.0/8 tcp dport 22 accept");
    assert.equal((await ask())[UNCLEAR], "unclear");
    await nft("insert rule inet filter services meta nfproto ipv6 tcp dport 22 accept");
    assert.equal((await ask())[SIX], "bad");
  },
);

namespaceTest(
  "the doctor follows verdict maps and ignores rules about other protocols and families",
  { programs: ["nft", "iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const nft = (words: string) => server.must("nft", ...words.split(" "));
    const ask = (more: Partial<NetfilterQuestions> = {}) =>
      examine(server, { kind: "nft", ...more });
    const states = "{ established : accept, related : accept, invalid : drop }";
    await nft("add table inet filter");
    await nft("add chain inet filter input { type filter hook input priority 0; policy drop; }");
    await nft(`add rule inet filter input ct state vmap ${states}`);
    await nft("add rule inet filter input icmpv6 type nd-neighbor-solicit accept");
    await nft("add rule inet filter input ip6 saddr fd00::/8 accept");
    await nft("add rule inet filter input ct status dnat accept");
    const closed = await ask();
    assert.equal(closed[CLOSED], "good");
    assert.equal(closed[SESSIONS], "good");
    await nft("add map inet filter ports { type inet_service : verdict; }");
    await nft("add element inet filter ports { 80 : accept, 443 : accept }");
    await nft("add rule inet filter input tcp dport vmap @ports");
    assert.equal((await ask())[CLOSED], "good");
    await nft("add element inet filter ports { 22 : accept }");
    assert.equal((await ask())[OPEN], "bad");
    // Packets of every interface end in the same chain.
    await nft("add chain inet filter inside");
    await nft("insert rule inet filter input iifname eth1 goto inside");
    await nft("insert rule inet filter inside tcp dport 22 drop");
    assert.equal((await ask())[UNCLEAR], "unclear");
    await nft("delete element inet filter ports { 22 : accept }");
    assert.equal((await ask())[CLOSED], "good");
  },
);

namespaceTest(
  "the doctor reports that another table drops what ours forwards",
  { programs: ["nft", "iptables"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const ask = () =>
      examine(server, { kind: "nft", forwarding: true, services: [], protect: [SSH] });
    const DROPPED = "NAT grants have no effect: FORWARD of iptables drops packets";
    assert.equal((await ask())[DROPPED], undefined);
    await server.must("iptables", "-P", "FORWARD", "DROP");
    assert.equal((await ask())[DROPPED], "bad");
    await server.must("iptables", "-I", "FORWARD", "-m", "mark", "--mark", "0x5fa", "-j", "ACCEPT");
    assert.equal((await ask())[DROPPED], undefined);
  },
);

Deno.test("a forwarding switch that cannot be read does not count as off", () => {
  const judge = (forwards: boolean | undefined) => judgeForwarding([4], () => forwards);
  assert.deepEqual(judge(true).map(({ state }) => state), ["good"]);
  assert.deepEqual(judge(false).map(({ repair }) => repair), ["sysctl -w net.ipv4.ip_forward=1"]);
  assert.deepEqual(judge(undefined).map(({ state }) => state), ["unclear"]);
});

Deno.test("each address family has its own forwarding switch", () => {
  assert.deepEqual(judgeForwarding([4, 6], (family) => family === 4), [
    { state: "good", text: "The kernel forwards packets" },
    {
      state: "bad",
      text: "The kernel does not forward packets over IPv6, so no NAT grant can work there",
      repair: "sysctl -w net.ipv6.conf.all.forwarding=1",
    },
  ]);
});
