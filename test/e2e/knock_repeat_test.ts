/**
 * `knock --repeat`: packets keep coming until Ctrl-C, or until the command beside it ends.
 */
import { assert, assertEquals } from "../assert.ts";
import { namespaceTest } from "../support/namespace.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const KNOCK = [
  ...[Deno.execPath(), "run", "--allow-all", "--no-prompt", MAIN, "knock", "--no-rc-file"],
  ...["-s", "-D", "127.0.0.1", "-A", "tcp/22", "--key-rijndael", "secret"],
];

Deno.test("knocks are repeated until Ctrl-C, each packet another", async () => {
  // TCP, because a datagram socket of this process would take an unstable flag.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = ["-P", "tcp", "-p", String(listener.addr.port)];
  const [program = "", ...args] = [...KNOCK, ...target, "--repeat-time", "1", "--json"];
  const child = new Deno.Command(program, { args, stdout: "piped", stderr: "null" }).spawn();
  const packets = new Set<string>();
  while (packets.size < 3) {
    packets.add(await new Response((await listener.accept()).readable).text());
  }
  child.kill("SIGINT");
  const { stdout, signal } = await child.output();
  assertEquals(signal, "SIGINT");
  const objects = new TextDecoder().decode(stdout).trim().split("\n").map((line) =>
    JSON.parse(line)
  );
  assert(objects.length >= 3 && objects.every(({ bytes }) => bytes > 100));
});

namespaceTest("knocks are repeated as long as the command runs", {}, async (lab) => {
  const host = await lab.namespace("host");
  const listener = host.spawn(
    [
      Deno.execPath(),
      "eval",
      'const l = Deno.listen({ port: 22 }); console.log("ready"); for await (const c of l) c.close();',
    ],
    { stdin: "null", stdout: "piped" },
  );
  await listener.stdout.getReader().read();
  const receive = `
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 62201 });
    for (let count = 0; count < 2; count++) await socket.receive();
  `;
  // The command ends when two more knocks have come: without them the test would hang.
  const ended = await host.run(
    ...[...KNOCK, "--wait", "--repeat-time", "1", "--", Deno.execPath(), "eval"],
    ...["--unstable-net", receive],
  );
  assertEquals(ended.code, 0, ended.stderr);
  listener.kill("SIGKILL");
  await listener.status;
});

Deno.test("what cannot be repeated is refused", async () => {
  for (const words of [["-D", "127.0.0.2"], ["--test"], ["--repeat-time", "0"]]) {
    const [program = "", ...args] = [...KNOCK, "--repeat", ...words];
    const { code, stdout } = await new Deno.Command(program, { args }).output();
    assertEquals([code, stdout.length], [2, 0], words.join(" "));
  }
});
