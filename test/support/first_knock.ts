/**
 * The main scenario: a server that drops everything except established connections, a client on the same cable, a
 * service on TCP port 22, and `fwknop` on both hosts. The demonstration and the end-to-end tests use it.
 *
 * @module
 */
import { loadPcap } from "../../ffi/pcap.ts";
import { LoggedProcess } from "./logged_process.ts";
import { hasProgram } from "./needs.ts";
import { type Ended, type Lab, type Namespace } from "./namespace.ts";
import { connect, echoService, reach, type RunningService, type Session } from "./tcp.ts";

const MAIN = new URL("../../main.ts", import.meta.url).href;
const EAVESDROP = new URL("./eavesdrop.ts", import.meta.url).href;

/**
 * The words that start fwknop from source with the running Deno. Namespaces cannot reach the package registry, so all
 * modules must be in the cache, and Deno must not try to download.
 */
export const SOURCE_PROGRAM: readonly string[] = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--cached-only",
  "--allow-all",
  MAIN,
];

/** The server's address. All addresses are documentation addresses (RFC 5737) inside separate namespaces. */
export const SERVER_ADDRESS = "198.51.100.7";
export const CLIENT_ADDRESS = "198.51.100.44";
export const SPA_PORT = 62201;
const SERVICE_PORT = 22;

/** A firewall of the server: its rules before fwknop starts, and the daemon's settings for it. */
interface StageFirewall {
  /** Commands that close the server to new connections. */
  readonly close: readonly (readonly string[])[];
  /** Without libpcap the daemon listens on the port, so the firewall must accept the packet. */
  readonly letPacketIn: readonly string[];
  /** Prints the rules that apply to strangers. */
  readonly show: readonly string[];
  readonly settings: readonly string[];
}

const NFT_INPUT = "inet filter input";
const FIREWALLS: Readonly<Record<"iptables" | "nft", StageFirewall>> = {
  iptables: {
    close: [
      ["iptables", "-w", "-A", "INPUT", "-i", "lo", "-j", "ACCEPT"],
      "iptables -w -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT".split(" "),
      ["iptables", "-w", "-P", "INPUT", "DROP"],
    ],
    letPacketIn: `iptables -w -A INPUT -p udp --dport ${SPA_PORT} -j ACCEPT`.split(" "),
    show: ["iptables", "-S", "INPUT"],
    settings: [],
  },
  nft: {
    close: [
      "add table inet filter",
      `add chain ${NFT_INPUT} { type filter hook input priority 0; policy drop; }`,
      `add rule ${NFT_INPUT} iif lo accept`,
      `add rule ${NFT_INPUT} ct state established,related accept`,
      // Packets that fwknop admits have its mark.
      `add rule ${NFT_INPUT} meta mark 0x5fa accept`,
    ].map((command) => ["nft", command]),
    letPacketIn: ["nft", `add rule ${NFT_INPUT} udp dport ${SPA_PORT} accept`],
    show: ["nft", "list", "chain", ...NFT_INPUT.split(" ")],
    settings: ["FIREWALL nft"],
  },
};

/** Whether this process can sniff packets. */
function canSniff(): boolean {
  try {
    loadPcap();
    return true;
  } catch {
    return false;
  }
}

const PACKET_SENDER = `
import dgram from "node:dgram";
const [host, port, packet] = Deno.args;
const socket = dgram.createSocket("udp4");
socket.send(Buffer.from(packet, "base64"), Number(port), host, () => socket.close());`;

/** Options of the scenario. */
export interface StageOptions {
  readonly lab: Lab;
  /** A folder for keys and configuration; the caller removes it. */
  readonly folder: string;
  /** The words that start fwknop: {@link SOURCE_PROGRAM}, or the path of a binary. */
  readonly program: readonly string[];
  /** Seconds a grant lasts. */
  readonly accessTimeout: number;
  /** The server's firewall; absent: iptables where it is installed, nft elsewhere. */
  readonly firewall?: keyof typeof FIREWALLS;
}

/** Two hosts, a cable, and a service that no host can reach yet. */
export class FirstKnock {
  private constructor(
    readonly server: Namespace,
    readonly client: Namespace,
    readonly options: StageOptions,
    readonly service: RunningService,
    readonly firewall: StageFirewall,
  ) {}

  /** Builds namespaces, firewall, service, keys and configuration. */
  static async build(options: StageOptions): Promise<FirstKnock> {
    const { lab, folder, program, accessTimeout } = options;
    const server = await lab.namespace("server");
    const client = await lab.namespace("client");
    await lab.cable(
      { namespace: server, device: "eth0", addresses: [`${SERVER_ADDRESS}/24`] },
      { namespace: client, device: "eth0", addresses: [`${CLIENT_ADDRESS}/24`] },
    );
    const sniffs = canSniff();
    const installed = hasProgram("iptables") ? "iptables" : "nft";
    const firewall = FIREWALLS[options.firewall ?? installed];
    const rules = sniffs ? firewall.close : [...firewall.close, firewall.letPacketIn];
    for (const words of rules) await server.must(...words);
    const service = await echoService(server, SERVER_ADDRESS, SERVICE_PORT, "welcome");
    const keys = await client.must(...program, "keygen");
    writePrivate(`${folder}/fwknopd.conf`, [
      ...(sniffs ? ["PCAP_INTF eth0"] : ["ENABLE_UDP_SERVER Y", `UDPSERV_PORT ${SPA_PORT}`]),
      `FWKNOP_RUN_DIR ${folder}/run`,
      ...firewall.settings,
    ]);
    writePrivate(`${folder}/access.conf`, [
      "SOURCE ANY",
      `OPEN_PORTS tcp/${SERVICE_PORT}`,
      "REQUIRE_SOURCE_ADDRESS Y",
      `FW_ACCESS_TIMEOUT ${accessTimeout}`,
      ...keys.trim().split("\n").map((line) => line.replace(":", "")),
    ]);
    writePrivate(`${folder}/fwknoprc`, [
      "[server]",
      `SPA_SERVER ${SERVER_ADDRESS}`,
      `ALLOW_IP ${CLIENT_ADDRESS}`,
      `ACCESS tcp/${SERVICE_PORT}`,
      "USE_HMAC Y",
      ...keys.trim().split("\n").map((line) => line.replace(":", "")),
    ]);
    return new FirstKnock(server, client, options, service, firewall);
  }

  /** Starts `fwknop serve` and returns when it is waiting for packets. */
  async serve(...extra: readonly string[]): Promise<LoggedProcess> {
    const words = ["serve", "-f", ...this.#files(), ...extra];
    const daemon = new LoggedProcess(
      this.server.spawn([...this.options.program, ...words], {
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        env: { NO_COLOR: "1" },
      }),
    );
    await daemon.line(/listen on port|main event loop/, { seconds: 20 });
    return daemon;
  }

  /** One `fwknop knock`. */
  knock(...extra: readonly string[]): Promise<Ended> {
    const rc = `${this.options.folder}/fwknoprc`;
    return this.client.run(
      ...this.options.program,
      "knock",
      ...["--rc-file", rc, "-n", "server", ...extra],
    );
  }

  /** The rules that apply to strangers, as printed by the firewall's program. */
  inputRules(): Promise<string> {
    return this.server.must(...this.firewall.show);
  }

  /** Runs `fwknop fw-list` beside the running daemon. */
  list(): Promise<string> {
    return this.server.must(...this.options.program, "fw-list", ...this.#files());
  }

  /** Connects to the service, or gives up after `seconds`. */
  connect(seconds = 1): Promise<Session | undefined> {
    return connect(this.client, SERVER_ADDRESS, SERVICE_PORT, seconds);
  }

  /** Whether the server accepts a new connection. */
  async isOpen(seconds = 1): Promise<boolean> {
    return await reach(this.client, SERVER_ADDRESS, SERVICE_PORT, seconds) !== undefined;
  }

  /** Captures packets on the server's wire. Each line after the first is a packet in base64. */
  async eavesdrop(): Promise<LoggedProcess> {
    const words = [Deno.execPath(), "run", "--allow-all", "--quiet", EAVESDROP, String(SPA_PORT)];
    const listener = new LoggedProcess(
      this.server.spawn(words, { stdin: "null", stdout: "piped", stderr: "piped" }),
    );
    await listener.line(/^ready$/);
    return listener;
  }

  /** Sends a captured packet from the client's host. */
  async send(packet: string): Promise<void> {
    const words = ["eval", "--quiet", PACKET_SENDER, SERVER_ADDRESS, String(SPA_PORT), packet];
    await this.client.must(Deno.execPath(), ...words);
  }

  #files(): string[] {
    const { folder } = this.options;
    return ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
  }
}

function writePrivate(path: string, lines: readonly string[]): void {
  Deno.writeTextFileSync(path, `${lines.join("\n")}\n`, { mode: 0o600 });
}
