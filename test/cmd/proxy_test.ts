/** How a session of `knock --proxy` ends when one of its two ends breaks it off. */
import net from "node:net";
import { assertEquals } from "../assert.ts";
import { AIMLESS_KNOCK, runUnread } from "../support/closed_output.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";

/** A knock for a port of this host, which is then connected to the port. */
function proxyTo(port: number): string[] {
  return [...AIMLESS_KNOCK, "-A", `tcp/${port}`, "--wait", "--proxy"];
}

/** A service that resets its connection at the first word. */
async function resettingService(): Promise<net.Server> {
  const server = net.createServer((socket) => {
    socket.once("data", () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

Deno.test("a connection that the far end resets is reported in one line", async () => {
  const service = await resettingService();
  const { port } = service.address() as net.AddressInfo;
  const [program = "", ...args] = SOURCE_PROGRAM;
  const child = new Deno.Command(program, {
    args: [...args, ...proxyTo(port)],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("hello"));
  const [{ code }, out, err] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  assertEquals([code, out, err], [
    1,
    "",
    "fwknop: the connection broke: Connection reset by peer\n",
  ]);
  await writer.close().catch(() => {});
  await new Promise((resolve) => service.close(resolve));
});

Deno.test("a session whose output has no reader any more ends without a message", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const [ended] = await Promise.all([
    runUnread(...proxyTo(listener.addr.port)),
    accepted.then((connection) => connection.write(new TextEncoder().encode("banner\n"))),
  ]);
  assertEquals(ended, { code: 141, stderr: "" });
  (await accepted).close();
});
