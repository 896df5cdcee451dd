import assert from "node:assert/strict";
import type { SnifferOptions } from "../../../lib/capture/sniffer.ts";
import { bytes, ethernet, ipv4, tagged, tcp, udp } from "../../support/frames.ts";
import { lineReader } from "../../support/line_reader.ts";
import { type Lab, type Namespace, namespaceTest, until } from "../../support/namespace.ts";

const support = (name: string) => new URL(`../../support/${name}`, import.meta.url).pathname;

/** A sniffer in a namespace, and its output. */
class Watcher {
  readonly #child: Deno.ChildProcess;
  readonly #nextLine: () => Promise<string | undefined>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#nextLine = lineReader(child.stdout);
  }

  static start(
    namespace: Namespace,
    options: Partial<SnifferOptions> & { readonly dropFfi?: boolean },
  ): Watcher {
    const words = ["run", "--allow-all", "--quiet", support("sniff.ts"), JSON.stringify(options)];
    return new Watcher(
      namespace.spawn([Deno.execPath(), ...words], { stdin: "piped", stdout: "piped" }),
    );
  }

  get pid(): number {
    return this.#child.pid;
  }

  // deno-lint-ignore no-explicit-any -- the program prints values of any shape
  async next(): Promise<any> {
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    const line = await this.#nextLine();
    clearTimeout(late);
    assert.ok(line !== undefined, "the sniffer prints a line within ten seconds");
    return JSON.parse(line);
  }

  /** Ends it and returns its counters. */
  async stop(): Promise<{ received: number; dropped: number; refused: number }> {
    await this.#child.stdin.close();
    const { statistics } = await this.next();
    await this.ended(0);
    return statistics;
  }

  async ended(code: number): Promise<void> {
    assert.equal(await this.#nextLine(), undefined);
    assert.equal((await this.#child.status).code, code);
  }

  async abandon(): Promise<void> {
    await this.#child.stdin.close().catch(() => {});
  }
}

/** Two hosts on one cable: `a` at 10.9.0.1 and `b` at 10.9.0.2. */
async function twoHosts(lab: Lab): Promise<{ a: Namespace; b: Namespace }> {
  const a = await lab.namespace("a");
  const b = await lab.namespace("b");
  await lab.cable(
    { namespace: a, device: "eth0", addresses: ["10.9.0.1/24", "fd09::1/64"] },
    { namespace: b, device: "eth0", addresses: ["10.9.0.2/24", "fd09::2/64"] },
  );
  return { a, b };
}

async function sendUdp(from: Namespace, to: string, text: string, port = 62201): Promise<void> {
  const words = ["run", "--allow-all", "--quiet", support("send_udp.ts"), to, `${port}`, text];
  await from.must(Deno.execPath(), ...words);
}

async function inject(from: Namespace, device: string, frame: Uint8Array): Promise<void> {
  const words = ["run", "--allow-all", "--quiet", support("inject_frame.ts"), device];
  await from.must(Deno.execPath(), ...words, hex(frame));
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const text = new TextEncoder().encode("payload");

namespaceTest(
  "packets over Ethernet arrive, IPv4 and IPv6, after the ffi permission is dropped",
  {},
  async (lab) => {
    const { a, b } = await twoHosts(lab);
    const watcher = Watcher.start(b, { interfaces: ["eth0"], dropFfi: true });
    assert.deepEqual(await watcher.next(), { ready: "interface eth0" });
    await sendUdp(a, "10.9.0.2", "four");
    assert.deepEqual(await watcher.next(), {
      from: "10.9.0.1",
      to: "10.9.0.2",
      port: 62201,
      protocol: 17,
      text: "four",
    });
    await sendUdp(a, "10.9.0.2", "wrong port", 62202);
    await sendUdp(b, "10.9.0.1", "outgoing");
    await sendUdp(a, "fd09::2", "six");
    const { from, text } = await watcher.next();
    assert.deepEqual([from, text], ["fd09::1", "six"]);
    assert.deepEqual(await watcher.stop(), { received: 2, dropped: 0, refused: 0 });
  },
);

namespaceTest("with any direction, outgoing packets are seen too", {}, async (lab) => {
  const { b } = await twoHosts(lab);
  const watcher = Watcher.start(b, { interfaces: ["eth0"], anyDirection: true });
  await watcher.next();
  await sendUdp(b, "10.9.0.1", "outgoing");
  assert.equal((await watcher.next()).text, "outgoing");
  await watcher.stop();
});

namespaceTest(
  "tagged frames, IP options, TCP data and packets to third hosts are seen; fragments are not",
  {},
  async (lab) => {
    const { a, b } = await twoHosts(lab);
    const watcher = Watcher.start(b, { interfaces: ["eth0"], filter: "not ip6 and not arp" });
    await watcher.next();
    const third = { from: "10.9.0.1", to: "192.0.2.200" };
    const packet = ipv4(17, udp(40000, 62201, text), third);
    const wanted = { ...third, port: 62201, protocol: 17, text: "payload" };

    await inject(a, "eth0", ethernet(0x8100, tagged(10, 0x0800, packet)));
    assert.deepEqual(await watcher.next(), wanted);
    await inject(a, "eth0", ethernet(0x88a8, tagged(10, 0x8100, tagged(20, 0x0800, packet))));
    assert.deepEqual(await watcher.next(), wanted);
    const session = bytes(0x11, 0, 0, 7, 0, packet.length + 2, 0, 0x21, packet);
    await inject(a, "eth0", ethernet(0x8864, session));
    assert.deepEqual(await watcher.next(), wanted);

    const fragment = ipv4(17, udp(40000, 62201, text), { ...third, fragment: 0x2000 });
    await inject(a, "eth0", ethernet(0x0800, fragment));
    const options = new Uint8Array(16).fill(1);
    const withOptions = ipv4(17, udp(40000, 62201, text), { ...third, options });
    await inject(a, "eth0", ethernet(0x0800, withOptions));
    assert.deepEqual(await watcher.next(), wanted);
    await inject(a, "eth0", ethernet(0x0800, ipv4(6, tcp(40000, 62201, text), third)));
    assert.deepEqual(await watcher.next(), { ...wanted, protocol: 6 });
    assert.deepEqual(await watcher.stop(), { received: 5, dropped: 0, refused: 1 });
  },
);

namespaceTest("loopback, any and several interfaces are sniffed", {}, async (lab) => {
  const { a, b } = await twoHosts(lab);
  const loop = Watcher.start(b, { interfaces: ["lo"] });
  const any = Watcher.start(b, { interfaces: ["any"] });
  const both = Watcher.start(b, { interfaces: ["lo", "eth0"] });
  assert.deepEqual(await loop.next(), { ready: "interface lo" });
  assert.deepEqual(await any.next(), { ready: "interface any" });
  assert.deepEqual(await both.next(), { ready: "interfaces lo, eth0" });
  await sendUdp(b, "127.0.0.1", "loop");
  await sendUdp(b, "::1", "loop six");
  await sendUdp(a, "10.9.0.2", "cable");
  for (
    const [watcher, texts] of [
      [loop, ["loop", "loop six"]],
      [any, ["loop", "loop six", "cable"]],
      [both, ["loop", "loop six", "cable"]],
    ] as const
  ) {
    for (const text of texts) assert.equal((await watcher.next()).text, text);
    assert.equal((await watcher.stop()).received, texts.length);
  }
});

namespaceTest("a tun interface has no link layer", {}, async (lab) => {
  const namespace = await lab.namespace("tun");
  await namespace.must("ip", "tuntap", "add", "tun0", "mode", "tun");
  await namespace.address("tun0", "10.8.0.1/24");
  await namespace.must("ip", "link", "set", "tun0", "up");
  const watcher = Watcher.start(namespace, { interfaces: ["tun0"], anyDirection: true });
  await watcher.next();
  // No process reads the far end, so only outgoing packets can be seen; the frames are the same.
  const holder = namespace.spawn([
    Deno.execPath(),
    "run",
    "--allow-all",
    "--quiet",
    support("inject_tun.ts"),
    "tun0",
    hex(ipv4(17, udp(40000, 62201, text), { from: "1.2.3.4", to: "10.8.0.1" })),
  ]);
  assert.deepEqual(await watcher.next(), {
    from: "1.2.3.4",
    to: "10.8.0.1",
    port: 62201,
    protocol: 17,
    text: "payload",
  });
  assert.equal((await holder.status).code, 0);
  await watcher.stop();
});

namespaceTest(
  "EXIT_AT_INTF_DOWN Y ends the capture when the interface goes down",
  {},
  async (lab) => {
    const { b } = await twoHosts(lab);
    const watcher = Watcher.start(b, { interfaces: ["eth0"], exitWhenDown: true });
    await watcher.next();
    await b.must("ip", "link", "set", "eth0", "down");
    assert.equal((await watcher.next()).failed, "Interface eth0 is down");
    await watcher.abandon();
    await watcher.ended(1);
  },
);

namespaceTest(
  "EXIT_AT_INTF_DOWN N waits for an interface that is down or deleted, and sniffs again",
  {},
  async (lab) => {
    const { a, b } = await twoHosts(lab);
    const watcher = Watcher.start(b, {
      interfaces: ["eth0", "ppp7"],
      exitWhenDown: false,
      dropFfi: true,
    });
    assert.match((await watcher.next()).text, /^ppp7: .*waiting for it$/);
    await watcher.next();
    await sendUdp(a, "10.9.0.2", "before");
    assert.equal((await watcher.next()).text, "before");

    await b.must("ip", "link", "set", "eth0", "down");
    assert.deepEqual(await watcher.next(), {
      severity: "warning",
      text: "Interface eth0 is down: waiting for it",
    });
    await b.must("ip", "link", "set", "eth0", "up");
    assert.deepEqual(await watcher.next(), {
      severity: "info",
      text: "Interface eth0 is up: sniffing",
    });
    await sendUdp(a, "10.9.0.2", "after down");
    assert.equal((await watcher.next()).text, "after down");

    await b.must("ip", "link", "delete", "eth0");
    assert.equal((await watcher.next()).severity, "warning");
    await lab.cable(
      { namespace: a, device: "eth1", addresses: ["10.9.0.1/24"] },
      { namespace: b, device: "eth0", addresses: ["10.9.0.2/24"] },
    );
    assert.equal((await watcher.next()).text, "Interface eth0 is up: sniffing");
    await sendUdp(a, "10.9.0.2", "after delete");
    assert.equal((await watcher.next()).text, "after delete");
    assert.equal((await watcher.stop()).received, 3);
  },
);

namespaceTest(
  "an interface that returns while it cannot be opened is sniffed once it can be",
  { programs: ["prlimit"] },
  async (lab) => {
    const { a, b } = await twoHosts(lab);
    const watcher = Watcher.start(b, { interfaces: ["eth0"], exitWhenDown: false });
    await watcher.next();
    await b.must("ip", "link", "set", "eth0", "down");
    assert.match((await watcher.next()).text, /is down/);
    // The runtime opens its own descriptors half a second after its start, and exits without them.
    await untilIdle(watcher);
    const limit = (most: number): Promise<unknown> =>
      b.must("prlimit", "--pid", `${watcher.pid}`, `--nofile=${most}:4096`);
    await limit(3);
    await b.must("ip", "link", "set", "eth0", "up");
    assert.match((await watcher.next()).text, /eth0 is up but: .*Too many open files/);
    // Wait until the sniffer has read all of the kernel's messages about the interface.
    await untilIdle(watcher);
    await limit(1024);
    assert.equal((await watcher.next()).text, "Interface eth0 is up: sniffing");
    await sendUdp(a, "10.9.0.2", "after");
    assert.equal((await watcher.next()).text, "after");
    await watcher.stop();
  },
);

namespaceTest(
  "bad interfaces and bad filters are reported in one line with a hint",
  {},
  async (lab) => {
    const namespace = await lab.namespace("bad");
    const absent = Watcher.start(namespace, { interfaces: ["eth9"] });
    const failure = await absent.next();
    assert.match(failure.failed, /^\[\*\] pcap_open_live\(\) error: eth9: No such device exists/);
    assert.match(failure.hint, /PCAP_INTF/);
    const filter = Watcher.start(namespace, { interfaces: ["lo"], filter: "udp prot 1" });
    assert.match(
      (await filter.next()).failed,
      /^\[\*\] Error compiling pcap filter: .*syntax error/,
    );
    for (const watcher of [absent, filter]) {
      await watcher.abandon();
      await watcher.ended(1);
    }
  },
);

namespaceTest("an idle sniffer uses no CPU", {}, async (lab) => {
  const { b } = await twoHosts(lab);
  const watcher = Watcher.start(b, { interfaces: ["eth0"] });
  await watcher.next();
  // Start-up work on other threads ends some time after the first line.
  await untilIdle(watcher);
  await watcher.stop();
});

async function untilIdle({ pid }: Watcher): Promise<void> {
  await until("a second passes without any CPU time", async () => {
    const before = cpuNanoseconds(pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return cpuNanoseconds(pid) - before < 100_000;
  }, 10);
}

/** CPU time of every thread of a process, from the scheduler's accounts. */
function cpuNanoseconds(pid: number): number {
  let nanoseconds = 0;
  for (const task of Deno.readDirSync(`/proc/${pid}/task`)) {
    const line = Deno.readTextFileSync(`/proc/${pid}/task/${task.name}/schedstat`);
    nanoseconds += Number(line.split(" ")[0]);
  }
  return nanoseconds;
}
