import { assert, assertEquals, assertMatch } from "../assert.ts";
import type { AdapterKind } from "../../lib/firewall/firewall.ts";
import { otherFirewalls } from "../../lib/firewall/from_settings.ts";
import { readTexts } from "../support/config_files.ts";
import { startOurs } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { withFolder } from "../support/folder.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";

const STANZA = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";

function knock(host: Namespace, address: string, ...more: string[]): Promise<string> {
  const keys = ["--key-rijndael", "testtest", "--key-hmac", "hmackey1", "--no-save-args"];
  const to = ["--no-rc-file", "-D", "127.0.0.1", "-a", address, "-A", "tcp/22"];
  return host.must("fwknop", ...to, ...keys, ...more);
}

const KINDS = {
  iptables: { settings: ["FIREWALL iptables"], list: ["iptables", "-S"] },
  nft: {
    settings: ["FIREWALL nft", "NFT_PROTECT tcp/22"],
    list: ["nft", "list", "table", "inet", "fwknop"],
  },
} as const;

for (const [kind, { settings, list }] of Object.entries(KINDS)) {
  namespaceTest(
    `${kind}: fw-flush beside a running server revokes every grant permanently, and the server goes on`,
    { programs: ["fwknop", list[0]] },
    (lab) =>
      withFolder(async (folder) => {
        const host = await lab.namespace("host");
        const daemon = await startOurs(host, { folder, accessConf: STANZA, fwknopdConf: settings });
        await knock(host, "192.0.2.1");
        await daemon.line(/Added access rule .*192\.0\.2\.1 /);
        const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
        const said = await host.must(...SOURCE_PROGRAM, "fw-flush", ...files);
        assertMatch(
          said,
          /^Removed 1 rule; the chains stay for the running server \(pid=\d+\)$/m,
        );
        await daemon.line(/Revoked every grant: 1 rule$/);
        assert(!(await host.must(...list)).includes("192.0.2.1"));

        await knock(host, "192.0.2.2");
        await daemon.line(/Added access rule .*192\.0\.2\.2 /);
        const after = await host.must(...list);
        assert(after.includes("192.0.2.2") && !after.includes("192.0.2.1"), after);
        await daemon.stop();
        assertEquals(daemon.lines.filter((line) => /Put back|rror/.test(line)), []);
      }),
  );
}

namespaceTest(
  "fw-flush removes the rules that a configuration with another firewall left behind",
  { programs: ["iptables", "nft"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      for (const { settings, list } of Object.values(KINDS)) {
        const keep = [...settings, "FLUSH_IPT_AT_EXIT N"];
        const daemon = await startOurs(host, { folder, accessConf: STANZA, fwknopdConf: keep });
        await knock(host, "192.0.2.1");
        await daemon.line(/Added access rule/);
        await daemon.stop();
        assertMatch(await host.must(...list), /192\.0\.2\.1/);
      }
      await Deno.writeTextFile(
        `${folder}/fwknopd.conf`,
        `FIREWALL iptables\nFWKNOP_RUN_DIR ${folder}/run\n`,
      );
      const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      await host.must(...SOURCE_PROGRAM, "fw-flush", ...files);
      assert(!(await host.must("iptables", "-S")).includes("FWKNOP"));
      assert(!(await host.must("nft", "list", "tables")).includes("fwknop"));
    }),
);

/** Settings under which a knock leaves rules in chains that the next settings do not name. */
const FORMER = [
  { name: "with NAT", conf: ["ENABLE_IPT_FORWARDING Y"], nat: true },
  {
    name: "with a chain of another name",
    conf: [
      "IPT_INPUT_ACCESS ACCEPT, filter, INPUT, 1, MYKNOCK, 1",
    ],
    nat: false,
  },
];

for (const { name, conf, nat } of FORMER) {
  namespaceTest(
    `fw-list and fw-flush beside the new server find grants of a killed server ${name}`,
    { programs: ["fwknop", "iptables"] },
    (lab) =>
      withFolder(async (folder) => {
        const host = await lab.namespace("host");
        const iptables = ["FIREWALL iptables"];
        const former = [...iptables, ...conf];
        const first = await startOurs(host, { folder, accessConf: STANZA, fwknopdConf: former });
        await knock(host, "192.0.2.1", ...(nat ? ["-N", "192.0.2.77:3389"] : []));
        await first.line(/Added (access|DNAT) rule/);
        await first.stop("SIGKILL");
        const rules = async (): Promise<string> =>
          await host.must("iptables", "-S") + await host.must("iptables", "-t", "nat", "-S");
        assertMatch(await rules(), /192\.0\.2\.1\b/);

        const second = await startOurs(host, { folder, accessConf: STANZA, fwknopdConf: iptables });
        await second.line(/^Adopted the rule for 192\.0\.2\.1 /);
        const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
        assertMatch(await host.must(...SOURCE_PROGRAM, "fw-list", ...files), /^192\.0\.2\.1 /m);
        const said = await host.must(...SOURCE_PROGRAM, "fw-flush", ...files);
        assertMatch(said, nat ? /^Removed 2 rules; the chains/ : /^Removed 1 rule; the chains/);
        assert(
          !/192\.0\.2\.1|MYKNOCK|FORWARD -j FWKNOP|FWKNOP_PRE/.test(await rules()),
          await rules(),
        );
        await knock(host, "192.0.2.2");
        await second.line(/Added access rule .*192\.0\.2\.2 /);
        await second.stop();
        assert(!(await rules()).includes("FWKNOP"), await rules());
        assertEquals(second.lines.filter((line) => /Put back|rror|Another program/.test(line)), []);
      }),
  );
}

namespaceTest(
  "the next server ends grants of a killed server in chains that are no longer configured",
  { programs: ["fwknop", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const former = ["FIREWALL iptables", "IPT_INPUT_ACCESS ACCEPT, filter, INPUT, 1, MYKNOCK, 1"];
      const first = await startOurs(host, { folder, accessConf: STANZA, fwknopdConf: former });
      await knock(host, "192.0.2.1");
      await first.line(/Added access rule/);
      await first.stop("SIGKILL");
      const now = ["FIREWALL iptables"];
      const second = await startOurs(host, { folder, accessConf: STANZA, fwknopdConf: now });
      await second.line(/^Adopted the rule for 192\.0\.2\.1 .* in MYKNOCK/);
      await second.stop();
      assert(!(await host.must("iptables", "-S")).includes("192.0.2.1"));
    }),
);

Deno.test("fw-flush checks every firewall that another configuration may have used", () => {
  const config = readTexts({ conf: "" }).config;
  if (config === undefined) throw new TypeError("not a configuration");
  const others = (kind: AdapterKind): string[] =>
    otherFirewalls(config.settings, config.given, kind).map((firewall) => firewall.kind);
  assertEquals(others("iptables"), ["nft", "firewalld"]);
  assertEquals(others("firewalld-direct"), ["nft", "firewalld"]);
  assertEquals(others("nft"), ["iptables", "firewalld"]);
  assertEquals(others("firewalld"), ["iptables", "nft"]);
});
