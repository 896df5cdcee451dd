/**
 * `knock --wait`, a command after it, and `--proxy`, in a namespace whose firewall drops, rejects or admits.
 */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const DENO = [Deno.execPath(), "run", "--allow-all", "--no-prompt"];
const KNOCK = [
  ...[...DENO, MAIN, "knock", "--no-rc-file", "-s", "-D", "127.0.0.1"],
  ...["--key-rijndael", "secret", "--access=tcp/22"],
];

/** A greeting on port 22 of the namespace; resolves when it listens. */
async function listen(host: Namespace): Promise<Deno.ChildProcess> {
  const code = `
    const listener = Deno.listen({ port: 22 });
    console.log("ready");
    for await (const c of listener) { await c.write(new TextEncoder().encode("hello\\n")); c.close(); }
  `;
  const child = host.spawn([Deno.execPath(), "eval", code], { stdin: "null", stdout: "piped" });
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  await child.stdout.cancel();
  return child;
}

async function stop(child: Deno.ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await child.status;
}

const PROGRAMS = { programs: ["iptables"] };

namespaceTest("an open port is told with its delay, also as JSON", PROGRAMS, async (lab) => {
  const host = await lab.namespace("host");
  const service = await listen(host);
  const opened = await host.run(...KNOCK, "--wait");
  assertEquals(opened.code, 0);
  assertMatch(opened.stdout, /^tcp\/22 open after \d+ ms\n$/);
  const json = await host.run(...KNOCK, "--wait", "--json");
  assertEquals(JSON.parse(json.stdout).state, "open");
  await stop(service);
});

namespaceTest("a port that opens late is found while waiting", PROGRAMS, async (lab) => {
  const host = await lab.namespace("host");
  const service = await listen(host);
  await host.must("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
  const waiting = host.run(...KNOCK, "--wait-time", "20");
  await waitForDrops(host);
  await host.must("iptables", "-F", "INPUT");
  const ended = await waiting;
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assertMatch(ended.stdout, /^tcp\/22 open after \d+ ms\n$/);
  await stop(service);
});

/** Waits until the firewall has dropped a few tries. */
async function waitForDrops(host: Namespace): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const counters = await host.must("iptables", "-L", "INPUT", "-nvx");
    const dropped = /^\s*(\d+)\s.*DROP/m.exec(counters)?.[1] ?? "0";
    if (Number(dropped) >= 2) return;
    assert(Date.now() < deadline, counters);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

namespaceTest(
  "silence, refusal and no route have their own words and exit status",
  PROGRAMS,
  async (lab) => {
    const host = await lab.namespace("host");
    const refused = await host.run(...KNOCK, "--wait-time", "1");
    assertEquals(refused.code, 4);
    assertMatch(refused.stderr, /^fwknop: tcp\/22 at 127\.0\.0\.1 refuses connections\n/);
    await host.must("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
    const silent = await host.run(...KNOCK, "--wait-time", "1");
    assertEquals(silent.code, 3);
    assertMatch(silent.stderr, /did not answer for 1 s\n[\s\S]*1\. the clock[\s\S]*5\. a filter/);
    const udp = await host.run(...KNOCK, "-A", "udp/53", "--wait");
    assertEquals(udp.code, 2);
  },
);

namespaceTest(
  "a command runs once the port is open and its status is passed on",
  PROGRAMS,
  async (lab) => {
    const host = await lab.namespace("host");
    const closed = await host.run(...KNOCK, "--wait-time", "1", "--", "echo", "ran");
    assertEquals([closed.code, closed.stdout], [4, ""]);
    const service = await listen(host);
    const ran = await host.run(...KNOCK, "--wait", "--", "sh", "-c", "echo ran $0; exit 7", "-v");
    assertEquals([ran.code, ran.stdout], [7, "ran -v\n"]);
    const killed = await host.run(...KNOCK, "--wait", "--", "sh", "-c", "kill -TERM $$");
    assertEquals(killed.code, 143);
    const missing = await host.run(...KNOCK, "--wait", "--", "/nowhere/program");
    assertEquals(missing.code, 1);
    assertMatch(missing.stderr, /^fwknop: \/nowhere\/program cannot be run\n/);
    await stop(service);
  },
);

namespaceTest("--proxy joins standard input and output to the port", PROGRAMS, async (lab) => {
  const host = await lab.namespace("host");
  const service = await listen(host);
  const joined = await host.run(...KNOCK, "--wait", "--proxy");
  assertEquals([joined.code, joined.stdout, joined.stderr], [0, "hello\n", ""]);
  await stop(service);
});
