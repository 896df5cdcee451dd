import assert from "node:assert/strict";
import * as fc from "property-testing";
import { parseQueuedPackets } from "../../../lib/capture/queue_message.ts";
import { parseQueueDrops } from "../../../lib/capture/queue_drops.ts";
import { queueRulePrograms } from "../../../lib/capture/queue_rules.ts";
import { bytes, word } from "../../support/frames.ts";
import { lineReader } from "../../support/line_reader.ts";
import { type Namespace, namespaceTest, until } from "../../support/namespace.ts";

const support = (name: string) => new URL(`../../support/${name}`, import.meta.url).pathname;

/** A message of the kernel about a packet, in the layout of nfnetlink_queue.h. */
function message(id: number, hook: number, packet: Uint8Array): Uint8Array {
  const padding = new Uint8Array(-packet.length & 3);
  const attributes = bytes(
    ...[11, 0, 1, 0, 0, 0, ...word(id), 8, 0, hook, 0],
    ...[packet.length + 4, 0, 10, 0],
    packet,
    padding,
  );
  return bytes(20 + attributes.length, 0, 0, 0, 0, 3, new Uint8Array(14), attributes);
}

Deno.test("packets of a batch are read with their numbers and hooks", () => {
  const batch = bytes(message(1, 1, Uint8Array.of(1, 2, 3)), message(258, 3, new Uint8Array(0)));
  assert.deepEqual(
    parseQueuedPackets(batch).map(({ id, hook, packet }) => [id, hook, [...packet]]),
    [[1, 1, [1, 2, 3]], [258, 3, []]],
  );
});

Deno.test("any bytes have a result", () => {
  const changed = fc.tuple(fc.nat(90), fc.nat(255), fc.nat(90)).map(([index, value, length]) => {
    const batch = bytes(message(1, 1, new Uint8Array(9)), message(2, 1, new Uint8Array(7)));
    if (index < batch.length) batch[index] = value;
    return batch.subarray(0, length);
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 90 }), changed), (batch) => {
      for (const { packet } of parseQueuedPackets(batch)) assert.ok(packet.length <= batch.length);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("queue rules are created by both programs of the firewall, or by the usual ones", () => {
  assert.deepEqual(queueRulePrograms("/usr/sbin/iptables-legacy"), [
    ["/usr/sbin/iptables-legacy"],
    ["/usr/sbin/ip6tables-legacy"],
  ]);
  assert.deepEqual(queueRulePrograms("ip netns exec x iptables"), [
    ["ip", "netns", "exec", "x", "iptables"],
    ["ip", "netns", "exec", "x", "ip6tables"],
  ]);
  assert.deepEqual(queueRulePrograms("/sbin/ipfw"), [["iptables"], ["ip6tables"]]);
});

Deno.test("the drops of a queue are read from the kernel's table", () => {
  const table = "    1  31621     0 2 65531     0     0        0  1\n" +
    "    7   4711   512 2  1600  1976     3     2491  1\n";
  assert.equal(parseQueueDrops(table, 7), 1979);
  assert.equal(parseQueueDrops(table, 1), 0);
  assert.equal(parseQueueDrops(table, 0), 0);
  assert.equal(parseQueueDrops("", 0), 0);
});

function libraryMissing(): string | undefined {
  try {
    Deno.dlopen("libnetfilter_queue.so.1", {}).close();
    return undefined;
  } catch {
    return "libnetfilter_queue is missing (apt install libnetfilter-queue1)";
  }
}

const rulesOf = async (namespace: Namespace) =>
  (await namespace.must("iptables-save", "-t", "mangle")).split("\n")
    .filter((line) => line.startsWith("-A"));

namespaceTest("queued packets are read and end there, and only our own rules are removed", {
  programs: ["iptables", "ip6tables"],
  unavailable: libraryMissing,
}, async (lab) => {
  const namespace = await lab.namespace("nfq");
  const own = ["-t", "mangle", "-A", "INPUT", "-p", "tcp", "-m", "tcp", "--dport", "7"];
  await namespace.must("iptables", ...own, "-j", "ACCEPT");
  const before = await rulesOf(namespace);
  // The chain and rules that a killed daemon leaves.
  await namespace.must("iptables", "-t", "mangle", "-N", "FWKNOP_NFQ");
  await namespace.must("iptables", "-t", "mangle", "-I", "INPUT", "1", "-j", "FWKNOP_NFQ");

  const words = ["run", "--allow-all", "--quiet", support("queue.ts")];
  const child = namespace.spawn([Deno.execPath(), ...words], { stdin: "piped", stdout: "piped" });
  const nextLine = lineReader(child.stdout);
  const next = async () => JSON.parse(await nextLine() ?? "null");
  assert.deepEqual(await next(), { ready: "NFQUEUE 7, UDP port 62201" });
  assert.equal((await rulesOf(namespace)).length, before.length + 2);
  for (const [to, from] of [["127.0.0.1", "127.0.0.1"], ["::1", "::1"]] as const) {
    const send = ["run", "--allow-all", "--quiet", support("send_udp.ts"), to, "62201", "payload"];
    await namespace.must(Deno.execPath(), ...send);
    assert.deepEqual(await next(), { from, to, text: "payload" });
  }
  const second = await namespace.run(Deno.execPath(), ...words);
  assert.match(JSON.parse(second.stdout).failed, /^Cannot take NFQUEUE 7: /);
  await child.stdin.close();
  assert.deepEqual(await next(), { statistics: { received: 2, dropped: 0, refused: 0 } });
  assert.equal(await nextLine(), undefined);
  assert.equal((await child.status).code, 0);
  await until("the rules are gone", async () => {
    return (await rulesOf(namespace)).join() === before.join();
  });
});

namespaceTest("packets that find the queue full are counted", {
  programs: ["iptables", "ip6tables"],
  unavailable: libraryMissing,
}, async (lab) => {
  const namespace = await lab.namespace("nfq");
  const words = ["run", "--allow-all", "--quiet", support("queue.ts")];
  const child = namespace.spawn([Deno.execPath(), ...words], { stdin: "piped", stdout: "piped" });
  const nextLine = lineReader(child.stdout);
  await nextLine();
  const sent = 3000;
  child.kill("SIGSTOP");
  await namespace.must(Deno.execPath(), "eval", "--quiet", BURST, String(sent));
  child.kill("SIGCONT");
  await child.stdin.close();
  let last = "";
  for (let line = await nextLine(); line !== undefined; line = await nextLine()) last = line;
  const { received, dropped } = JSON.parse(last).statistics;
  // The kernel holds 1024 packets for a reader that does not take them.
  assert.ok(dropped >= sent - 1024 - 64 && dropped < sent, `${dropped} dropped`);
  assert.ok(received + dropped <= sent, `${received} received, ${dropped} dropped`);
  await child.status;
});

/** Sends the number of packets in its argument. */
const BURST = `
import dgram from "node:dgram";
const socket = dgram.createSocket("udp4");
for (let left = Number(Deno.args[0]); left > 0; left--) {
  await new Promise((done) => socket.send("payload", 62201, "127.0.0.1", done));
}
socket.close();`;
