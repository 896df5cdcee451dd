import { examineFiles, examineHost, examineServer, isFileFinding } from "../../cmd/doctor_host.ts";
import { doctorQuestions } from "../../lib/firewall/doctor_questions.ts";
import { doctor } from "../../cmd/doctor.ts";
import { loadServerConfig } from "../../cmd/load_server_config.ts";
import { prepareAdvice } from "../../lib/daemon/advice.ts";
import { parsePolicy } from "../../lib/firewall/iptables/doctor/policy.ts";
import { judgeRuleset } from "../../lib/firewall/netfilter/examine.ts";
import { netfilterQuestions } from "../../lib/firewall/netfilter/questions.ts";
import { isGlobalIpv6 } from "../../lib/firewall/global_ipv6.ts";
import type { LoadedServerConfig } from "../../lib/config/server_config.ts";
import type { Diagnostic, DiagnosticCode } from "../../lib/errors/diagnostic.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { BufferContext } from "../support/buffer_context.ts";
import { withFolder } from "../support/folder.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { testWhere } from "../support/needs.ts";

/** The configuration in two files. It must be valid. */
function load(conf: string, access: string): LoadedServerConfig {
  const options = new GivenOptions([
    { name: "config-file", value: conf },
    { name: "access-file", value: access },
  ]);
  const config = loadServerConfig(options, new BufferContext());
  assert(config !== undefined);
  return config;
}

/** A host whose firewall is a stand-in, which keeps its state in the named file. */
async function withHost(
  { firewall, standIn, lines = [] }: {
    readonly firewall: string;
    readonly standIn: string;
    readonly lines?: readonly string[];
  },
  body: (host: { readonly state: string; readonly options: GivenOptions }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const state = `${folder}/state`;
    const program = new URL(`../support/${standIn}`, import.meta.url).pathname;
    const command = `${Deno.execPath()} run --quiet --allow-read --allow-write ${program} ${state}`;
    const access = `${folder}/access.conf`;
    const keys = "KEY secret-one\nHMAC_KEY secret-two\n";
    await Deno.writeTextFile(access, `SOURCE ANY\nOPEN_PORTS tcp/22\n${keys}`, { mode: 0o600 });
    const config = [
      `FIREWALL ${firewall}`,
      `FIREWALL_EXE ${command}`,
      "ENABLE_UDP_SERVER Y",
      `ACCESS_FILE ${access}`,
      ...lines,
    ];
    const file = `${folder}/fwknopd.conf`;
    await Deno.writeTextFile(file, `${config.join("\n")}\n`, { mode: 0o600 });
    await body({ state, options: new GivenOptions([{ name: "config-file", value: file }]) });
  });
}

/** The warnings of `serve`, except those about the family that not every host has. */
async function advice(options: GivenOptions): Promise<readonly string[]> {
  const config = loadServerConfig(options, new BufferContext());
  assert(config !== undefined);
  const warnings = await prepareAdvice(config)();
  return warnings.map(([text]) => text).filter((text) => !text.includes(" over IPv6 "))
    .map((text) => text.split(": ")[0] ?? "");
}

Deno.test("the doctor and serve report problems of the rules of pf (stand-in)", async () => {
  await withHost({
    firewall: "pf",
    standIn: "pfctl.ts",
    lines: ["PF_ANCHOR_NAME spa", "ENABLE_IPT_LOCAL_NAT Y"],
  }, async ({ state, options }) => {
    await Deno.writeTextFile(`${state}.rules`, "block drop all\n");
    const context = new BufferContext();
    assertEquals(await doctor.run(options, [], context), 1);
    // The stand-in lists an anchor of another name, which may redirect the packet.
    assertMatch(context.stdout, /unclear {2}Rules with other conditions decide about tcp\/22/);
    assertMatch(
      context.stdout,
      /WRONG {4}pf\.conf does not name the anchor spa: .*\n +In \/etc\/pf\.conf, .*: anchor "spa" /,
    );
    assertEquals(await advice(options), [
      "pf.conf does not name the anchor spa",
      "Packets to udp/62201 are dropped before the server sees them",
      'pf.conf has no nat-anchor "spa"',
      'pf.conf has no rdr-anchor "spa"',
    ]);
  });
});

Deno.test("the doctor and serve report problems of the rules of ipfw (stand-in)", async () => {
  await withHost({
    firewall: "ipfw",
    standIn: "ipfw.ts",
    lines: ["IPFW_START_RULE_NUM 20000"],
  }, async ({ state, options }) => {
    const rules = [
      { number: 15000, set: 0, body: "deny ip from any to any" },
      { number: 65535, set: 31, body: "allow ip from any to any" },
    ];
    await Deno.writeTextFile(state, JSON.stringify({ rules, disabled: [], dynamic: [] }));
    const context = new BufferContext();
    assertEquals(await doctor.run(options, [], context), 1);
    assertMatch(context.stdout, /ok {7}tcp\/22 is closed to those who do not knock/);
    assertMatch(context.stdout, / +Set IPFW_START_RULE_NUM 14000 in fwknopd\.conf\n/);
    assertEquals(await advice(options), [
      "tcp/22 is dropped by rule 15000, before the grants",
      "Packets of established connections are not accepted",
      "Packets to udp/62201 are dropped before the server sees them",
    ]);
  });
});

Deno.test("the doctor recognizes a problem of a file by its code, not by its text", () => {
  const about = (code: DiagnosticCode, path: string): Diagnostic => ({
    severity: "warning",
    text: "in other words",
    code,
    path,
  });
  const found = [about("others-may-read", "/a b"), about("owned-by-another", "/c")];
  assertEquals(examineFiles(found).map(({ state, repair }) => [state, repair]), [
    ["bad", "chmod 600 /a b"],
    ["bad", "chown root /c"],
  ]);
  assert(found.every(isFileFinding));
});

Deno.test("the doctor does not count addresses of the loopback and of a link as reachable for strangers", () => {
  const isGlobal = (address: string, family: "IPv4" | "IPv6" = "IPv6") =>
    isGlobalIpv6({ family, address });
  assertEquals(["::1", "fe80::1", "febf::1"].filter((it) => isGlobal(it)), []);
  assertEquals(["2001:db8::1", "fd00::1"].filter((it) => !isGlobal(it)), []);
  assertEquals(isGlobal("192.0.2.1", "IPv4"), false);
});

testWhere(
  "the doctor examines every interface that is sniffed",
  { system: "linux" },
  () =>
    withFolder(async (folder) => {
      const [conf, access] = [`${folder}/fwknopd.conf`, `${folder}/access.conf`];
      await Deno.writeTextFile(conf, "PCAP_INTF lo, nowhere9\n", { mode: 0o600 });
      await Deno.writeTextFile(access, "SOURCE ANY\nKEY one\nHMAC_KEY two\n", { mode: 0o600 });
      const config = load(conf, access);
      const texts = examineHost(config.settings).map(({ text }) => text);
      assertEquals(texts.slice(0, 2), [
        "The interface lo is there",
        "There is no interface nowhere9",
      ]);
    }),
);

testWhere(
  "the doctor reports whether a server runs with these files",
  { system: "linux" },
  () =>
    withFolder(async (folder) => {
      const [conf, access] = [`${folder}/fwknopd.conf`, `${folder}/access.conf`];
      Deno.writeTextFileSync(conf, `FWKNOP_RUN_DIR ${folder}\n`, { mode: 0o600 });
      Deno.writeTextFileSync(access, "SOURCE ANY\nKEY one\nHMAC_KEY two\n", { mode: 0o600 });
      const { settings } = load(conf, access);
      const [none] = examineServer(settings);
      assertEquals([none?.state, none?.repair], [
        "unclear",
        "fwknop serve, or systemctl start fwknop",
      ]);
      const holder = new URL("../support/hold_pid_file.ts", import.meta.url).pathname;
      const pidFile = settings.FWKNOP_PID_FILE;
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--allow-all", holder, pidFile],
        ...{ stdout: "piped", stderr: "piped" },
      }).spawn();
      const daemon = new LoggedProcess(child);
      await daemon.line(/^held$/, { seconds: 30 });
      const running = examineServer(settings);
      await daemon.stop("SIGKILL");
      assertEquals(running, [{ state: "good", text: `The server runs (pid=${child.pid})` }]);
    }),
);

Deno.test("the doctor prints each line of a hint on its own line", () =>
  withFolder(async (folder) => {
    const context = new BufferContext();
    const options = new GivenOptions([{ name: "config-file", value: `${folder}/none` }]);
    assertEquals(await doctor.run(options, [], context), 1);
    assertMatch(
      context.stdout,
      /^WRONG {4}Config file: .* was not found\.\n {9}To make it: [^\\\n]*\n {9}-c FILE names another one\n/,
    );
  }));

Deno.test("the doctor knows where the rules of grants are, with either firewall that has chains", async () => {
  await withFolder(async (folder) => {
    const [conf, access] = [`${folder}/fwknopd.conf`, `${folder}/access.conf`];
    const lines = ["IPT_INPUT_ACCESS", "FIREWD_INPUT_ACCESS"]
      .map((name, at) => `${name} ACCEPT, filter, INPUT, ${at + 4}, FWKNOP_INPUT, 1\n`);
    await Deno.writeTextFile(conf, lines.join(""), { mode: 0o600 });
    await Deno.writeTextFile(access, "SOURCE ANY\nKEY one\nHMAC_KEY two\n", { mode: 0o600 });
    const config = load(conf, access);
    const positions = (["iptables", "firewalld", "nft"] as const).map((kind) => {
      const questions = doctorQuestions(config, { ipv6: false });
      const { chains } = netfilterQuestions(kind, questions, { ...config, command: kind });
      return [chains?.input?.jumpPosition, chains?.forward?.from];
    });
    assertEquals(positions, [[4, "FORWARD"], [5, "FORWARD"], [undefined, undefined]]);
  });
});

testWhere("the doctor examines the port of the TCP server like that of the UDP server", {
  system: "linux",
}, () =>
  withFolder(async (folder) => {
    const access = `${folder}/access.conf`;
    await Deno.writeTextFile(access, "SOURCE ANY\nKEY one\nHMAC_KEY two\n", { mode: 0o600 });
    const listening = async (...lines: string[]) => {
      const conf = `${folder}/fwknopd.conf`;
      await Deno.writeTextFile(conf, `${lines.join("\n")}\n`, { mode: 0o600 });
      const options = new GivenOptions([
        { name: "config-file", value: conf },
        { name: "access-file", value: access },
      ]);
      const config = loadServerConfig(options, new BufferContext());
      assert(config !== undefined);
      const questions = netfilterQuestions("iptables", doctorQuestions(config, { ipv6: false }), {
        ...config,
        command: "iptables",
      });
      const filter = { 4: parsePolicy("-P INPUT DROP\n") };
      const commands = { 4: "iptables", 6: "ip6tables" };
      return judgeRuleset(questions, { filter, commands })
        .filter(({ text }) => text.startsWith("Packets to "))
        .map(({ state, text, repair }) => [state, text.split(" ")[2], repair]);
    };
    const admit = (words: string) => `iptables -I INPUT 1 ${words} -j ACCEPT`;
    const udp = ["bad", "udp/62201", admit("-p udp --dport 62201")];
    const tcp = ["bad", "tcp/4433", admit("-p tcp --dport 4433")];
    const server = ["ENABLE_TCP_SERVER Y", "TCPSERV_PORT 4433"];
    assertEquals(await listening(...server), [tcp]);
    assertEquals(await listening("ENABLE_UDP_SERVER Y", ...server), [udp, tcp]);
    assertEquals(await listening("TCPSERV_PORT 4433"), [], "packets are sniffed");
  }));
