/**
 * The service files of `fwknop print`, under a systemd that is the first process of a container. These tests show
 * that the daemon works with the restrictions of the unit, and that systemd applies the unit as intended.
 */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { stanzaOf } from "../support/command_knock.ts";
import { compiledBinary, compiledUnavailable } from "../support/compiled_binary.ts";
import { withFolder } from "../support/folder.ts";
import { type Lab, type Namespace, namespaceTest, until } from "../support/namespace.ts";
import {
  type SystemdContainer,
  systemdUnavailable,
  withSystemd,
} from "../support/systemd_container.ts";
import { echoService, reach } from "../support/tcp.ts";

const noContainer = await compiledUnavailable() ?? await systemdUnavailable();

const SERVER = "198.51.100.7";
const CLIENT = "198.51.100.44";
const OTHER = "198.51.100.45";
const PROGRAM = "/usr/local/bin/fwknop";
/** Opened by a grant. */
const SERVICE = 22;
/** Opened and closed by commands. */
const CYCLED = 2222;

/** Seconds that access of a killed daemon stays open: RestartSec and a slow start fit into it. */
const LIFETIME = 16;
/** Seconds after the end of a grant within which everything is closed: timers, and the attempts that show it. */
const LATE = 4;

/** A request: the service, and the keys of its stanza. */
interface Request {
  readonly port: number;
  readonly keys: readonly string[];
}

const GRANT: Request = {
  port: SERVICE,
  keys: ["--key-rijndael", "testtest", "--key-hmac", "hmackey1"],
};
const CYCLE: Request = {
  port: CYCLED,
  keys: ["--key-rijndael", "cyclekey", "--key-hmac", "cyclehmac"],
};

const GRANT_STANZA = (seconds: number): string =>
  stanzaOf(`OPEN_PORTS tcp/${SERVICE}`, `FW_ACCESS_TIMEOUT ${seconds}`);

const CYCLE_STANZA = [
  "SOURCE ANY",
  "KEY cyclekey",
  "HMAC_KEY cyclehmac",
  "REQUIRE_SOURCE_ADDRESS Y",
  `OPEN_PORTS tcp/${CYCLED}`,
  "CMD_CYCLE_OPEN nft add element inet own open { $SRC }",
  "CMD_CYCLE_CLOSE nft delete element inet own open { $SRC }",
  `CMD_CYCLE_TIMER ${LIFETIME}`,
  "",
].join("\n");

/** Commands of messages, as another user, for at most a second. */
const COMMAND_STANZA = [
  "SOURCE ANY",
  "KEY commandkey",
  "HMAC_KEY commandhmac",
  "REQUIRE_SOURCE_ADDRESS Y",
  "ENABLE_CMD_EXEC Y",
  "CMD_EXEC_USER nobody",
  "",
].join("\n");

/** A host's own table beside ours: {@link CYCLED} is open for addresses that a command puts into the set. */
const OWN_TABLE = `table inet own {
  set open { type ipv4_addr; }
  chain input {
    type filter hook input priority 0;
    ct state established,related accept
    tcp dport ${CYCLED} ip saddr != @open drop
  }
}`;

/** The policy of README.md. */
const OWN_RULES = [
  "-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
  "-A INPUT -i lo -j ACCEPT",
  "-P INPUT DROP",
];

/** A machine with fwknop installed as a service that does not run yet, and a client beside it. */
class Installation {
  constructor(
    readonly machine: SystemdContainer,
    readonly client: Namespace,
    readonly binary: string,
    /** A folder that is `/etc/fwknop` on the machine. */
    readonly settings: string,
  ) {}

  write(name: "fwknopd.conf" | "access.conf", text: string): void {
    Deno.writeTextFileSync(`${this.settings}/${name}`, text, { mode: 0o600 });
  }

  /** Runs fwknop on the machine. */
  async fwknop(...words: readonly string[]): Promise<readonly [number, string]> {
    const { code, stdout, stderr } = await this.machine.run(PROGRAM, ...words);
    return [code, `${stdout}${stderr}`];
  }

  /** Starts the service; returns when the daemon has reported that it captures. */
  async start(): Promise<void> {
    await this.machine.must("systemctl", "start", "fwknop");
    assertEquals(await this.property("StatusText"), "Watching interface eth0");
  }

  /** Rejects unless systemd reports no problem. */
  async tell(verb: "stop" | "reload"): Promise<void> {
    await this.machine.must("systemctl", verb, "fwknop");
  }

  property(name: string): Promise<string> {
    return this.machine.property("fwknop", name);
  }

  /** Knocks once and returns when the port is open; rejects when it stays closed. */
  async enter(what: Request): Promise<void> {
    await this.knock(what, CLIENT, "--wait");
  }

  async knock(
    { port, keys }: Request,
    address: string,
    ...options: readonly string[]
  ): Promise<void> {
    const words = ["--no-rc-file", "-D", SERVER, "-a", address, "-A", `tcp/${port}`];
    await this.client.must(this.binary, "knock", ...words, ...keys, ...options);
  }

  /** Sends a command message. */
  async command(text: string): Promise<void> {
    const keys = ["--key-rijndael", "commandkey", "--key-hmac", "commandhmac"];
    const words = ["--no-rc-file", "-D", SERVER, "-a", CLIENT, "-C", text];
    await this.client.must(this.binary, "knock", ...words, ...keys);
  }

  async isOpen(port: number): Promise<boolean> {
    return await reach(this.client, SERVER, port, 1) !== undefined;
  }
}

/** Installs the service file of this kind of `fwknop print` on a machine with two TCP services. */
async function withInstallation(
  lab: Lab,
  unit: "unit" | "unit-compatible",
  body: (installation: Installation) => Promise<void>,
): Promise<void> {
  const [host, client] = [await lab.namespace("host"), await lab.namespace("client")];
  await lab.cable(
    { namespace: host, device: "eth0", addresses: [`${SERVER}/24`] },
    { namespace: client, device: "eth0", addresses: [`${CLIENT}/24`] },
  );
  const services = [
    await echoService(host, SERVER, SERVICE),
    await echoService(host, SERVER, CYCLED),
  ];
  const binary = await compiledBinary();
  await withFolder(async (settings) => {
    const shown = { "/etc/fwknop": settings, [PROGRAM]: binary };
    await withSystemd(lab, host, shown, async (machine) => {
      const text = await machine.must(PROGRAM, "print", unit);
      Deno.writeTextFileSync(`${machine.units}/fwknop.service`, text);
      await body(new Installation(machine, client, binary, settings));
    });
  });
  for (const service of services) await service.stop();
}

/** Waits until a service is closed, and checks that it was not closed early; both times in milliseconds since 1970. */
async function closesInTime(
  installation: Installation,
  port: number,
  asked: { readonly after: number; readonly before: number },
): Promise<void> {
  const latest = asked.before + (LIFETIME + LATE) * 1000;
  const isClosed = async () => !await installation.isOpen(port);
  await until(`tcp/${port} is closed`, isClosed, (latest - Date.now()) / 1000);
  // The second in which it was opened counts fully.
  const earliest = asked.after + (LIFETIME - 1) * 1000;
  assert(Date.now() >= earliest, `tcp/${port} was closed ${earliest - Date.now()} ms too early`);
}

/** The fields of a process in `/proc/PID/status`. */
async function processFields(machine: SystemdContainer, pid: string): Promise<Map<string, string>> {
  const text = await machine.must("cat", `/proc/${pid}/status`);
  return new Map(
    Array.from(text.matchAll(/^(\w+):\t(.*)$/gm), ([, name = "", value = ""]) => [name, value]),
  );
}

namespaceTest(
  "the hardened unit opens and closes without root, starts again when killed, and closes what it had opened",
  { programs: ["nft"], unavailable: () => noContainer },
  (lab) =>
    withInstallation(lab, "unit", async (installation) => {
      const { machine } = installation;
      await machine.must("nft", OWN_TABLE);
      installation.write(
        "fwknopd.conf",
        `PCAP_INTF eth0\nFIREWALL nft\nNFT_PROTECT tcp/${SERVICE}\n`,
      );

      // A configuration with a mistake.
      installation.write("access.conf", `${GRANT_STANZA(LIFETIME)}OPEN_PORTS tcp/x\n`);
      assertEquals((await machine.systemctl("start", "fwknop")).code, 1);
      assertMatch(
        await machine.journal("fwknop", "err"),
        /Invalid port 'tcp\/x' in access request.*\n(?:.*\n)?.*\/access\.conf:7:/,
      );
      await installation.tell("stop");

      // The permissions of the daemon.
      installation.write("access.conf", `${GRANT_STANZA(LIFETIME)}${CYCLE_STANZA}`);
      await installation.start();
      const first = await installation.property("MainPID");
      const fields = await processFields(machine, first);
      assertEquals(
        ["CapEff", "CapBnd", "NoNewPrivs", "Seccomp"].map((name) => fields.get(name)),
        ["0000000000003000", "0000000000003000", "1", "2"],
        "CAP_NET_ADMIN and CAP_NET_RAW, and no way to more",
      );
      assert(!fields.get("Uid")?.split("\t").includes("0"), `Uid ${fields.get("Uid")}`);

      // The firewall that it drives.
      assertEquals(await installation.fwknop("status"), [
        0,
        `Detected fwknopd is running (pid=${first}).\n`,
      ]);
      assertEquals(await installation.fwknop("reload"), [
        1,
        `The daemon (pid=${first}) reads copies of its files that were made at its start\n` +
        "  To make it read changed files: systemctl restart fwknop.service\n",
      ]);

      // Opened, killed, closed.
      assert(!await installation.isOpen(SERVICE), "closed before the knock");
      assert(!await installation.isOpen(CYCLED), "closed before the other knock");
      const after = Date.now();
      await installation.enter(GRANT);
      await installation.enter(CYCLE);
      const asked = { after, before: Date.now() };
      await machine.must("kill", "-KILL", first);
      await until("systemd has started it again", async () => {
        const state = await machine.must(
          ...["systemctl", "show", "--value", "--property=NRestarts,ActiveState", "fwknop"],
        );
        return state.split("\n").slice(0, 2).sort().join(" ") === "1 active";
      }, LIFETIME - 2);
      assert(await installation.isOpen(SERVICE), "a grant outlives the daemon");
      assert(await installation.isOpen(CYCLED), "a cycle outlives the daemon");
      await Promise.all([
        closesInTime(installation, SERVICE, asked),
        closesInTime(installation, CYCLED, asked),
      ]);

      await installation.enter(GRANT);
      await installation.tell("stop");
      assertEquals(await installation.property("Result"), "success");
      assert(!await installation.isOpen(SERVICE), "closed without a daemon, whatever it granted");
    }),
);

namespaceTest(
  "the compatible unit opens with iptables, runs commands, reloads edited files, and leaves nothing behind",
  { programs: ["iptables", "iptables-save", "nft"], unavailable: () => noContainer },
  (lab) =>
    withInstallation(lab, "unit-compatible", async (installation) => {
      const { machine } = installation;
      const cycled = `-A INPUT -p tcp --dport ${CYCLED} -j ACCEPT`;
      for (const words of [...OWN_RULES, cycled]) {
        await machine.must("iptables", "-w", ...words.split(" "));
      }
      const before = await rules(machine);
      await machine.must("nft", OWN_TABLE);
      // It is read-only in the container, and writable on a machine.
      await machine.must("mount", "-o", "remount,bind,rw", "/proc/sys");
      await machine.must("sysctl", "-qw", "net.ipv4.ip_forward=0");
      const settings = ["PCAP_INTF eth0", "FIREWALL iptables", "CMD_EXEC_TIMEOUT 1"];
      const forwarding = ["ENABLE_IPT_FORWARDING Y", "ENABLE_PROC_IP_FORWARD Y", ""];
      installation.write("fwknopd.conf", [...settings, ...forwarding].join("\n"));
      const others = `${CYCLE_STANZA}${COMMAND_STANZA}`;
      installation.write("access.conf", `${GRANT_STANZA(60)}${others}`);
      assert(!await installation.isOpen(SERVICE), "closed before the knock");
      await installation.start();
      const fields = await processFields(machine, await installation.property("MainPID"));
      assertEquals([fields.get("Seccomp"), fields.get("NoNewPrivs")], ["2", "0"]);
      assertEquals(fields.get("CapBnd"), fields.get("CapEff"));
      assertEquals(BigInt(`0x${fields.get("CapBnd")}`) & LOST_CAPABILITIES, 0n);
      assertEquals((await machine.must("sysctl", "-n", "net.ipv4.ip_forward")).trim(), "1");
      await installation.enter(GRANT);
      assert(await installation.isOpen(SERVICE), "open after it");
      assert(await secondsLeft(machine, CLIENT) <= 60);

      await installation.enter(CYCLE);
      await installation.command("id -un");
      const says = async (what: RegExp): Promise<void> =>
        await until(`${what}`, async () => what.test(await machine.journal("fwknop")), 10);
      await says(/CMD_EXEC: output: nobody/);
      await installation.command("sleep 600");
      await says(/CMD_EXEC: stopped, because it ran longer than CMD_EXEC_TIMEOUT/);

      installation.write("access.conf", `${GRANT_STANZA(250)}${others}`);
      await installation.tell("reload");
      await until(
        "the files are read again",
        async () => (await machine.journal("fwknop")).includes("Re-starting fwknopd"),
        15,
      );
      await installation.knock(GRANT, OTHER);
      await until("there is a rule", async () => await secondsLeft(machine, OTHER) > 0, 10);
      assert(await secondsLeft(machine, OTHER) > 60, "the edited FW_ACCESS_TIMEOUT");
      assert(await installation.isOpen(SERVICE), "what was granted before stays");

      await installation.tell("stop");
      assertEquals(await installation.property("Result"), "success");
      assertEquals(await rules(machine), before);
    }),
);

/** CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_SYS_TIME and CAP_MKNOD (capabilities(7)). */
const LOST_CAPABILITIES = [16n, 17n, 19n, 21n, 25n, 27n].reduce((set, bit) => set | 1n << bit, 0n);

/** Everything in the tables that could hold our rules, without counters. */
async function rules(machine: SystemdContainer): Promise<string[]> {
  const text = await machine.must("iptables-save", "-t", "filter");
  return text.split("\n").filter((line) => /^(:|-)/.test(line))
    .map((line) => line.replace(/ \[[0-9]+:[0-9]+\]$/, ""));
}

/** How long the rule for an address still lasts; 0 without one. */
async function secondsLeft(machine: SystemdContainer, address: string): Promise<number> {
  const text = await machine.must("iptables", "-w", "-S");
  const [, end = "0"] = new RegExp(`-s ${RegExp.escape(address)}/32 .*_exp_([0-9]+)`).exec(text) ??
    [];
  return Math.max(0, Number(end) - Date.now() / 1000);
}
