/**
 * Runs a daemon for minutes under the events of a year: valid knocks, bursts of junk, reloads, an interface that goes
 * away, a firewall that is flushed, and a limit of memory.
 *
 * @module
 */
import { ControlGroup } from "../test/support/control_group.ts";
import { LoggedProcess } from "../test/support/logged_process.ts";
import type { Lab, Namespace } from "../test/support/namespace.ts";
import { seal } from "../test/support/packet.ts";
import { type ProcessSample, type SoakCounts, SoakLedger } from "./soak_ledger.ts";

const SENDER = new URL("./soak_sender.ts", import.meta.url).href;
const JUNK = new URL("./junk_sender.ts", import.meta.url).href;
const HOST = "10.9.0.2";
const PORT = 62201;

/** The mix. Periods in seconds. */
const MIX = {
  stanzas: 50,
  /** Seconds that a grant lasts. */
  timeout: 30,
  knocksPerSecond: 3,
  junk: { every: 10, rate: 2000, count: 6000 },
  reload: 20,
  interface: { every: 60, away: 0.7 },
  flush: 90,
  sample: 10,
} as const;

/** Seconds around the absence of the interface in which a knock may be lost. */
const EXCUSED = 3;

/** A daemon under test: the words before `-f -c FILE -a FILE`. */
export interface SoakedDaemon {
  readonly name: string;
  readonly words: readonly string[];
  /** Lines of fwknopd.conf, in addition to those of the listener. */
  readonly settings: readonly string[];
  readonly listener: "UDP server" | "libpcap";
  /** Limit of its control group in bytes; `undefined`: no limit. */
  readonly memory: number | undefined;
}

/** The result. */
export interface SoakResult {
  readonly daemon: SoakedDaemon;
  readonly counts: SoakCounts;
  readonly samples: readonly ProcessSample[];
  readonly reloads: number;
  /** Seconds that it ran, and how it ended if it ended early. */
  readonly seconds: number;
  readonly ended?: string;
}

/** Listings of the firewall: one address for each of our rules. */
async function listRules(server: Namespace): Promise<string[]> {
  const { stdout } = await server.run("iptables", "-S", "FWKNOP_INPUT");
  return Array.from(stdout.matchAll(/ -s (10\.[\d.]+)\/32 /g), ([, address = ""]) => address);
}

/** Runs one daemon under the mix for so many seconds. */
export async function soak(
  lab: Lab,
  folder: string,
  daemon: SoakedDaemon,
  seconds: number,
): Promise<SoakResult> {
  const run = await SoakRun.start(lab, folder, daemon);
  try {
    return await run.go(seconds);
  } finally {
    await run.stop();
  }
}

class SoakRun {
  readonly #ledger = new SoakLedger(MIX.timeout);
  readonly #samples: ProcessSample[] = [];
  readonly #begin = performance.now();
  #knocks = 0;
  #reloads = 0;
  #awayUntil = -Infinity;

  private constructor(
    readonly daemon: SoakedDaemon,
    readonly client: Namespace,
    readonly server: Namespace,
    readonly process: LoggedProcess,
    readonly sender: Deno.ChildProcess,
    readonly access: string,
    readonly group: ControlGroup | undefined,
  ) {}

  static async start(lab: Lab, folder: string, daemon: SoakedDaemon): Promise<SoakRun> {
    const [client, server] = [await lab.namespace("client"), await lab.namespace("server")];
    await lab.cable(
      { namespace: client, device: "eth0", addresses: ["10.9.0.1/24"] },
      { namespace: server, device: "eth0", addresses: [`${HOST}/24`] },
    );
    const path = `${folder}/${server.name}`;
    const sniffs = daemon.listener === "libpcap";
    const conf = [
      ...(sniffs
        ? ["PCAP_INTF eth0", "EXIT_AT_INTF_DOWN N"]
        : ["ENABLE_UDP_SERVER Y", `UDPSERV_PORT ${PORT}`]),
      ...daemon.settings,
      `FWKNOP_RUN_DIR ${path}.run`,
    ];
    Deno.writeTextFileSync(`${path}.conf`, `${conf.join("\n")}\n`, { mode: 0o600 });
    writeAccess(`${path}.access`, 0);
    const group = daemon.memory === undefined ? undefined : ControlGroup.withMemory(daemon.memory);
    const words = [...daemon.words, "-f", "-c", `${path}.conf`, "-a", `${path}.access`];
    // The shell joins the group before `ip netns exec` hides the groups, and becomes the daemon.
    const join = ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', group?.folders[0] ?? ""];
    const [program = "", ...args] = [
      ...(group === undefined ? [] : join),
      ...server.entry,
      ...words,
    ];
    const process = new LoggedProcess(
      new Deno.Command(program, {
        args,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        env: { NO_COLOR: "1" },
      }).spawn(),
    );
    await process.line(/listen on port|main event loop|Sniffing interface/, { seconds: 30 });
    const sender = client.spawn(
      [Deno.execPath(), "run", "--allow-all", "--quiet", SENDER, HOST, String(PORT)],
      { stdin: "piped", stdout: "null", stderr: "inherit" },
    );
    return new SoakRun(daemon, client, server, process, sender, `${path}.access`, group);
  }

  async go(seconds: number): Promise<SoakResult> {
    this.process.onLine = (line) => {
      const told = /Added (?:access|new) rule .*for (10\.[\d.]+)/.exec(line)?.[1];
      if (told !== undefined) this.#ledger.told(told);
      // The log of an hour is too long to keep.
      if (this.process.lines.length > 1000) this.process.lines.splice(0, 500);
    };
    const writer = this.sender.stdin.getWriter();
    const periodic = [
      this.#every(1 / MIX.knocksPerSecond, seconds - MIX.timeout - 15, () => this.#knock(writer)),
      this.#every(1, seconds, async () => {
        this.#ledger.look(await listRules(this.server), this.#now());
      }),
      this.#every(MIX.sample, seconds, () => this.#sample()),
      this.#every(MIX.junk.every, seconds, () => this.#junk()),
      this.#every(MIX.reload, seconds, () => this.#reload()),
      this.#every(MIX.interface.every, seconds, () => this.#unplug()),
      this.#every(MIX.flush, seconds, async () => {
        await this.server.run("iptables", "-F");
      }),
    ];
    await Promise.all(periodic);
    await writer.close().catch(() => {});
    return {
      daemon: this.daemon,
      counts: this.#ledger.counts,
      samples: this.#samples,
      reloads: this.#reloads,
      seconds: this.#samples.at(-1)?.at ?? 0,
      ...(this.process.isRunning
        ? {}
        : { ended: this.process.lines.slice(-3).join(" / ") || "without a word" }),
    };
  }

  /** The C daemon forgets a SIGTERM that comes while it starts again; a daemon without memory leaves helpers behind. */
  async stop(): Promise<void> {
    const ended = this.process.stop();
    await Promise.race([ended, pause(10_000)]);
    void this.process.stop("SIGKILL");
    await this.group?.remove();
    await ended;
  }

  #now(): number {
    return (performance.now() - this.#begin) / 1000;
  }

  /** Runs a step every so many seconds while the daemon runs. */
  async #every(period: number, until: number, act: () => unknown): Promise<void> {
    for (let count = 1; this.process.isRunning; count++) {
      const due = count * period;
      if (due > until) return;
      await pause((due - this.#now()) * 1000);
      if (!this.process.isRunning) return;
      await act();
    }
  }

  async #knock(writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    const number = this.#knocks++;
    const address = `10.${10 + (number >> 16)}.${number >> 8 & 255}.${number & 255}`;
    this.#ledger.knock(address, this.#now(), this.#now() < this.#awayUntil);
    const { packetText } = seal({ message: `${address},tcp/22` });
    await writer.write(new TextEncoder().encode(`${packetText}\n`)).catch(() => {});
  }

  #sample(): void {
    try {
      const folder = `/proc/${this.process.pid}`;
      const status = Deno.readTextFileSync(`${folder}/status`);
      const bytes = (name: string): number =>
        Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? NaN) * 1024;
      this.#samples.push({
        at: this.#now(),
        resident: bytes("VmRSS"),
        anonymous: bytes("RssAnon"),
        descriptors: [...Deno.readDirSync(`${folder}/fd`)].length,
      });
    } catch {
      // The daemon has just ended.
    }
  }

  #junk(): void {
    const numbers = [PORT, MIX.junk.rate, MIX.junk.count].map(String);
    const words = [Deno.execPath(), "run", "--allow-all", "--quiet", JUNK, HOST, ...numbers];
    // Runs beside the other steps, and ends by itself.
    void this.client.run(...words);
  }

  /** Every third reload adds another stanza, every fifth has a file with a mistake. */
  #reload(): void {
    this.#reloads++;
    const broken = this.#reloads % 5 === 0;
    writeAccess(this.access, Math.floor(this.#reloads / 3) % 2, broken);
    this.process.signal("SIGHUP");
  }

  async #unplug(): Promise<void> {
    this.#awayUntil = this.#now() + MIX.interface.away + EXCUSED;
    await this.server.run("ip", "link", "set", "eth0", "down");
    await pause(MIX.interface.away * 1000);
    await this.server.run("ip", "link", "set", "eth0", "up");
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}

/** Stanzas with other keys, and the one whose keys `seal` uses. */
function writeAccess(path: string, more: number, broken = false): void {
  const lines = Array.from({ length: MIX.stanzas - 1 + more }, (_, index) => [
    "SOURCE ANY",
    `KEY another-key-${index}`,
    `HMAC_KEY another-hmac-key-${index}`,
  ]).flat();
  const own = ["SOURCE ANY", "KEY testtest", "HMAC_KEY hmackey1", "REQUIRE_SOURCE_ADDRESS Y"];
  const text = [
    ...lines,
    ...own,
    `FW_ACCESS_TIMEOUT ${MIX.timeout}`,
    ...(broken ? ["FW_ACCESS_TIMEOUT soon"] : []),
  ];
  // Renamed into place in one step: a reload may read it.
  Deno.writeTextFileSync(`${path}.new`, `${text.join("\n")}\n`, { mode: 0o600 });
  Deno.renameSync(`${path}.new`, path);
}
