/**
 * Whether packets of a stranger arrive at a host in a namespace, or pass through it, by counters of the kernel after all
 * other rules.
 *
 * @module
 */
import { type Namespace, until } from "./namespace.ts";

/**
 * Sends each datagram from a new port that no datagram had before, because the kernel remembers what it did with earlier
 * ones. The size identifies the datagram.
 */
const SENDER = `
const decoder = new TextDecoder();
let text = "";
let port = 9000;
console.log("ready");
for await (const chunk of Deno.stdin.readable) {
  text += decoder.decode(chunk, { stream: true });
  for (let end; (end = text.indexOf("\\n")) >= 0; text = text.slice(end + 1)) {
    for (const [hostname, to, size] of JSON.parse(text.slice(0, end))) {
      const socket = Deno.listenDatagram({ transport: "udp", hostname: hostname.includes(":") ? "::" : "0.0.0.0", port: port++ });
      await socket.send(new Uint8Array(size), { transport: "udp", hostname, port: to }).catch(() => {});
      socket.close();
    }
    console.log("sent");
  }
}`;

/** A datagram: its destination, and its number of bytes, by which the counters identify it. */
export type ProbeDatagram = readonly [host: string, port: number, size: number];

/** Sends datagrams from one namespace. */
export class ProbeSender {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(from: Namespace) {
    this.#child = from.spawn(
      [
        Deno.execPath(),
        "run",
        "--quiet",
        "--unstable-net",
        "--allow-net",
        `data:text/javascript,${encodeURIComponent(SENDER)}`,
      ],
      { stdin: "piped", stdout: "piped", stderr: "null", env: { NO_COLOR: "1" } },
    );
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.getReader();
  }

  /** Waits until the program is ready to send. */
  async ready(): Promise<void> {
    await this.#reader.read();
  }

  /** Resolves when the kernel has accepted them. */
  async send(datagrams: readonly ProbeDatagram[]): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(datagrams)}\n`));
    await this.#reader.read();
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel().catch(() => {});
    await this.#child.status;
  }
}

/** A table that counts packets that arrive on an interface, and packets that every other chain accepted. */
export function probeTable(device: string, counted: Readonly<Record<string, string>>): string {
  const rules = (hook: string) =>
    Object.entries(counted).filter(([, rule]) => rule.startsWith(`${hook} `))
      .map(([name, rule]) => `${rule.slice(hook.length + 1)} counter name "${name}"`);
  return [
    `table netdev probe {`,
    `  counter came { }`,
    `  chain came { type filter hook ingress device ${device} priority -500; udp length 9-200 counter name "came"; }`,
    `}`,
    `table inet probe {`,
    ...Object.keys(counted).map((name) => `  counter ${name} { }`),
    ...["input", "forward"].flatMap((hook) => [
      `  chain ${hook} {`,
      `    type filter hook ${hook} priority 1000;`,
      ...rules(hook).map((rule) => `    ${rule};`),
      `  }`,
    ]),
    `}`,
    "",
  ].join("\n");
}

/** Numbers of packets by the name of the counter. */
export async function readCounters(host: Namespace): Promise<ReadonlyMap<string, number>> {
  const text = await host.must("nft", "-j", "list", "counters");
  const { nftables } = JSON.parse(text) as {
    readonly nftables: readonly {
      readonly counter?: { readonly name: string; readonly packets: number };
    }[];
  };
  return new Map(
    nftables.flatMap(({ counter }) =>
      counter === undefined ? [] : [[counter.name, counter.packets]]
    ),
  );
}

/** Waits until all packets that were sent have arrived. */
export async function untilCame(
  host: Namespace,
  count: number,
): Promise<ReadonlyMap<string, number>> {
  let counters: ReadonlyMap<string, number> = new Map();
  await until(`${count} packets came`, async () => {
    counters = await readCounters(host);
    return (counters.get("came") ?? 0) >= count;
  }, 10);
  return await readCounters(host);
}
