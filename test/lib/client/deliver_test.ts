import { deliver, parseProxy } from "../../../lib/client/deliver.ts";
import { resolveDestination } from "../../../lib/client/destination.ts";
import { Problem } from "../../../lib/client/problem.ts";
import { assert, assertEquals } from "../../assert.ts";
import { UdpSocket } from "../../../ffi/udp_socket.ts";
import { addressFromBytes } from "../../../lib/net/address.ts";
import type { SettingsLevel } from "../../../lib/config/client_rows.ts";
import { knockPlan } from "../../support/knock_plan.ts";

// Loaded here: Deno 2.4 would report a leak if a test loaded it.
await resolveDestination("localhost");
await deliver("", knockPlan({ server: "127.0.0.1" }), { port: 1 });
new UdpSocket({ port: 0, payloadSize: 9, bufferSize: 65536 }).close();

/** Sends to a socket of this process and returns what arrived. */
async function arrival(
  settings: SettingsLevel,
): Promise<[text: string, source: string, port: number]> {
  const socket = new UdpSocket({ port: 0, payloadSize: 2000, bufferSize: 65536 });
  try {
    const { sourcePort } = settings;
    const sent = await deliver("packet", knockPlan(settings), { port: socket.port, sourcePort });
    if (sent instanceof Problem) throw new Error(sent.text);
    const deadline = Date.now() + 5000;
    let length = -1;
    while (length < 0 && Date.now() < deadline) length = socket.receive();
    const text = new TextDecoder().decode(socket.payload(Math.max(0, length)));
    return [text, addressFromBytes(socket.source).text, socket.sourcePort];
  } finally {
    socket.close();
  }
}

Deno.test("a packet is one datagram, over IPv4 and IPv6, to an address or a name of /etc/hosts", async () => {
  assertEquals((await arrival({ server: "127.0.0.1" })).slice(0, 2), ["packet", "127.0.0.1"]);
  assertEquals((await arrival({ server: "::1" })).slice(0, 2), ["packet", "::1"]);
  assertEquals((await arrival({ server: "localhost" })).slice(0, 2), ["packet", "127.0.0.1"]);
});

Deno.test("a UDP packet leaves from the source port of the settings", async () => {
  const probe = Deno.listen({ port: 0 });
  const { port } = probe.addr as Deno.NetAddr;
  probe.close();
  assertEquals((await arrival({ server: "127.0.0.1", sourcePort: port }))[2], port);
});

Deno.test("the transports tcp and http connect, write and close", async () => {
  for (const transport of ["tcp", "http"] as const) {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const { port } = listener.addr as Deno.NetAddr;
    const accepted = (async () => {
      const connection = await listener.accept();
      const text = await new Response(connection.readable).text();
      return text;
    })();
    const sent = await deliver("pac+ket/", knockPlan({ server: "127.0.0.1", transport }), {
      port: port,
    });
    assert(!(sent instanceof Problem));
    const text = await accepted;
    if (transport === "tcp") assertEquals(text, "pac+ket/");
    else assert(text.startsWith("GET /pac-ket_ HTTP/1.") && text.endsWith("\r\n\r\n"), text);
    assertEquals(sent.bytes, text.length);
    listener.close();
  }
});

Deno.test("a proxy gets the request, and the client does not look the destination up", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  const accepted = (async () => new Response((await listener.accept()).readable).text())();
  const settings: SettingsLevel = {
    server: "no-such-host.invalid",
    transport: "http",
    proxy: `http://127.0.0.1:${port}`,
  };
  const sent = await deliver("packet", knockPlan(settings), { port: 62201 });
  assert(!(sent instanceof Problem));
  const text = await accepted;
  assert(text.startsWith("GET http://no-such-host.invalid/packet HTTP/1."), text);
  assert(text.includes("\r\nHost: 127.0.0.1\r\n"), text);
  listener.close();
});

Deno.test("the setting of a proxy has the form [http://]host[:port]", () => {
  assertEquals(parseProxy("proxy", 80), { host: "proxy", port: 80 });
  assertEquals(parseProxy("http://proxy:8080/", 80), { host: "proxy", port: 8080 });
  assertEquals(parseProxy("[::1]:8080", 80), { host: "::1", port: 8080 });
  for (const text of ["", "proxy:0", "proxy:x", "http://:80"]) {
    assert(parseProxy(text, 80) instanceof Problem, text);
  }
});

Deno.test("a host that is not found and a packet that is not sent are problems with the system's text", async () => {
  const unknown = await deliver("packet", knockPlan({ server: "no-such-host.invalid" }), {
    port: 1,
  });
  assert(unknown instanceof Problem);
  assert(unknown.facts.reference?.startsWith("error in getaddrinfo: "));
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const refused = await deliver(
    "packet",
    knockPlan({ server: "127.0.0.1", transport: "tcp" }),
    { port },
  );
  assert(refused instanceof Problem);
  assert(refused.text.endsWith("connect: Connection refused"), refused.text);
  const family = await deliver("packet", knockPlan({ server: "::1", ipv4Only: true }), { port: 1 });
  assert(family instanceof Problem);
});
