import { parseChain } from "../../../../lib/config/chain.ts";
import type { NetfilterQuestions } from "../../../../lib/firewall/netfilter/questions.ts";
import { assert, assertEquals } from "../../../assert.ts";
import { DoctoredHost } from "../../../support/doctored_host.ts";
import { access, nftIn } from "../../../support/firewall.ts";
import { type Namespace, namespaceTest } from "../../../support/namespace.ts";
import { echoService, reach } from "../../../support/tcp.ts";

const CLIENT = "10.9.0.1";
const SERVER = "10.9.0.2";

/** A host with a fault. */
interface Case {
  /** Continues "a host …". */
  readonly about: string;
  /** Commands that cause the fault, before the server starts and while it runs. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  readonly kinds?: readonly ("iptables" | "nft")[];
  readonly more?: Partial<NetfilterQuestions>;
}

const STRICT = ["iptables -P INPUT DROP", "ip6tables -P INPUT DROP"];
const LATE = parseChain("ACCEPT, filter, INPUT, 3, FWKNOP_INPUT, 1").value;

const CASES: readonly Case[] = [
  { about: "without a rule" },
  { about: "that drops everything", before: STRICT },
  {
    about: "that accepts ssh by its own rule",
    before: [...STRICT, "iptables -A INPUT -p tcp --dport 22 -j ACCEPT"],
  },
  {
    about: "whose policy accepts everything and whose first rule accepts ssh",
    before: ["iptables -A INPUT -p tcp --dport 22 -j ACCEPT", "iptables -A INPUT -j DROP"],
  },
  {
    about: "with a rule that accepts ssh before the jump to the grants",
    before: STRICT,
    after: ["iptables -I INPUT -p tcp --dport 22 -j ACCEPT"],
  },
  {
    about: "with a rule that drops before the jump to the grants",
    after: ["iptables -I INPUT -p tcp -j DROP"],
  },
  {
    about: "whose jump to the grants comes after a rule that drops",
    before: ["iptables -A INPUT -i lo -j ACCEPT", "iptables -A INPUT -j DROP"],
    kinds: ["iptables"],
    ...(LATE === undefined ? {} : { more: { chains: { input: LATE } } }),
  },
  {
    about: "whose own chain accepts ssh",
    before: [
      ...STRICT,
      "iptables -N web",
      "iptables -A INPUT -p tcp -j web",
      "iptables -A web -p tcp -m multiport --dports 22,80 -j ACCEPT",
    ],
  },
  {
    about: "with a table of nftables that drops everything",
    before: [
      "nft add table inet guard",
      "nft add chain inet guard entry '{ type filter hook input priority 0; policy drop; }'",
    ],
  },
  {
    about: "with an early and a late table, one for each family",
    before: [
      "nft add table ip early",
      "nft add chain ip early input '{ type filter hook input priority -20; policy drop; }'",
      "nft add table ip6 late",
      "nft add chain ip6 late input '{ type filter hook input priority 20; policy drop; }'",
    ],
  },
  {
    about: "that does not forward",
    before: [
      ...["iptables", "ip6tables"].map((program) => `${program} -P FORWARD DROP`),
      "nft add table inet guard",
      "nft add chain inet guard through '{ type filter hook forward priority 0; policy drop; }'",
    ],
    more: { forwarding: true },
  },
];

async function type(host: Namespace, commands: readonly string[] = []): Promise<void> {
  for (const command of commands) await host.must("sh", "-ec", command);
}

for (const kind of ["iptables", "nft"] as const) {
  for (const { about, before, after, kinds = [kind], more } of CASES) {
    if (!kinds.includes(kind)) continue;
    namespaceTest(
      `${kind}: the commands that the doctor prints repair a host ${about}`,
      { programs: ["iptables", "ip6tables", "nft"] },
      async (lab) => {
        const client = await lab.namespace("client");
        const server = await lab.namespace("server");
        await lab.cable(
          { namespace: client, device: "eth0", addresses: [`${CLIENT}/24`] },
          { namespace: server, device: "eth0", addresses: [`${SERVER}/24`] },
        );
        await echoService(server, "0.0.0.0", 22);
        await type(server, before);
        const host = new DoctoredHost(server, kind, {
          ipv6: true,
          spaServices: [{ protocol: "udp", port: 62201 }],
          ...more,
        });
        await host.start();
        await type(server, after);
        const done = await host.repair();
        assert(done.length > 0, "something was wrong");
        assertEquals(await reach(client, SERVER, 22, 0.5), undefined, done.join("\n"));
        const firewall = await host.start();
        await firewall.ask({ name: "open", grant: access(CLIENT, "tcp/22", 60) });
        assertEquals(await reach(client, SERVER, 22, 3), "hello", done.join("\n"));
        await host.close();
      },
    );
  }
}

namespaceTest(
  "iptables: the command that the doctor prints removes the table that nft left",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const { firewall } = nftIn(server, {
      settings: { protect: [{ protocol: "tcp", port: 22 }] },
    });
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "close" });
    const host = new DoctoredHost(server, "iptables");
    await host.start();
    assertEquals((await host.repair())[0], "nft delete table inet fwknop");
    await host.close();
  },
);
