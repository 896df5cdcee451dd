/**
 * Debian's `fwknopd` in test mode reads packets of our client, over every transport and with a selection of digests,
 * HMACs and modes.
 */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { Namespace, namespaceTest } from "../support/namespace.ts";
import { hasProgram } from "../support/needs.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Knocks from inside a namespace. */
async function knock(namespace: Namespace, line: string): Promise<void> {
  const words = line.split(" ").filter((word) => word !== "");
  const ended = await namespace.run(
    Deno.execPath(),
    "run",
    "--allow-all",
    "--no-prompt",
    MAIN,
    "knock",
    "--no-rc-file",
    ...words,
  );
  assertEquals([ended.code, ended.stderr], [0, ""], line);
}

/** Debian's daemon in the foreground, in test mode. */
class ReferenceDaemon {
  readonly #child: Deno.ChildProcess;
  output = "";
  #ended = false;
  readonly #reading: Promise<void>;

  constructor(namespace: Namespace, args: readonly string[]) {
    this.#child = namespace.spawn(["fwknopd", "-f", "-t", "-v", "-v", "-v", ...args], {
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    this.#reading = Promise.all([this.#read(this.#child.stdout), this.#read(this.#child.stderr)])
      .then(() => {
        this.#ended = true;
      });
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.output += decoder.decode(chunk, { stream: true });
  }

  /** Waits until the pattern was printed `count` times. */
  async until(pattern: RegExp, count = 1): Promise<void> {
    const deadline = Date.now() + 15_000;
    const all = new RegExp(pattern, "g");
    while ((this.output.match(all) ?? []).length < count) {
      assert(!this.#ended && Date.now() < deadline, `no ${pattern} x ${count} in:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has already ended.
    }
    await this.#reading;
    await this.#child.status;
  }
}

async function writeFiles(conf: string, access: string): Promise<string> {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/fwknopd.conf`, conf, { mode: 0o600 });
  await Deno.writeTextFile(`${directory}/access.conf`, access, { mode: 0o600 });
  return directory;
}

function daemonArgs(directory: string): string[] {
  return [
    ...["-c", `${directory}/fwknopd.conf`, "-a", `${directory}/access.conf`],
    ...["-r", directory, "-p", `${directory}/pid`, "-d", `${directory}/digest.cache`],
  ];
}

const COMBINATIONS = [
  { digest: "md5", hmac: "md5", mode: "cbc" },
  { digest: "sha1", hmac: "sha1", mode: "ecb" },
  { digest: "sha256", hmac: "sha256", mode: "cfb" },
  { digest: "sha384", hmac: "sha384", mode: "ofb" },
  { digest: "sha512", hmac: "sha512", mode: "ctr" },
  { digest: "sha3_256", hmac: "sha3_256", mode: "cbc" },
  { digest: "sha3_512", hmac: "sha3_512", mode: "ctr" },
  { digest: "sha256", hmac: undefined, mode: "legacy" },
] as const;

namespaceTest(
  "Debian's daemon reads every digest, HMAC and mode over UDP",
  { programs: ["fwknopd"] },
  async (lab) => {
    const host = await lab.namespace("host");
    const access = COMBINATIONS.map(({ hmac, mode }, index) =>
      [
        "SOURCE ANY",
        `KEY key-number-${index}`,
        `ENCRYPTION_MODE ${mode}`,
        ...(hmac === undefined ? [] : [`HMAC_KEY hmac-${index}`, `HMAC_DIGEST_TYPE ${hmac}`]),
        "FW_ACCESS_TIMEOUT 30",
      ].join("\n")
    ).join("\n\n");
    const directory = await writeFiles("UDPSERV_PORT 62201;\n", access + "\n");
    const daemon = new ReferenceDaemon(host, ["-U", ...daemonArgs(directory)]);
    try {
      await daemon.until(/Kicking off UDP server/);
      for (const [index, { digest, hmac, mode }] of COMBINATIONS.entries()) {
        await knock(
          host,
          `-A tcp/${1000 + index} -a 192.0.2.${index} -D 127.0.0.1 -m ${digest} -M ${mode} ` +
            `--key-rijndael key-number-${index} -U user${index} ` +
            (hmac === undefined ? "" : `--key-hmac hmac-${index} --hmac-digest-type ${hmac}`),
        );
        await daemon.until(new RegExp(`Message String: 192.0.2.${index},tcp/${1000 + index}\n`));
        await daemon.until(new RegExp(`stanza #${index + 1}\\) --test mode enabled`));
      }
    } finally {
      await daemon.stop();
      await Deno.remove(directory, { recursive: true });
    }
  },
);

const pcapMissing = () => hasProgram("tcpdump") ? undefined : "libpcap is probably missing";

namespaceTest(
  "Debian's daemon reads every transport from a cable",
  { programs: ["fwknopd"], unavailable: pcapMissing },
  async (lab) => {
    const server = await lab.namespace("server");
    const client = await lab.namespace("client");
    await lab.cable(
      { namespace: server, device: "eth0", addresses: ["10.7.0.1/24"] },
      { namespace: client, device: "eth0", addresses: ["10.7.0.2/24"] },
    );
    const directory = await writeFiles(
      [
        "PCAP_INTF eth0;",
        "PCAP_FILTER udp or tcp or icmp;",
        "ENABLE_SPA_OVER_HTTP Y;",
        "ENABLE_TCP_SERVER Y;",
        "",
      ].join("\n"),
      "SOURCE ANY\nKEY secret\nHMAC_KEY other\nFW_ACCESS_TIMEOUT 30\n",
    );
    const daemon = new ReferenceDaemon(server, daemonArgs(directory));
    try {
      await daemon.until(/Starting fwknopd main event loop/);
      const lines = [
        "-P udp",
        "-P udp -r",
        "-P udp -S 4444",
        "-P tcp",
        "-P tcp -S 4445",
        "-P http",
        "-P udpraw",
        "-P tcpraw",
        "-P icmp",
        "-P icmp --icmp-type 8",
        "-P udpraw -Q 10.7.0.77",
      ];
      for (const [index, line] of lines.entries()) {
        const port = 2000 + index;
        await knock(
          client,
          `${line} -A tcp/${port} -s -D 10.7.0.1 --key-rijndael secret --key-hmac other`,
        );
        await daemon.until(new RegExp(`Message String: 0.0.0.0,tcp/${port}\n`));
      }
      assertMatch(daemon.output, /SPA Packet from IP: 10\.7\.0\.77 received/);
    } finally {
      await daemon.stop();
      await Deno.remove(directory, { recursive: true });
    }
  },
);
