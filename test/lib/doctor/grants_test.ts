import { parseChain } from "../../../lib/config/chain.ts";
import type { DoctorQuestions } from "../../../lib/doctor/doctor.ts";
import type { FirewallKind } from "../../../lib/firewall/choose.ts";
import { assertEquals } from "../../assert.ts";
import { examineIn, mendsByText } from "../../support/doctor.ts";
import { iptablesIn, nftIn } from "../../support/firewall.ts";
import { type Namespace, namespaceTest } from "../../support/namespace.ts";

const SSH = { protocol: "tcp", port: 22 } as const;
const REACHED = { "Nothing drops packets of those who knocked": "good" };

/** What the doctor says of grants, by its text. */
async function grants(
  host: Namespace,
  kind: FirewallKind,
  more: Partial<DoctorQuestions> = {},
): Promise<Record<string, string>> {
  const found = await examineIn(host, kind, more);
  return mendsByText(found.filter(({ text }) => /^(NAT g|G)rants |who knocked$/.test(text)));
}

function inputChain(text: string): Pick<DoctorQuestions, "chains"> {
  const { chain } = parseChain(text);
  return chain === undefined ? {} : { chains: { input: chain } };
}

namespaceTest(
  "grants behind a rule of iptables that drops are told of, before and after the jump is there",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const add = (words: string) => host.must("iptables", ...words.split(" "));
    await add("-A INPUT -i lo -j ACCEPT");
    await add("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
    await add("-A INPUT -j DROP");
    const late = inputChain("ACCEPT, filter, INPUT, 4, FWKNOP_INPUT, 1");
    const LATE = "Grants of tcp/22 have no effect: " +
      "INPUT of iptables drops packets before they come to FWKNOP_INPUT";
    const position =
      "Set IPT_INPUT_ACCESS ACCEPT, filter, INPUT, 1, FWKNOP_INPUT, 1 in fwknopd.conf and start fwknop again";
    assertEquals(await grants(host, "iptables", late), { [LATE]: position });
    assertEquals(await grants(host, "iptables"), REACHED, "it will stand at the first position");
    const chains = late.chains ?? {};
    const { firewall } = iptablesIn(host, { settings: { chains } });
    await firewall.prepare();
    assertEquals(await grants(host, "iptables", late), { [LATE]: position });
    await firewall.close();
    // Somebody's rule comes in front of a jump that stood at the first position.
    const first = iptablesIn(host).firewall;
    await first.prepare();
    assertEquals(await grants(host, "iptables"), REACHED);
    await add("-I INPUT -p tcp --dport 22 -j DROP");
    assertEquals(await grants(host, "iptables"), {
      [LATE]: "iptables -D INPUT -j FWKNOP_INPUT && iptables -I INPUT 1 -j FWKNOP_INPUT",
    });
    await add("-R INPUT 1 -i eth7 -p tcp --dport 22 -j DROP");
    assertEquals(Object.keys(await grants(host, "iptables")), [
      "Grants of tcp/22 may have no effect: rules with other conditions in INPUT of iptables decide " +
      "about packets before they come to FWKNOP_INPUT",
    ]);
    await first.close();
  },
);

namespaceTest(
  "what iptables grants and a table of nftables drops is told of",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const nft = (words: string) => host.must("nft", ...words.split(" "));
    await host.must("iptables", "-P", "INPUT", "DROP");
    await nft("add table ip guard");
    await nft("add chain ip guard entry { type filter hook input priority 10; policy drop; }");
    const DROPS =
      "Grants of tcp/22 have no effect: the chain entry of table ip guard drops packets";
    assertEquals(await grants(host, "iptables"), {
      [DROPS]: "nft insert rule ip guard entry tcp dport 22 accept",
    });
    assertEquals(await grants(host, "iptables", { ipv6: true }), {
      [DROPS]: "nft insert rule ip guard entry tcp dport 22 accept",
    }, "it is about IPv4");
    // Where iptables lets everybody in it has to close before the other one opens.
    await host.must("iptables", "-P", "INPUT", "ACCEPT");
    assertEquals(await grants(host, "iptables"), {
      [DROPS]: "iptables -A INPUT ! -i lo -p tcp --dport 22 -m conntrack " +
        "! --ctstate ESTABLISHED,RELATED -j DROP && nft insert rule ip guard entry tcp dport 22 accept",
    });
    await nft("insert rule ip guard entry tcp dport 22 accept");
    assertEquals(await grants(host, "iptables"), REACHED);
    await nft("delete table ip guard");
    // What a run with FIREWALL nft left.
    const { firewall } = nftIn(host, { settings: { protect: [SSH] } });
    await firewall.prepare();
    await firewall.close();
    assertEquals(await grants(host, "iptables"), {
      "Grants of tcp/22 have no effect: the chain input of table inet fwknop drops packets":
        "nft delete table inet fwknop",
    });
    await nft("delete table inet fwknop");
    assertEquals(await grants(host, "iptables"), REACHED);
  },
);
