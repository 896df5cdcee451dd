import type {
  NetfilterKind,
  NetfilterQuestions,
} from "../../../../lib/firewall/netfilter/questions.ts";
import { assertEquals } from "../../../assert.ts";
import { examineIn, repairsByText } from "../../../support/doctor.ts";
import { type Namespace, namespaceTest } from "../../../support/namespace.ts";

const LIVE = { "Open sessions outlive their grant": "good" };
const DIE = "Packets of established connections are not accepted: sessions die when a grant ends";
const NO_ANSWER =
  "Packets of established connections through this host are not accepted: no NAT grant works";
const ESTABLISHED = "-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT";

/** The doctor's findings about sessions, by text. */
async function sessions(
  host: Namespace,
  kind: NetfilterKind,
  more: Partial<NetfilterQuestions> = {},
): Promise<Record<string, string>> {
  const found = await examineIn(host, kind, more);
  return repairsByText(found.filter(({ text }) => /sessions|established/.test(text)));
}

for (const kind of ["iptables", "nft"] as const) {
  namespaceTest(
    `${kind}: if grants may forward, FORWARD must accept established packets in both families`,
    { programs: ["iptables", "ip6tables", "nft"] },
    async (lab) => {
      const host = await lab.namespace("host");
      const nat = { forwarding: true, ipv6: true };
      const SIX = NO_ANSWER.replace("host", "host over IPv6");
      for (const program of ["iptables", "ip6tables"]) {
        await host.must(program, "-P", "INPUT", "DROP");
        await host.must(program, "-A", "INPUT", ...ESTABLISHED.split(" "));
        await host.must(program, "-P", "FORWARD", "DROP");
      }
      assertEquals(await sessions(host, kind, { ipv6: true }), LIVE, "nothing forwards");
      await host.must("ip6tables", ..."-I INPUT -m rt --rt-type 0 -j DROP".split(" "));
      assertEquals(await sessions(host, kind, { ipv6: true }), LIVE, "as ufw begins");
      assertEquals(await sessions(host, kind, nat), {
        ...LIVE,
        [NO_ANSWER]: `iptables -I FORWARD 1 ${ESTABLISHED}`,
        [SIX]: `ip6tables -I FORWARD 1 ${ESTABLISHED}`,
      });
      await host.must("iptables", "-A", "FORWARD", ...ESTABLISHED.split(" "));
      assertEquals(Object.keys(await sessions(host, kind, nat)), [...Object.keys(LIVE), SIX]);
      await host.must("ip6tables", "-A", "FORWARD", ...ESTABLISHED.split(" "));
      assertEquals(await sessions(host, kind, nat), LIVE);
      await host.must("nft", "add table inet guard");
      const chain = "{ type filter hook forward priority 5; policy drop; }";
      await host.must("nft", `add chain inet guard through ${chain}`);
      const rule = "nft insert rule inet guard through ct state established,related accept";
      assertEquals(await sessions(host, kind, nat), { ...LIVE, [NO_ANSWER]: rule, [SIX]: rule });
    },
  );
}

namespaceTest(
  "a rule that drops a service before the rule for established connections ends its sessions",
  { programs: ["iptables"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const add = (words: string) => host.must("iptables", ...words.split(" "));
    const repair = { [DIE]: `iptables -I INPUT 1 ${ESTABLISHED}` };
    await add("-A INPUT -p tcp --dport 22 -j DROP");
    assertEquals(await sessions(host, "iptables"), repair, "no such rule");
    await add(`-A INPUT ${ESTABLISHED}`);
    assertEquals(await sessions(host, "iptables"), repair);
    // A rule that drops one banned address does not count.
    await add("-R INPUT 1 -s 192.0.2.1 -p tcp --dport 22 -j DROP");
    assertEquals(await sessions(host, "iptables"), LIVE);
    await add("-I INPUT -s 192.0.2.1 -j DROP");
    assertEquals(await sessions(host, "iptables"), {
      "Rules with other conditions decide whether open sessions outlive their grant":
        `iptables -I INPUT 1 ${ESTABLISHED}`,
    });
  },
);
