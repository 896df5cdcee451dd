import { hasSyslog } from "../../lib/daemon/syslog.ts";
import { textBytes } from "../../lib/crypto/bytes.ts";
import { packetReplayDigest } from "../../lib/spa/replay_digest.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { startOurs, startSniffing } from "../support/daemons.ts";
import { withFolder } from "../support/folder.ts";
import { ethernet, ipv4, udp } from "../support/frames.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import type { LoggedProcess } from "../support/logged_process.ts";
import { type Namespace, namespaceTest, until } from "../support/namespace.ts";
import { seal } from "../support/packet.ts";
import { pcapBytes } from "../support/pcap_bytes.ts";
import { sendUdpFrom } from "../support/send_from.ts";
import { SlowIptables } from "../support/slow_iptables.ts";

const STANZA = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";

/** Knocks at the host from itself; the packet's text. */
async function knock(host: Namespace, address: string, port?: number): Promise<string> {
  const { packetText } = seal({ message: `${address},tcp/22` });
  await sendUdpFrom(host, "127.0.0.1", packetText, port);
  return packetText;
}

async function rules(host: Namespace): Promise<string[]> {
  const { stdout } = await host.run("iptables", "-S", "FWKNOP_INPUT");
  return Array.from(stdout.matchAll(/-s (\S+)\/32/g), ([, address = ""]) => address);
}

async function pidOf(folder: string): Promise<number> {
  return Number(await Deno.readTextFile(`${folder}/run/fwknopd.pid`));
}

async function reload(folder: string, daemon: LoggedProcess, answer: RegExp): Promise<void> {
  const from = daemon.lines.length;
  Deno.kill(await pidOf(folder), "SIGHUP");
  await daemon.line(answer, { from });
}

namespaceTest(
  "a reload keeps grants, replay cache and PID, and applies the new stanzas",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startOurs(host, { folder, accessConf: STANZA });
      const packetText = await knock(host, "192.0.2.1");
      await daemon.line(/Added access rule .*192\.0\.2\.1 /);
      const pid = await pidOf(folder);

      await Deno.writeTextFile(`${folder}/access.conf`, `${STANZA}OPEN_PORTS tcp/80\n`);
      await reload(folder, daemon, /Re-starting fwknopd/);
      assertEquals(await rules(host), ["192.0.2.1"], "the grant is kept");
      assertEquals(await pidOf(folder), pid);
      await knock(host, "192.0.2.2");
      await daemon.line(/\(stanza #1\) One or more requested protocol\/ports was denied/);

      await sendUdpFrom(host, "127.0.0.1", packetText);
      await daemon.line(/Replay detected from source IP: 127\.0\.0\.1/);

      const status = await daemon.stop();
      assertEquals(status.code, 0);
      assertEquals(await rules(host), [], "at exit our rules go");
    }),
);

namespaceTest(
  "a reload with a mistake in a file changes nothing: the UDP server keeps its memory and its grants",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startOurs(host, { folder, accessConf: STANZA });
      const packetText = await knock(host, "192.0.2.1");
      await daemon.line(/Added access rule .*192\.0\.2\.1 /);
      await Deno.writeTextFile(`${folder}/access.conf`, `${STANZA}OPEN_PORTS tcp/22-30\n`);
      await reload(
        folder,
        daemon,
        /The new configuration has errors: continuing with the previous one/,
      );
      await sendUdpFrom(host, "127.0.0.1", packetText);
      await daemon.line(/Replay detected from source IP: 127\.0\.0\.1/);
      await knock(host, "192.0.2.2");
      await daemon.line(/Added access rule .*192\.0\.2\.2 /);

      await Deno.writeTextFile(`${folder}/access.conf`, `${STANZA}OPEN_PORTS tcp/80\n`);
      await reload(folder, daemon, /Re-starting fwknopd/);
      await knock(host, "192.0.2.3");
      await daemon.line(/One or more requested protocol\/ports was denied/);
      assertEquals(await rules(host), ["192.0.2.1", "192.0.2.2"]);
      await daemon.stop();
    }),
);

namespaceTest(
  "a reload moves to another UDP port, or keeps the old one when the new one is in use",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const files = { folder, accessConf: STANZA, fwknopdConf: ["UDPSERV_PORT 62201"] };
      const daemon = await startOurs(host, files);
      const conf = await Deno.readTextFile(`${folder}/fwknopd.conf`);
      const moveTo = (port: number): Promise<void> =>
        Deno.writeTextFile(`${folder}/fwknopd.conf`, conf.replace("62201", String(port)));

      await moveTo(62301);
      await reload(folder, daemon, /listen on port 62301/);
      await knock(host, "192.0.2.3", 62301);
      await daemon.line(/Added access rule .*192\.0\.2\.3 /);

      const holder = host.spawn([
        Deno.execPath(),
        "eval",
        `require("node:dgram").createSocket("udp4").bind(62302, () => console.log("bound"))`,
        "--ext=cjs",
      ], { stdout: "piped", stderr: "null" });
      const reader = holder.stdout.getReader();
      await reader.read();
      await moveTo(62302);
      await reload(folder, daemon, /UDP port 62302.*continuing with the previous configuration/);
      await knock(host, "192.0.2.4", 62301);
      await daemon.line(/Added access rule .*192\.0\.2\.4 /);
      await reader.cancel();
      holder.kill("SIGKILL");
      await holder.status;
      await daemon.stop();
    }),
);

namespaceTest(
  "a reload applies new settings of the firewall, except those that name the place of its rules",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startOurs(host, { folder, accessConf: STANZA });
      const conf = `${folder}/fwknopd.conf`;
      const add = (line: string) => Deno.writeTextFile(conf, `${line}\n`, { append: true });
      await knock(host, "192.0.2.1");
      await daemon.line(/Added access rule .*192\.0\.2\.1 /);
      await add("ENABLE_RULE_PREPEND Y");
      await reload(folder, daemon, /Re-starting fwknopd/);
      await knock(host, "192.0.2.2");
      await daemon.line(/Added access rule .*192\.0\.2\.2 /);
      assertEquals(await rules(host), ["192.0.2.2", "192.0.2.1"]);

      await add("IPT_INPUT_ACCESS ACCEPT, filter, INPUT, 1, FWKNOP_OTHER, 1");
      await reload(
        folder,
        daemon,
        /are other ones now: continuing with the previous configuration/,
      );
      await knock(host, "192.0.2.3");
      await daemon.line(/Added access rule .*192\.0\.2\.3 /);
      assertEquals(await rules(host), ["192.0.2.3", "192.0.2.2", "192.0.2.1"]);
      await daemon.stop();
      assertEquals((await host.must("iptables", "-S")).includes("FWKNOP"), false);
    }),
);

namespaceTest(
  "a reload that needs a restart says so and changes nothing",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startOurs(host, { folder, accessConf: STANZA });
      const conf = await Deno.readTextFile(`${folder}/fwknopd.conf`);
      const write = (extra: string): Promise<void> =>
        Deno.writeTextFile(`${folder}/fwknopd.conf`, `${conf}${extra}`);
      await write("ENABLE_TCP_SERVER Y\n");
      await reload(folder, daemon, /port UDP 62201, which is open already: continuing with/);
      await write("ENABLE_TCP_SERVER Y\nUDPSERV_PORT 62301\n");
      await reload(folder, daemon, /dropped at the start \(restart it\): continuing with/);
      await knock(host, "192.0.2.5");
      await daemon.line(/Added access rule .*192\.0\.2\.5 /);
      await daemon.stop();
    }),
);

namespaceTest(
  "without -f the exit status says whether the daemon runs, and a second one does not start",
  { programs: ["fwknopd", "iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      await Deno.writeTextFile(`${folder}/access.conf`, STANZA, { mode: 0o600 });
      const settings = `FWKNOP_RUN_DIR ${folder}/run\nENABLE_UDP_SERVER Y\n`;
      await Deno.writeTextFile(`${folder}/fwknopd.conf`, settings, { mode: 0o600 });
      const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      const serve = (): ReturnType<Namespace["run"]> =>
        host.run(...SOURCE_PROGRAM, "serve", ...files);

      const first = await serve();
      assertEquals(first.code, 0, first.stderr);
      assertMatch(
        first.stdout,
        /^fwknop serve runs as a daemon \(pid=[0-9]+\); its log goes to syslog\n$/,
      );
      assertEquals(first.stderr.includes("No program takes the log"), !hasSyslog());
      const status = await host.must("fwknopd", "-S", "-c", `${folder}/fwknopd.conf`);
      assertMatch(status, /Detected fwknopd is running \(pid=[0-9]+\)/);
      const second = await serve();
      assertEquals(second.code, 1);
      assertMatch(second.stderr, /An instance of fwknopd is already running: \(PID=[0-9]+\)/);

      const pid = await pidOf(folder);
      Deno.kill(pid, "SIGTERM");
      await until("the daemon is gone", () => isGone(pid), 10);
      assertEquals(await rules(host), []);
    }),
);

namespaceTest(
  "in test mode each knock shows the firewall's commands, and none of them runs",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const files = { folder, accessConf: STANZA, fwknopdConf: ["FIREWALL iptables"] };
      const daemon = await startOurs(host, files, "--test");
      await knock(host, "192.0.2.1");
      await daemon.line(/^-A FWKNOP_INPUT -p 6 -s 192\.0\.2\.1 .*--datestop .*_exp_/);
      await daemon.stop();
      assert(!(await host.must("iptables", "-S")).includes("FWKNOP"));
    }),
);

namespaceTest(
  "SIGPROF makes the daemon log the counters",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startOurs(host, { folder, accessConf: STANZA });
      await knock(host, "192.0.2.1");
      await daemon.line(/Added access rule/);
      Deno.kill(await pidOf(folder), "SIGPROF");
      const line = await daemon.line(/^Packets: /);
      assert(line.startsWith("Packets: 1 received, 0 dropped"), line);
      await daemon.stop();
    }),
);

namespaceTest(
  "SIGUSR1 opens no debugger, before and after the runtime handles it",
  { programs: ["iptables", "ss"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startOurs(host, { folder, accessConf: STANZA });
      const pid = await pidOf(folder);
      const ignores = (): boolean => {
        const ignored = /^SigIgn:\t([0-9a-f]+)$/m.exec(
          Deno.readTextFileSync(`/proc/${pid}/status`),
        );
        return (BigInt(`0x${ignored?.[1] ?? "0"}`) >> 9n & 1n) === 1n;
      };
      const start = performance.now();
      // The runtime handles the signal from half a second after its start; the daemon takes it back soon after.
      await until(
        "the signal stays ignored",
        () => ignores() && performance.now() - start > 1500,
        10,
      );
      Deno.kill(pid, "SIGUSR1");
      Deno.kill(pid, "SIGPROF");
      await daemon.line(/^Packets: /);
      assert(!daemon.lines.some((line) => line.includes("Debugger")), daemon.lines.join("\n"));
      assert(!(await host.must("ss", "-ltn")).includes(":9229"));
      await daemon.stop();
    }),
);

function isGone(pid: number): boolean {
  try {
    // A zombie has ended too: its parent is another process.
    return / Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/\(.*\)/, ""));
  } catch {
    return true;
  }
}

namespaceTest(
  "a reload signal during the start takes effect after the start",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const starting = startOurs(host, { folder, accessConf: STANZA });
      await until("the daemon says its PID", () => pidOf(folder).then(Boolean, () => false), 30);
      Deno.kill(await pidOf(folder), "SIGHUP");
      const daemon = await starting;
      await daemon.line(/Re-starting fwknopd/);
      assertEquals((await daemon.stop()).code, 0);
    }),
);

namespaceTest(
  "a daemon that gets a stop signal while it starts undoes everything, whatever other signals it gets",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const iptables = new SlowIptables(folder);
      iptables.hold();
      const fwknopdConf = [iptables.setting, "FIREWALL iptables"];
      const starting = startOurs(host, { folder, accessConf: STANZA, fwknopdConf });
      await iptables.isHeld();
      const pid = await pidOf(folder);
      for (const signal of ["SIGHUP", "SIGUSR2", "SIGTERM"] as const) Deno.kill(pid, signal);
      iptables.release();
      const daemon = await starting;
      await daemon.line(/^Shutting Down fwknopd/);
      assertEquals((await daemon.stop()).code, 0);
      assert(!daemon.lines.some((line) => line.includes("Re-starting")), daemon.lines.join("\n"));
      assertEquals((await host.must("iptables", "-S")).includes("FWKNOP"), false);
    }),
);

namespaceTest(
  "a reload, also one with a mistake, makes a removed run folder again: no second daemon starts and no replay counts",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const daemon = await startOurs(host, { folder, accessConf: STANZA });
      const packetText = await knock(host, "192.0.2.1");
      await daemon.line(/Added access rule .*192\.0\.2\.1 /);
      await Deno.remove(`${folder}/run`, { recursive: true });
      await Deno.writeTextFile(`${folder}/access.conf`, `${STANZA}OPEN_PORTS tcp/22-30\n`);
      Deno.kill(daemon.pid, "SIGHUP");
      await daemon.line(/fwknopd\.pid was removed. It is made again/);
      await daemon.line(/The new configuration has errors: continuing with the previous one/);
      assertMatch(
        await Deno.readTextFile(`${folder}/run/digest.cache`),
        new RegExp(`^${packetReplayDigest(packetText).replaceAll(/[+/]/g, ".")} `, "m"),
      );
      await Deno.writeTextFile(`${folder}/access.conf`, STANZA);
      const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
      const second = await host.run(...SOURCE_PROGRAM, "serve", "-f", ...files);
      assertEquals(second.code, 1);
      assertMatch(second.stderr, new RegExp(`already running: \\(PID=${daemon.pid}\\)`));
      await daemon.stop();
    }),
);

namespaceTest(
  "a --test in the background is found and stopped like a daemon, and one in the foreground runs beside it",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      await Deno.writeTextFile(`${folder}/access.conf`, STANZA, { mode: 0o600 });
      await Deno.writeTextFile(`${folder}/fwknopd.conf`, `FWKNOP_RUN_DIR ${folder}/run\n`, {
        mode: 0o600,
      });
      await Deno.mkdir(`${folder}/beside`);
      const config = ["-c", `${folder}/fwknopd.conf`];
      const start = ["--udp-server", "--test", ...config, "-a", `${folder}/access.conf`];
      for (const command of [["serve"], ["fwknopd"]]) {
        assertEquals((await host.run(...SOURCE_PROGRAM, ...command, ...start)).code, 0);
        const again = await host.run(...SOURCE_PROGRAM, ...command, ...start);
        assertEquals(again.code, 1, again.stderr);
        const inTestMode = await startOurs(host, {
          folder: `${folder}/beside`,
          accessConf: STANZA,
          fwknopdConf: [`FWKNOP_RUN_DIR ${folder}/run`, "UDPSERV_PORT 62333"],
        }, "--test");
        assertEquals((await inTestMode.stop()).code, 0);
        const status = await host.run(...SOURCE_PROGRAM, "fwknopd", "-S", ...config);
        assertMatch(status.stdout, /Detected fwknopd is running/);
        const stopped = await host.run(...SOURCE_PROGRAM, "fwknopd", "-K", ...config);
        assertMatch(stopped.stdout, /Killed fwknopd .* via SIGTERM/);
      }
    }),
);

namespaceTest(
  "at the end of a capture file the daemon goes on, and grants last for their time",
  { programs: ["iptables"] },
  (lab) =>
    withFolder(async (folder) => {
      const host = await lab.namespace("host");
      const { packetText } = seal({ message: "192.0.2.1,tcp/22" });
      const frame = ethernet(0x0800, ipv4(17, udp(40000, 62201, textBytes(packetText))));
      const file = `${folder}/knock.pcap`;
      await Deno.writeFile(file, pcapBytes(1, [frame]));
      const daemon = await startSniffing(
        host,
        { folder, accessConf: `${STANZA}FW_ACCESS_TIMEOUT 2\n` },
        "--pcap-file",
        file,
      );
      await daemon.line(/Added access rule .*192\.0\.2\.1 /);
      await daemon.line(new RegExp(`end of ${file}`));
      await daemon.line(/Removed rule .*from FWKNOP_INPUT/);
      assertEquals((await daemon.stop()).code, 0);
    }),
);
