import { SystemError } from "../../../ffi/libc.ts";
import { Problem } from "../../../lib/client/problem.ts";
import { type PayloadSender, send } from "../../../lib/client/send.ts";
import { sendByRuntime } from "../../../lib/client/runtime_sender.ts";
import { type Address, parseAddress } from "../../../lib/net/address.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../../assert.ts";
import { namespaceTest } from "../../support/namespace.ts";

function addresses(...texts: string[]): Address[] {
  return texts.flatMap((text) => parseAddress(text) ?? []);
}

Deno.test("the client tries the next address when one fails, and reports the last reason", async () => {
  const tried: string[] = [];
  const sender: PayloadSender = (payload, { address, kind, port, sourcePort }) => {
    tried.push(`${kind} ${address.join(".")} ${port} ${sourcePort}`);
    if (address[3] !== 3) {
      throw new SystemError("connect", "EHOSTUNREACH", `no way to ${address[3]}`);
    }
    return Promise.resolve(payload.length);
  };
  const delivery = { transport: "udp", port: 62201, sourcePort: 53 } as const;
  const all = addresses("192.0.2.1", "192.0.2.3", "192.0.2.4");
  const sent = await send("packet", { ...delivery, addresses: all }, sender);
  assert(!(sent instanceof Problem));
  assertEquals([sent.bytes, sent.address.text], [6, "192.0.2.3"]);
  assertEquals(tried, ["datagram 192.0.2.1 62201 53", "datagram 192.0.2.3 62201 53"]);
  const failed = await send("packet", { ...delivery, addresses: all.slice(2) }, sender);
  assert(failed instanceof Problem);
  assertMatch(
    failed.text,
    /^nothing is sent to 192\.0\.2\.4 udp port 62201: connect: no way to 4$/,
  );
});

Deno.test("the runtime's own sockets send a stream, or report why they cannot", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const options = {
    kind: "stream",
    address: new Uint8Array([127, 0, 0, 1]),
    port: listener.addr.port,
    timeout: 5,
  } as const;
  const accepted = listener.accept();
  assertEquals(await sendByRuntime(new TextEncoder().encode("packet"), options), 6);
  assertEquals(await new Response((await accepted).readable).text(), "packet");
  await assertRejects(() => sendByRuntime(new Uint8Array(1), { ...options, sourcePort: 5 }), {
    message: "bind: a TCP source port cannot be chosen on this system",
  });
  const { port } = options;
  listener.close();
  await assertRejects(() => sendByRuntime(new Uint8Array(1), { ...options, port }), {
    message: "connect: Connection refused",
  });
});

Deno.test("the runtime's own sockets send a datagram where they are allowed", async () => {
  const sender = new URL("../../../lib/client/runtime_sender.ts", import.meta.url).href;
  const code = `
    import { sendByRuntime } from ${JSON.stringify(sender)};
    for (const [hostname, bytes] of [["127.0.0.1", [127, 0, 0, 1]], ["::1", [...Array(15).fill(0), 1]]]) {
      const receiver = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
      const { port } = receiver.addr;
      const options = { kind: "datagram", address: new Uint8Array(bytes), port, timeout: 5 };
      const sent = await sendByRuntime(new TextEncoder().encode("packet"), options);
      const [received] = await receiver.receive();
      console.log(sent, new TextDecoder().decode(received));
      receiver.close();
    }`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--unstable-net", "--quiet", code],
  }).output();
  assertEquals(new TextDecoder().decode(stdout), "6 packet\n6 packet\n");
});

namespaceTest(
  "a server that does not answer by TCP is a timeout, and the C client's message says so",
  { programs: ["iptables"] },
  async (lab) => {
    const host = await lab.namespace("host");
    await host.must("iptables", "-A", "INPUT", "-p", "tcp", "-j", "DROP");
    const [client, ffi, net] = ["lib/client/send.ts", "ffi/send_once.ts", "lib/net/address.ts"]
      .map((path) => JSON.stringify(new URL(`../../../${path}`, import.meta.url).href));
    // As usual, except for the timeout.
    const code = `
      import { send } from ${client};
      import { sendOnce } from ${ffi};
      import { parseAddress } from ${net};
      const delivery = { transport: "tcp", addresses: [parseAddress("127.0.0.1")], port: 62201 };
      const impatient = (payload, options) => sendOnce(payload, { ...options, timeout: 1 });
      const { text, facts } = await send("packet", delivery, impatient);
      console.log(text + "\\n" + facts.reference);`;
    assertEquals(
      await host.must(Deno.execPath(), "eval", "--quiet", code),
      "nothing is sent to 127.0.0.1 tcp port 62201: connect: timed out after 10 s\n" +
        "send_spa_packet_tcp_or_udp: Could not create socket: Connection timed out\n" +
        "send_spa_packet: packet not sent.\n",
    );
  },
);
