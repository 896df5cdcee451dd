import { chooseFirewall, ineffectiveVariables } from "../../../lib/firewall/choose.ts";
import type { Outcome } from "../../../lib/firewall/plan.ts";
import { assertEquals, assertRejects } from "../../assert.ts";
import { type Namespace, namespaceTest } from "../../support/namespace.ts";
import { hasInputHook } from "../../../lib/firewall/nft/ruleset.ts";
import { readTexts } from "../../support/config_files.ts";

/** The output of a host's programs, by the first word that matches; other programs are missing. */
function host(answers: Readonly<Record<string, string>>) {
  return (...words: string[]): Promise<Outcome> => {
    const found = Object.entries(answers).find(([program]) => words[0]?.endsWith(program));
    const stdout = found?.[1] ?? "";
    return Promise.resolve({ words, code: found === undefined ? 127 : 0, stdout, stderr: "" });
  };
}

function configOf(conf: string) {
  const { config, diagnostics } = readTexts({ conf });
  if (config === undefined) throw new TypeError(JSON.stringify(diagnostics));
  return config;
}

async function choose(conf: string, answers: Readonly<Record<string, string>> = {}) {
  const { settings, given } = configOf(conf);
  const { kind, reason, command } = await chooseFirewall(settings, given, host(answers));
  return [kind, reason, command];
}

const IPTABLES = "/usr/sbin/iptables";
const NATIVE_CHAIN = {
  family: "inet",
  table: "filter",
  name: "input",
  hook: "input",
  type: "filter",
};
const NATIVE = JSON.stringify({ nftables: [{ chain: NATIVE_CHAIN }] });
const OWN = JSON.stringify({ nftables: [{ chain: { ...NATIVE_CHAIN, table: "fwknop" } }] });

Deno.test("the settings decide which firewall is chosen", async () => {
  assertEquals(await choose("FIREWALL nft"), ["nft", "FIREWALL says so", "nft"]);
  const ours = "IPT_INPUT_ACCESS is set";
  const chain = "IPT_INPUT_ACCESS ACCEPT, filter, INPUT, 1, FWKNOP_INPUT, 1";
  assertEquals(await choose(chain), ["iptables", ours, IPTABLES]);
  assertEquals((await choose("FLUSH_FIREWD_AT_EXIT Y"))[0], "firewalld");
  assertEquals((await choose("PF_ANCHOR_NAME knock"))[0], "pf");
  assertEquals((await choose("NFT_PROTECT tcp/22\nENABLE_IPT_SNAT Y"))[0], "nft");
  const wrapper = "ip netns exec x /usr/sbin/nft";
  assertEquals(await choose(`FIREWALL_EXE ${wrapper}`), [
    "nft",
    `FIREWALL_EXE is ${wrapper}`,
    wrapper,
  ]);
  assertEquals((await choose("FIREWALL_EXE /opt/wrapper"))[0], "iptables");
});

Deno.test("the variables about NAT and flushing choose no firewall, because every firewall knows them", async () => {
  const answers = { iptables: "-P INPUT ACCEPT\n", nft: NATIVE };
  for (
    const line of [
      "ENABLE_IPT_FORWARDING Y",
      "ENABLE_IPT_LOCAL_NAT Y",
      "ENABLE_IPT_SNAT Y",
      "FLUSH_IPT_AT_INIT N",
      "FLUSH_IPT_AT_EXIT Y",
    ]
  ) {
    assertEquals((await choose(line, answers))[0], "nft", line);
    assertEquals((await choose(line))[0], "iptables", line);
  }
});

Deno.test("without such settings the host decides which firewall is chosen", async () => {
  const reasonOf = async (answers: Readonly<Record<string, string>>) =>
    (await choose("", answers)).slice(0, 2).join(": ");
  const empty = "-P INPUT ACCEPT\n";
  assertEquals(
    await reasonOf({ iptables: `${empty}-N FWKNOP_INPUT\n`, "firewall-cmd": "running" }),
    "iptables: the chain FWKNOP_INPUT exists",
  );
  assertEquals(
    await reasonOf({ iptables: "-P INPUT DROP\n", nft: OWN }),
    "nft: the table inet fwknop exists",
  );
  assertEquals(
    await reasonOf({ iptables: empty, nft: NATIVE, "firewall-cmd": "running" }),
    "firewalld: firewalld runs",
  );
  assertEquals(
    await reasonOf({ iptables: "-P INPUT DROP\n", nft: NATIVE }),
    "iptables: the INPUT chain of iptables is in use",
  );
  assertEquals(
    await reasonOf({ iptables: empty, nft: NATIVE }),
    "nft: the host's input chain is one of nftables",
  );
  assertEquals(
    await reasonOf({ nft: '{"nftables": []}' }),
    "nft: iptables cannot be used here",
  );
  const fallback = "iptables: the host uses no firewall yet, and this one is the default";
  assertEquals(await reasonOf({ iptables: empty, nft: "rubbish" }), fallback);
  assertEquals(
    await reasonOf({}),
    "iptables: no firewall program could be asked, and this one is the default",
  );
});

Deno.test("NFT_PROTECT is parsed strictly and cannot hold the port that receives SPA packets", () => {
  const errors = (conf: string) =>
    readTexts({ conf }).diagnostics.filter(({ severity }) => severity === "error")
      .map(({ text }) => text);
  assertEquals(configOf("NFT_PROTECT tcp/22 , udp/53").settings.NFT_PROTECT, [
    { protocol: "tcp", port: 22 },
    { protocol: "udp", port: 53 },
  ]);
  assertEquals(errors("NFT_PROTECT 22"), ["Invalid NFT_PROTECT list '22'"]);
  assertEquals(errors("NFT_PROTECT tcp/22,"), ["Invalid NFT_PROTECT list 'tcp/22,'"]);
  assertEquals(errors("NFT_PROTECT udp/62201\nENABLE_UDP_SERVER Y"), [
    "NFT_PROTECT would drop the packets that come to udp/62201",
  ]);
  assertEquals(errors("NFT_PROTECT tcp/4433\nENABLE_TCP_SERVER Y\nTCPSERV_PORT 4433"), [
    "NFT_PROTECT would drop the packets that come to tcp/4433",
  ]);
});

Deno.test("settings that contradict each other are refused", async () => {
  await assertRejects(() => choose("FIREWALL pf\nNFT_PROTECT tcp/22"), /protects nothing with pf/);
  await assertRejects(
    () => choose("FIREWALL nft\nFIREWALL_EXE /usr/sbin/iptables"),
    /is not a program for nft/,
  );
  const strange = (conf: string, kind: "iptables" | "firewalld" | "nft") =>
    ineffectiveVariables(kind, configOf(conf).given).join();
  assertEquals(strange("PF_ANCHOR_NAME x\nFLUSH_IPT_AT_EXIT N", "iptables"), "PF_ANCHOR_NAME");
  assertEquals(strange("FLUSH_IPT_AT_EXIT N\nENABLE_IPT_SNAT N", "firewalld"), "FLUSH_IPT_AT_EXIT");
  assertEquals(strange("FLUSH_IPT_AT_EXIT N", "nft"), "");
});

Deno.test("a FIREWALL_EXE that the configuration does not set is not run", async () => {
  const { settings } = configOf("FIREWALL iptables\nFIREWALL_EXE /usr/sbin/nft");
  const asked: string[] = [];
  const ask = (...words: string[]): Promise<Outcome> => {
    asked.push(words.join(" "));
    return host({ iptables: "-P INPUT ACCEPT\n" })(...words);
  };
  const choice = await chooseFirewall({ ...settings, FIREWALL: "auto" }, new Map(), ask);
  assertEquals(asked, [
    "/usr/sbin/iptables -w 5 -t filter -S",
    "nft -j list ruleset",
    "firewall-cmd --state",
  ]);
  assertEquals([choice.kind, choice.command], ["iptables", "/usr/sbin/iptables"]);
});

/** Runs the programs of a namespace. */
function inside(namespace: Namespace) {
  return async (...words: string[]): Promise<Outcome> => ({
    words,
    ...(await namespace.run(...words)),
  });
}

namespaceTest(
  "real rulesets decide the choice",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const server = await lab.namespace("server");
    const { settings, given } = configOf("");
    const ask = inside(server);
    const kind = async () => (await chooseFirewall(settings, given, ask)).reason;
    assertEquals(await kind(), "the host uses no firewall yet, and this one is the default");
    await server.must("nft", "add table inet filter");
    await server.must(
      "nft",
      "add chain inet filter input { type filter hook input priority 0; policy drop; }",
    );
    assertEquals(await kind(), "the host's input chain is one of nftables");
    await server.must("iptables", "-A", "INPUT", "-i", "lo", "-j", "ACCEPT");
    assertEquals(await kind(), "the INPUT chain of iptables is in use");
    await server.must("nft", "add table inet fwknop");
    await server.must(
      "nft",
      "add chain inet fwknop input { type filter hook input priority -5; }",
    );
    assertEquals(await kind(), "the table inet fwknop exists");
  },
);

namespaceTest(
  "empty tables of iptables do not count as a firewall of nftables",
  { programs: ["iptables", "nft"] },
  async (lab) => {
    const host = await lab.namespace("host");
    for (const table of ["filter", "mangle"]) {
      const rule = ["-A", "INPUT", "-s", "192.0.2.1", "-j", "ACCEPT"];
      await host.must("iptables", "-t", table, ...rule);
      await host.must("iptables", "-t", table, "-F");
    }
    assertEquals(hasInputHook(await host.must("nft", "-j", "list", "ruleset")), false);
    await host.must("nft", "add", "table", "inet", "filter");
    const hook = "{ type filter hook input priority 0; policy drop; }";
    await host.must("nft", "add", "chain", "inet", "filter", "input", hook);
    assertEquals(hasInputHook(await host.must("nft", "-j", "list", "ruleset")), true);
  },
);
