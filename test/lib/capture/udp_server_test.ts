import assert from "node:assert/strict";
import { until } from "../../support/namespace.ts";
import { copyDatagram, type Datagram } from "../../../lib/capture/datagram.ts";
import { UdpServer } from "../../../lib/capture/udp_server.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { UdpSender } from "../../support/udp_sender.ts";

/** Runs a server until `count` packets have arrived, or fails after two seconds. */
async function collect(server: UdpServer, count: number, send: () => void): Promise<Datagram[]> {
  const datagrams: Datagram[] = [];
  const deadline = setTimeout(() => server.close(), 2000);
  const running = server.run((datagram) => {
    datagrams.push(copyDatagram(datagram));
    if (datagrams.length === count) server.close();
  });
  send();
  await running;
  clearTimeout(deadline);
  assert.equal(datagrams.length, count, "packets arrive within two seconds");
  return datagrams;
}

Deno.test("an IPv4 packet arrives with its true source and destination", async () => {
  using sender = new UdpSender(4);
  const server = new UdpServer(0);
  const payload = new TextEncoder().encode("payload");
  const [datagram] = await collect(
    server,
    1,
    () => sender.send("127.0.0.9", server.port, payload),
  );
  assert.ok(datagram);
  assert.equal(datagram.protocol, 17);
  assert.equal(datagram.source.text, "127.0.0.1");
  assert.equal(datagram.sourcePort, sender.port);
  assert.equal(datagram.destination.text, "127.0.0.9");
  assert.equal(datagram.destinationPort, server.port);
  assert.deepEqual(datagram.payload, payload);
});

Deno.test("an IPv6 packet arrives with its true source and destination", async () => {
  using sender = new UdpSender(6);
  const server = new UdpServer(0);
  const [datagram] = await collect(
    server,
    1,
    () => sender.send("::1", server.port, Uint8Array.of(1)),
  );
  assert.equal(datagram?.source.text, "::1");
  assert.equal(datagram?.destination.text, "::1");
});

Deno.test("a payload of more than 1500 bytes is cut, and an empty one stays empty", async () => {
  using sender = new UdpSender(4);
  const server = new UdpServer(0);
  const lengths = [1499, 1500, 1501, 0, 9000, 1];
  const datagrams = await collect(server, lengths.length, () => {
    for (const length of lengths) {
      sender.send("127.0.0.1", server.port, new Uint8Array(length).fill(length & 0xff));
    }
  });
  assert.deepEqual(datagrams.map(({ payload }) => payload.length), [1499, 1500, 1500, 0, 1500, 1]);
});

Deno.test("more packets than one batch arrive in order, and the losses of a full buffer are counted", async () => {
  using sender = new UdpSender(4);
  const server = new UdpServer(0);
  const sent = 20000;
  for (let number = 0; number < sent; number++) {
    sender.send("127.0.0.1", server.port, new Uint8Array(new Uint32Array([number]).buffer));
  }
  const arrived = sent - server.statistics().dropped;
  assert.ok(arrived > 1000 && arrived < sent, `${arrived} of ${sent} fit the buffer`);
  const datagrams = await collect(server, arrived, () => {});
  const numbers = datagrams.map(({ payload }) => new Uint32Array(payload.buffer)[0] ?? -1);
  assert.ok(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? -1)));
  assert.deepEqual(server.statistics(), { received: arrived, dropped: sent - arrived, refused: 0 });
});

Deno.test("a close ends an idle server at once and frees its port", async () => {
  const server = new UdpServer(0);
  const { port } = server;
  const running = server.run(() => {});
  // Two turns of the event loop: by then the engine waits in the kernel, or will see the close.
  await new Promise((resolve) => setTimeout(resolve, 1));
  let ended = false;
  void running.then(() => ended = true);
  server.close();
  server.close();
  await until("the run ends", () => ended);
  new UdpServer(port).close();
});

Deno.test("a close before the run ends it too", async () => {
  const server = new UdpServer(0);
  server.close();
  await server.run(() => {});
});

Deno.test("a port in use is reported in one line with a hint", () => {
  const first = new UdpServer(0);
  try {
    assert.throws(() => new UdpServer(first.port), (error: unknown) => {
      assert.ok(error instanceof HintedError);
      assert.equal(
        error.message,
        `Cannot listen on UDP port ${first.port}: Address already in use`,
      );
      assert.match(error.hint ?? "", /UDPSERV_PORT/);
      return true;
    });
  } finally {
    first.close();
  }
});

Deno.test("an error that a receiver throws ends the run with that error and frees the port", async () => {
  using sender = new UdpSender(4);
  const server = new UdpServer(0);
  const { port } = server;
  const running = server.run(() => {
    throw new Error("our own mistake");
  });
  sender.send("127.0.0.1", port, Uint8Array.of(1));
  await assert.rejects(running, /our own mistake/);
  new UdpServer(port).close();
});

Deno.test("packets are read after the ffi permission is dropped, and an idle server uses no CPU", async () => {
  const script = new URL("../../support/capture_without_ffi.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", script.pathname],
    stdout: "piped",
    stderr: "inherit",
  });
  const { code, stdout } = await child.output();
  assert.equal(code, 0);
  const report = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(report.state, "prompt");
  assert.deepEqual(report.payloads, ["before", "after"]);
  assert.ok(report.idleMilliseconds < 10, `${report.idleMilliseconds} ms of CPU in a second`);
});
