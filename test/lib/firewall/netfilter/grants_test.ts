import { parseChain } from "../../../../lib/config/chain.ts";
import type {
  NetfilterKind,
  NetfilterQuestions,
} from "../../../../lib/firewall/netfilter/questions.ts";
import { assertEquals } from "../../../assert.ts";
import { examineIn, repairsByText } from "../../../support/doctor.ts";
import { iptablesIn, nftIn } from "../../../support/firewall.ts";
import { Firewalld, FIREWALLD_PROGRAMS } from "../../../support/firewalld.ts";
import { withFolder } from "../../../support/folder.ts";
import { failsInNamespace, type Namespace, namespaceTest } from "../../../support/namespace.ts";

const SSH = { protocol: "tcp", port: 22 } as const;
const REACHED = { "Nothing drops packets of those who knocked": "good" };

/** The doctor's findings about grants, by text. */
async function grants(
  host: Namespace,
  kind: NetfilterKind,
  more: Partial<NetfilterQuestions> = {},
): Promise<Record<string, string>> {
  const found = await examineIn(host, kind, more);
  return repairsByText(found.filter(({ text }) => /^(NAT g|G)rants |who knocked$/.test(text)));
}

function inputChain(text: string): Pick<NetfilterQuestions, "chains"> {
  const { value: chain } = parseChain(text);
  return chain === undefined ? {} : { chains: { input: chain } };
}

namespaceTest(
  "the doctor reports grants after a rule of iptables that drops, before and after the jump exists",
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
    await firewall.ask({ name: "prepare" });
    assertEquals(await grants(host, "iptables", late), { [LATE]: position });
    await firewall.ask({ name: "close" });
    // A rule of another program is inserted before the jump, which was at the first position.
    const first = iptablesIn(host).firewall;
    await first.ask({ name: "prepare" });
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
    await first.ask({ name: "close" });
  },
);

namespaceTest(
  "the doctor reports that a table of nftables drops what iptables grants",
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
    // If iptables accepts everything, it must drop the service before the other table accepts it.
    await host.must("iptables", "-P", "INPUT", "ACCEPT");
    assertEquals(await grants(host, "iptables"), {
      [DROPS]: "iptables -A INPUT ! -i lo -p tcp --dport 22 -m conntrack " +
        "! --ctstate ESTABLISHED,RELATED -j DROP && nft insert rule ip guard entry tcp dport 22 accept",
    });
    await nft("insert rule ip guard entry tcp dport 22 accept");
    assertEquals(await grants(host, "iptables"), REACHED);
    await nft("delete table ip guard");
    // The table that a run with FIREWALL nft left.
    const { firewall } = nftIn(host, { settings: { protect: [SSH] } });
    await firewall.ask({ name: "prepare" });
    await firewall.ask({ name: "close" });
    assertEquals(await grants(host, "iptables"), {
      "Grants of tcp/22 have no effect: the chain input of table inet fwknop drops packets":
        "nft delete table inet fwknop",
    });
    await nft("delete table inet fwknop");
    assertEquals(await grants(host, "iptables"), REACHED);
  },
);

const MARK = "-m mark --mark 0x5fa -j ACCEPT";
const IPTABLES_DROPS = "Grants of tcp/22 have no effect: INPUT of iptables drops packets";
const MARK_FIRST = `iptables -I INPUT 1 ${MARK}`;

namespaceTest(
  "a rule for the mark of nft counts only in the chain that drops, and before the drop",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const add = (words: string) => host.must("iptables", ...words.split(" "));
    await add("-A INPUT -p tcp --dport 80 -j ACCEPT");
    await add("-A INPUT -j DROP");
    assertEquals(await grants(host, "nft"), { [IPTABLES_DROPS]: MARK_FIRST });
    await add(`-A INPUT ${MARK}`);
    assertEquals(await grants(host, "nft"), { [IPTABLES_DROPS]: MARK_FIRST }, "behind the drop");
    await add(`-I OUTPUT ${MARK}`);
    assertEquals(await grants(host, "nft"), { [IPTABLES_DROPS]: MARK_FIRST }, "on the way out");
    await add("-I INPUT -m connmark --mark 0x5fa -j ACCEPT");
    assertEquals(
      Object.keys(await grants(host, "nft")),
      [
        "Grants of tcp/22 may have no effect: rules with other conditions in INPUT of iptables decide about packets",
      ],
      "a connection has another one",
    );
    await add("-D INPUT 1");
    await add(MARK_FIRST.replace("iptables ", ""));
    assertEquals(await grants(host, "nft"), REACHED);
  },
);

namespaceTest(
  "if nft forwards, FORWARD must accept the mark in both families",
  { programs: ["iptables", "ip6tables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const ask = () => grants(host, "nft", { services: [], forwarding: true, ipv6: true });
    for (const program of ["iptables", "ip6tables"]) {
      await host.must(program, "-P", "FORWARD", "DROP");
      await host.must(program, "-I", "INPUT", ...MARK.split(" "));
    }
    const SIX = "NAT grants over IPv6 have no effect: FORWARD of ip6tables drops packets";
    assertEquals(await ask(), {
      "NAT grants have no effect: FORWARD of iptables drops packets":
        `iptables -I FORWARD 1 ${MARK}`,
      [SIX]: `ip6tables -I FORWARD 1 ${MARK}`,
    });
    await host.must("iptables", "-I", "FORWARD", ...MARK.split(" "));
    assertEquals(Object.keys(await ask()), [SIX]);
    await host.must("ip6tables", "-I", "FORWARD", ...MARK.split(" "));
    assertEquals(await ask(), REACHED);
  },
);

namespaceTest(
  "NFT_PROTECT does not hide that another table drops, or that it comes too early for a mark",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const nft = (words: string) => host.must("nft", ...words.split(" "));
    const protect = [SSH];
    await host.must("iptables", "-P", "INPUT", "DROP");
    assertEquals(await grants(host, "nft", { protect }), { [IPTABLES_DROPS]: MARK_FIRST });
    await host.must("iptables", "-I", "INPUT", "-p", "tcp", "--dport", "22", "-j", "ACCEPT");
    assertEquals(await grants(host, "nft", { protect }), REACHED, "it lets the service in");
    await nft("add table inet early");
    await nft("add chain inet early input { type filter hook input priority -10; policy drop; }");
    await nft("add rule inet early input meta mark 0x5fa accept");
    const EARLY =
      "Grants of tcp/22 have no effect: the chain input of table inet early drops packets";
    const opening = "nft insert rule inet early input tcp dport 22 accept";
    assertEquals(await grants(host, "nft", { protect }), { [EARLY]: opening });
    assertEquals(await grants(host, "nft"), {
      [EARLY]: `Set NFT_PROTECT tcp/22 in fwknopd.conf; when fwknop has started again: ${opening}`,
    });
    await nft("add chain inet early input { type filter hook input priority -10; policy accept; }");
    assertEquals(await grants(host, "nft", { protect }), REACHED);
  },
);

const ADMIT = "iptables -I INPUT 1 -p tcp --dport 22 -j ACCEPT";
const WEB = { protocol: "tcp", port: 8443 } as const;

namespaceTest(
  "the doctor reports that iptables drops what firewalld grants, and that firewalld drops other grants",
  { programs: [...FIREWALLD_PROGRAMS, "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      await Firewalld.start(host, folder, "nftables");
      assertEquals(await grants(host, "firewalld", { services: [WEB] }), REACHED);
      assertEquals(await grants(host, "firewalld", { services: [], forwarding: true }), REACHED);
      assertEquals(await grants(host, "iptables", { services: [WEB] }), {
        "Grants of tcp/8443 have no effect: the chain filter_INPUT of table inet firewalld drops packets":
          "Set FIREWALL firewalld in fwknopd.conf",
      });
      for (const kind of ["iptables", "nft"] as const) {
        const nat = { services: [], forwarding: true };
        assertEquals(await grants(host, kind, nat), REACHED, "it accepts what is sent elsewhere");
      }
      await host.must("iptables", "-P", "INPUT", "DROP");
      assertEquals(await grants(host, "firewalld", { services: [WEB] }), {
        [IPTABLES_DROPS.replace("22", "8443")]: ADMIT.replace("22", "8443"),
      });
      const close =
        'firewall-cmd --permanent --add-rich-rule=\'rule port port="22" protocol="tcp" ' +
        "drop' && firewall-cmd --reload";
      assertEquals(await grants(host, "firewalld"), { [IPTABLES_DROPS]: `${close} && ${ADMIT}` });
      await host.must("iptables", "-P", "FORWARD", "DROP");
      assertEquals(await grants(host, "firewalld", { services: [], forwarding: true }), {
        "NAT grants have no effect: FORWARD of iptables drops packets":
          "iptables -I FORWARD 1 -m conntrack --ctstate DNAT -j ACCEPT",
      });
      await host.must(..."iptables -I FORWARD 1 -m conntrack --ctstate DNAT -j ACCEPT".split(" "));
      assertEquals(await grants(host, "firewalld", { services: [], forwarding: true }), REACHED);
    }),
);

namespaceTest(
  "with firewalld's iptables backend, the doctor finds its grants in the chains of iptables",
  { programs: [...FIREWALLD_PROGRAMS, "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      await Firewalld.start(host, folder, "iptables");
      assertEquals(await grants(host, "firewalld", { services: [WEB] }), REACHED);
      const late = inputChain("ACCEPT, filter, INPUT, 7, FWKNOP_INPUT, 1");
      assertEquals(await grants(host, "firewalld", { services: [WEB], ...late }), {
        "Grants of tcp/8443 have no effect: INPUT of iptables drops packets before they come to FWKNOP_INPUT":
          "Set FIREWD_INPUT_ACCESS ACCEPT, filter, INPUT, 1, FWKNOP_INPUT, 1 in fwknopd.conf and start fwknop again",
      });
    }),
);

namespaceTest(
  "the tables of iptables other than filter count too",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    await host.must("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
    await host.must("iptables", "-t", "mangle", "-A", "INPUT", "-p", "udp", "-j", "ACCEPT");
    assertEquals(await grants(host, "iptables"), REACHED);
    await host.must("iptables", "-t", "mangle", "-P", "INPUT", "DROP");
    assertEquals(await grants(host, "iptables"), {
      "Grants of tcp/22 have no effect: INPUT of iptables -t mangle drops packets":
        "iptables -t mangle -I INPUT 1 -p tcp --dport 22 -j ACCEPT",
    });
    await host.must("iptables", "-t", "mangle", "-P", "INPUT", "ACCEPT");
    await host.must("iptables", "-t", "raw", "-A", "PREROUTING", "-p", "tcp", "-j", "DROP");
    assertEquals(await grants(host, "iptables"), {
      "Grants of tcp/22 have no effect: PREROUTING of iptables -t raw drops packets":
        "iptables -t raw -I PREROUTING 1 -p tcp --dport 22 -j ACCEPT",
    });
  },
);

namespaceTest(
  "if the daemon uses iptables-legacy, the chains of the other variant count too",
  {
    programs: ["iptables", "iptables-legacy", "nft"],
    unavailable: () => failsInNamespace("iptables-legacy", "-S"),
  },
  async (lab) => {
    const host = await lab.namespace("host");
    await host.must("iptables-legacy", "-P", "INPUT", "DROP");
    await host.must("iptables", "-P", "INPUT", "DROP");
    const legacy = { iptables: [...host.entry, "iptables-legacy"].join(" ") };
    assertEquals(await grants(host, "iptables", legacy), {
      "Grants of tcp/22 have no effect: the chain INPUT of table ip filter drops packets":
        "nft insert rule ip filter INPUT tcp dport 22 accept",
    });
    await host.must("iptables", "-P", "INPUT", "ACCEPT");
    assertEquals(await grants(host, "iptables", legacy), REACHED);
  },
);
