import assert from "node:assert/strict";
import type { Datagram } from "../../../lib/capture/datagram.ts";
import { SeveralCaptures } from "../../../lib/capture/several.ts";
import { TcpServer } from "../../../lib/capture/tcp_server.ts";
import { UdpServer } from "../../../lib/capture/udp_server.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { until } from "../../support/namespace.ts";
import { UdpSender } from "../../support/udp_sender.ts";

/** Runs the body beside a server and closes the server. The body gets the packets that arrived. */
async function serving(
  body: (server: TcpServer, seen: Datagram[]) => Promise<void>,
): Promise<void> {
  const server = new TcpServer(0);
  const seen: Datagram[] = [];
  const running = server.run((datagram) => seen.push(datagram));
  try {
    await body(server, seen);
  } finally {
    server.close();
    await running;
  }
}

const packet = new Uint8Array(200).fill(65);

Deno.test("the bytes that a client writes before it closes are one packet, over IPv4 and IPv6", () =>
  serving(async (server, seen) => {
    for (const hostname of ["127.0.0.1", "::1"]) {
      const client = await Deno.connect({ hostname, port: server.port });
      const { port } = client.localAddr;
      await client.write(packet.subarray(0, 150));
      await client.write(packet.subarray(150));
      client.close();
      await until("the packet is here", () => seen.length > 0);
      const [datagram] = seen.splice(0);
      assert.equal(datagram?.protocol, 6);
      assert.equal(datagram.source.text, hostname);
      assert.equal(datagram.sourcePort, port);
      assert.equal(datagram.destination.text, hostname);
      assert.equal(datagram.destinationPort, server.port);
      assert.deepEqual(datagram.payload, packet);
    }
  }));

Deno.test("a client that waits for an answer gets no answer, and its packet is taken after a pause", () =>
  serving(async (server, seen) => {
    const client = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await client.write(packet);
    assert.equal(await client.read(new Uint8Array(10)), null);
    assert.equal(seen.length, 1);
    client.close();
  }));

Deno.test("silence and too many bytes are refused, and the limit is exact", () =>
  serving(async (server, seen) => {
    const say = async (length: number) => {
      const client = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      if (length > 0) await client.write(new Uint8Array(length));
      await client.read(new Uint8Array(1)).catch(() => null);
      client.close();
    };
    await say(1500);
    await say(1501);
    await say(0);
    assert.deepEqual(seen.map(({ payload }) => payload.length), [1500]);
    assert.deepEqual(server.statistics(), { received: 1, dropped: 0, refused: 2 });
  }));

Deno.test("connections above the limit are closed unread, and all end with the server", async () => {
  const clients: Deno.TcpConn[] = [];
  await serving(async (server) => {
    for (let count = 0; count < 70; count++) {
      clients.push(await Deno.connect({ hostname: "127.0.0.1", port: server.port }));
    }
    await until("six were turned away", () => server.statistics().dropped === 6);
  });
  for (const client of clients) client.close();
});

Deno.test("a TCP port in use is reported in one line with a hint", () =>
  serving((server) => {
    assert.throws(
      () => new TcpServer(server.port),
      (error: unknown) =>
        error instanceof HintedError && /already in use$/.test(error.message) &&
        /TCPSERV_PORT/.test(error.hint ?? ""),
    );
    return Promise.resolve();
  }));

Deno.test("several captures deliver to one receiver, and one that fails ends the others", async () => {
  using sender = new UdpSender(4);
  const [tcp, udp] = [new TcpServer(0), new UdpServer(0)];
  const both = new SeveralCaptures([tcp, udp]);
  assert.equal(both.description, `TCP server on port ${tcp.port}, UDP server on port ${udp.port}`);
  const protocols: number[] = [];
  const running = both.run(({ protocol }) => {
    protocols.push(protocol);
    if (protocol === 17) throw new Error("our own mistake");
  });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: tcp.port });
  await client.write(packet);
  client.close();
  await until("the TCP packet is here", () => protocols.length === 1);
  sender.send("127.0.0.1", udp.port, packet);
  await assert.rejects(running, /our own mistake/);
  assert.deepEqual(protocols, [6, 17]);
  assert.deepEqual(both.statistics(), { received: 2, dropped: 0, refused: 0 });
});
