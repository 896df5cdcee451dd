/**
 * Rules that nft adds to tables of iptables, and headers that a sender chooses: neither must make the doctor report an
 * open port as closed.
 */
import { examineIn } from "../../../../support/doctor.ts";
import { type Namespace, namespaceTest } from "../../../../support/namespace.ts";
import { assertEquals } from "../../../../assert.ts";

/** The first finding about tcp/22 for strangers, over both families. */
async function verdict(host: Namespace): Promise<string> {
  const findings = await examineIn(host, "iptables", { ipv6: true });
  return findings.find(({ text }) => text.includes("tcp/22"))?.state ?? "";
}

const INPUT = "chain INPUT { type filter hook input priority filter; policy accept; RULES; };";
const CLOSED_6 = "ip6tables -A INPUT -p tcp --dport 22 -j DROP";

namespaceTest(
  "a table of iptables that has a rule of nft is read as nft lists it",
  { programs: ["iptables", "ip6tables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const said: Record<string, string> = {};
    const SET = "set office { type ipv4_addr; elements = { 192.0.2.1 }; };";
    for (
      const rules of [
        "tcp dport 22 drop",
        "tcp dport { 22, 80 } drop",
        "tcp dport { 80, 443 } drop",
        "ip saddr { 192.0.2.1, 192.0.2.2 } tcp dport 22 drop",
        "ip saddr @office drop",
        "ip saddr 192.0.2.1-192.0.2.9 drop",
        'iifname { "eth0", "eth1" } drop',
        "tcp dport vmap { 80 : drop }",
        "ct state new tcp dport 22 drop",
        "meta l4proto tcp limit rate 5/second accept; tcp dport 22 drop",
      ]
    ) {
      const text = `table ip filter { ${SET} ${INPUT.replace("RULES", rules)} }`;
      await host.must("nft", `flush ruleset; ${text}`);
      await host.must("sh", "-c", CLOSED_6);
      said[rules] = await verdict(host);
      const findings = await examineIn(host, "iptables");
      assertEquals(findings.filter(({ text }) => text.startsWith("Grants")), [], rules);
    }
    assertEquals(said, {
      "tcp dport 22 drop": "good",
      "tcp dport { 22, 80 } drop": "good",
      "tcp dport { 80, 443 } drop": "bad",
      "ip saddr { 192.0.2.1, 192.0.2.2 } tcp dport 22 drop": "unclear",
      "ip saddr @office drop": "unclear",
      "ip saddr 192.0.2.1-192.0.2.9 drop": "unclear",
      'iifname { "eth0", "eth1" } drop': "unclear",
      "tcp dport vmap { 80 : drop }": "bad",
      "ct state new tcp dport 22 drop": "good",
      "meta l4proto tcp limit rate 5/second accept; tcp dport 22 drop": "unclear",
    });
  },
);

namespaceTest(
  "a chain of iptables at another hook, or in a dormant table, closes nothing",
  { programs: ["iptables", "ip6tables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    await host.must("sh", "-c", CLOSED_6);
    const six = await host.must("nft", "list", "table", "ip6", "filter");
    const load = async (text: string) => {
      await host.must("nft", `flush ruleset; ${six.replace(/^#.*$/gm, "")} ${text}`);
      return await verdict(host);
    };
    const drop = INPUT.replace("RULES", "tcp dport 22 drop");
    assertEquals(await load(`table ip filter { ${drop} }`), "good");
    assertEquals(await load(`table ip filter { flags dormant; ${drop} }`), "unclear");
    const unhooked = "table ip filter { chain INPUT { tcp dport 22 drop; }; }";
    assertEquals(await load(unhooked), "bad", "a chain that nothing leads to");
  },
);

namespaceTest(
  "a condition on a value that the sender chooses closes nothing for certain",
  { programs: ["iptables", "ip6tables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const said: Record<string, string> = {};
    for (
      const flags of [
        "--syn",
        "--tcp-flags SYN SYN",
        "--tcp-flags FIN,ACK NONE",
        "--tcp-flags ALL SYN",
        "--tcp-flags PSH,URG NONE",
        "--tcp-flags ALL NONE",
        "--tcp-flags SYN,FIN SYN,FIN",
      ]
    ) {
      await host.must("nft", "flush ruleset");
      await host.must("sh", "-c", CLOSED_6);
      await host.must("sh", "-c", `iptables -A INPUT -p tcp --dport 22 ${flags} -j DROP`);
      said[flags] = await verdict(host);
    }
    assertEquals(said, {
      "--syn": "good",
      "--tcp-flags SYN SYN": "good",
      "--tcp-flags FIN,ACK NONE": "good",
      // A SYN with PSH or URG opens a connection too.
      "--tcp-flags ALL SYN": "unclear",
      "--tcp-flags PSH,URG NONE": "unclear",
      "--tcp-flags ALL NONE": "bad",
      "--tcp-flags SYN,FIN SYN,FIN": "bad",
    });
    const six = async (rule: string) => {
      const chain = `chain c { type filter hook input priority 0; ${rule}; }`;
      await host.must("nft", `flush ruleset; table ip6 t { ${chain}; }`);
      await host.must("sh", "-c", CLOSED_6.replace("ip6", "ip"));
      return await verdict(host);
    };
    // An attacker puts another IPv6 header before that of TCP.
    assertEquals(await six("ip6 nexthdr tcp drop"), "unclear");
    assertEquals(await six("ip6 nexthdr icmpv6 accept; meta l4proto tcp drop"), "good");
    assertEquals(await six("ip6 nexthdr != tcp accept; tcp dport 22 drop"), "unclear");
  },
);

namespaceTest(
  "the flags of conntrack are compared as nft compares them",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const said: Record<string, string> = {};
    for (
      const rule of [
        "ct status dnat drop",
        "ct status ! dnat drop",
        "ct status != dnat drop",
        "ct status == dnat drop",
      ]
    ) {
      await host.must(
        "nft",
        "flush ruleset; table ip t { chain n { type nat hook prerouting priority dstnat; " +
          "tcp dport 22 dnat to 10.9.1.2:2222; }; chain f { type filter hook forward priority 0; " +
          `${rule}; }; }`,
      );
      const findings = await examineIn(host, "iptables");
      said[rule] = findings.find(({ text }) => text.includes("tcp/22"))?.state ?? "";
    }
    assertEquals(said, {
      "ct status dnat drop": "good",
      "ct status ! dnat drop": "bad",
      // The whole status always has other flags too.
      "ct status != dnat drop": "unclear",
      "ct status == dnat drop": "unclear",
    });
  },
);
