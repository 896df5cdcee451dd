/**
 * `knock --repeat`: packets keep coming until Ctrl-C, or until the command beside it ends.
 */
import { assert, assertEquals } from "../assert.ts";
import { LoggedProcess } from "../support/logged_process.ts";
import { namespaceTest } from "../support/namespace.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const KNOCK = [
  ...[Deno.execPath(), "run", "--allow-all", "--no-prompt", MAIN, "knock", "--no-rc-file"],
  ...["-s", "-D", "127.0.0.1", "-A", "tcp/22", "--key-rijndael", "secret"],
];

Deno.test("--repeat sends a new packet each time until Ctrl-C", async () => {
  // TCP, because a datagram socket in this process needs an unstable flag.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = ["-P", "tcp", "-p", String(listener.addr.port)];
  const [program = "", ...args] = [...KNOCK, ...target, "--repeat-time", "1", "--json"];
  const child = new Deno.Command(program, { args, stdout: "piped", stderr: "null" }).spawn();
  const packets = new Set<string>();
  // The client prints an object after its packet left, so the fourth packet shows that three were printed.
  while (packets.size < 4) {
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

namespaceTest("--repeat knocks as long as the command runs", {}, async (lab) => {
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

namespaceTest(
  "a client whose address changes while it repeats knocks looks it up again, or says that the old one is admitted",
  {},
  async (lab) => {
    const [server, client] = [await lab.namespace("server"), await lab.namespace("client")];
    await lab.cable(
      { namespace: server, device: "eth0", addresses: ["198.51.100.7/24"] },
      { namespace: client, device: "eth0", addresses: ["198.51.100.44/24"] },
    );
    const service = `Deno.serve({ hostname: "198.51.100.7", port: 8000 },
      (_, { remoteAddr }) => new Response(remoteAddr.hostname));`;
    const piped = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
    const resolver = new LoggedProcess(server.spawn([Deno.execPath(), "eval", service], piped));
    await resolver.line(/Listening/i);
    const knock = (...words: string[]) =>
      new LoggedProcess(client.spawn([
        ...[
          Deno.execPath(),
          "run",
          "--allow-all",
          "--no-prompt",
          MAIN,
          "knock",
          "--no-rc-file",
          "-v",
        ],
        ...["-D", "198.51.100.7", "-A", "tcp/22", "--key-rijndael", "secret", "--repeat-time", "1"],
        ...words,
      ], piped));
    const url = ["--resolve-http-only", "--resolve-url", "http://198.51.100.7:8000/"];
    const nat = ["--nat-access", "10.0.0.1", "--nat-rand-port"];
    const [resolving, fixed] = [knock(...url, ...nat), knock("-a", "198.51.100.44")];
    for (const one of [resolving, fixed]) await one.line(/bytes sent: \d/);
    const [, drawn] = /,(tcp\/\d+)$/.exec(await resolving.line(/Message String: /)) ?? [];
    await client.must("ip", "address", "del", "198.51.100.44/24", "dev", "eth0");
    await client.address("eth0", "198.51.100.45/24");
    await resolving.line(/changed to 198\.51\.100\.45: 198\.51\.100\.45 is admitted from now on/);
    // The client keeps the port that the first knock drew, also for the later knocks.
    await resolving.line(new RegExp(`Message String: 198\\.51\\.100\\.45,${drawn}$`));
    const later = await resolving.line(/Message String: /, { from: resolving.lines.length });
    assert(later.endsWith(`198.51.100.45,${drawn}`), `${later}, and not ${drawn}`);
    await fixed.line(/changed to 198\.51\.100\.45, and each knock still admits 198\.51\.100\.44/);
    for (const one of [resolving, fixed, resolver]) await one.stop();
  },
);

Deno.test("the client refuses --repeat for a knock that cannot be repeated", async () => {
  for (const words of [["-D", "127.0.0.2"], ["--test"], ["--repeat-time", "0"]]) {
    const [program = "", ...args] = [...KNOCK, "--repeat", ...words];
    const { code, stdout } = await new Deno.Command(program, { args }).output();
    assertEquals([code, stdout.length], [2, 0], words.join(" "));
  }
});
