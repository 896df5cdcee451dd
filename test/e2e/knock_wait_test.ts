/**
 * `knock --wait`, a command after it, and `--proxy`, in a namespace whose firewall drops, rejects or admits.
 */
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { withFolder } from "../support/folder.ts";
import { MountedNamespace } from "../support/mounted_namespace.ts";
import { type Namespace, namespaceTest } from "../support/namespace.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const DENO = [Deno.execPath(), "run", "--allow-all", "--no-prompt"];
const KNOCK_FOR = [
  ...[...DENO, MAIN, "knock", "--no-rc-file", "-s", "-D", "127.0.0.1"],
  ...["--key-rijndael", "secret", "-A"],
];
const KNOCK = [...KNOCK_FOR, "tcp/22"];

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

namespaceTest(
  "the client does not report a port that was open before the knock as its success",
  PROGRAMS,
  async (lab) => {
    const host = await lab.namespace("host");
    const service = await listen(host);
    const opened = await host.run(...KNOCK, "--wait");
    assertEquals([opened.code, opened.stdout], [7, ""]);
    assertMatch(
      opened.stderr,
      /^fwknop: tcp\/22 at 127\.0\.0\.1 was open before the knock, .*\n.*doctor/,
    );
    const json = await host.run(...KNOCK, "--wait", "--json");
    const { state, open_after_ms } = JSON.parse(json.stdout);
    assertEquals([json.code, state, open_after_ms], [7, "open_before", null]);
    const command = await host.run(...KNOCK, "--wait", "--", "echo", "ran");
    assertEquals([command.code, command.stdout], [0, "ran\n"]);
    assertMatch(command.stderr, /was open before the knock/);
    await stop(service);
  },
);

namespaceTest(
  "the client reports a port that the knock opened with its delay, also as JSON",
  PROGRAMS,
  async (lab) => {
    const host = await lab.namespace("host");
    const service = await listen(host);
    // The firewall drops the first SYN, of 60 bytes, of each attempt.
    const shut = async () => {
      const quota = ["-m", "quota", "--quota", "60", "-j", "DROP"];
      await host.must("iptables", "-F", "INPUT");
      await host.must("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "--syn", ...quota);
    };
    await shut();
    const opened = await host.run(...KNOCK, "--wait");
    assertEquals([opened.code, opened.stderr], [0, ""]);
    assertMatch(opened.stdout, /^tcp\/22 at 127\.0\.0\.1 open after \d+ ms\n$/);
    await shut();
    const json = await host.run(...KNOCK, "--wait", "--json");
    assertEquals([json.code, JSON.parse(json.stdout).state], [0, "open"]);
    await stop(service);
  },
);

namespaceTest(
  "the client ends its attempt before the knock before the kernel repeats it, or a grant would look like an open port",
  PROGRAMS,
  async (lab) => {
    const host = await lab.namespace("host");
    const service = await listen(host);
    await host.must("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
    // From now on the firewall accepts only packets from the port of that attempt, so that a repeated SYN would
    // connect.
    const watch = new URL("../../lib/client/wait_open.ts", import.meta.url).href;
    const address = new URL("../../lib/net/address.ts", import.meta.url).href;
    const script = `
      import { PortWatch } from "${watch}";
      import { parseAddress } from "${address}";
      const port = new PortWatch(parseAddress("127.0.0.1"), 22);
      const line = Deno.readTextFileSync("/proc/net/tcp").split("\\n").find((it) => / 0100007F:0016 02 /.test(it));
      const source = String(parseInt(/:([0-9A-F]{4}) 0100007F:0016/.exec(line)[1], 16));
      const args = ["-I", "INPUT", "-p", "tcp", "--dport", "22", "--sport", source, "-j", "ACCEPT"];
      if (!new Deno.Command("iptables", { args }).outputSync().success) throw new Error("iptables");
      console.log((await port.wait(2)).state);
      Deno.exit();
    `;
    const ended = await host.run(Deno.execPath(), "eval", "--no-lock", "--ext=ts", script);
    assertEquals([ended.stdout, ended.stderr], ["silent\n", ""]);
    await stop(service);
  },
);

namespaceTest(
  "the client warns of a command that would try the server's other address first",
  PROGRAMS,
  (lab) =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/hosts`, "::1 both.example\n127.0.0.1 both.example\n");
      const mount = ["--bind", `${folder}/hosts`, "/etc/hosts"];
      const host = new MountedNamespace(await lab.namespace("host"), `${folder}/enter`, [mount]);
      const service = await listen(host);
      const knock = [...KNOCK, "--wait"].map((word) =>
        word === "127.0.0.1" ? "both.example" : word
      );
      const warned = await host.run(...knock, "--", "echo", "ran");
      assertEquals(warned.code, 0);
      assertMatch(
        warned.stderr,
        /tcp\/22 at both\.example \(127\.0\.0\.1\)[^]*warning: the port is open over IPv4, .* ::1 as well; .*\n {2}use ssh -4, or --proxy/,
      );
      const minded = await host.run(...knock, "--", "echo", "-4");
      assert(!minded.stderr.includes("warning"), minded.stderr);
      await stop(service);
    }),
);

namespaceTest(
  "the client names each of several servers, and knocks at none if one is not known",
  PROGRAMS,
  async (lab) => {
    const host = await lab.namespace("host");
    const service = await listen(host);
    const both = await host.run(...KNOCK, "-D", "127.0.0.2", "--wait");
    assertMatch(both.stderr, /22 at 127\.0\.0\.1 was[^]*22 at 127\.0\.0\.2 was/);
    await stop(service);
  },
);

Deno.test("the client knocks for none of several stanzas if one is not known", () =>
  withFolder(async (folder) => {
    const stanza = "[gate1]\nSPA_SERVER 127.0.0.1\nACCESS tcp/22\nALLOW_IP source\nKEY secret\n";
    await Deno.writeTextFile(`${folder}/rc`, stanza, { mode: 0o600 });
    const [program = "", ...args] = [...DENO, MAIN, "knock", "--rc-file", `${folder}/rc`, "-v"];
    const words = [...args, "-n", "gate1", "-n", "nosuch"];
    const { code, stdout } = await new Deno.Command(program, { args: words }).output();
    assertEquals([code, stdout.length], [2, 0]);
  }));

namespaceTest("knock --wait finds a port that opens late", PROGRAMS, async (lab) => {
  const host = await lab.namespace("host");
  const service = await listen(host);
  await host.must("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
  const waiting = host.run(...KNOCK, "--wait-time", "20");
  await waitForDrops(host);
  await host.must("iptables", "-F", "INPUT");
  const ended = await waiting;
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assertMatch(ended.stdout, /^tcp\/22 at 127\.0\.0\.1 open after \d+ ms\n$/);
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
  "silence, refusal and a missing route each have a message and an exit status",
  PROGRAMS,
  async (lab) => {
    const host = await lab.namespace("host");
    const refused = await host.run(...KNOCK, "--wait-time", "1");
    assertEquals(refused.code, 4);
    assertMatch(
      refused.stderr,
      /^fwknop: tcp\/22 at 127\.0\.0\.1 refuses connections, as before the knock\n/,
    );
    await host.must("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP");
    const silent = await host.run(...KNOCK, "--wait-time", "1");
    assertEquals(silent.code, 3);
    assertMatch(
      silent.stderr,
      /did not answer for 1 s\n[^]*1\. the server: .*\n {5}.*fwknop status\n[^]*\. a filter/,
    );
    const udp = await host.run(...KNOCK_FOR, "udp/53", "--wait");
    assertEquals(udp.code, 2);
    assertMatch(udp.stderr, /only try TCP ports[^]*leave out --wait/);
  },
);

namespaceTest(
  "the client runs a command once the port is open and passes on its exit status",
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
    const why = "cannot be run: No such file or directory";
    assertMatch(
      missing.stderr,
      new RegExp(
        `^fwknop: /nowhere/program ${why}
`,
        "m",
      ),
    );
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
