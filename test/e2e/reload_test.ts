import { assert, assertEquals } from "../assert.ts";
import type { LoggedProcess } from "../support/logged_process.ts";
import { startOurs } from "../support/daemons.ts";
import { SOURCE_PROGRAM } from "../support/first_knock.ts";
import { LoggedProcess as Logged } from "../support/logged_process.ts";
import { type Lab, type Namespace, namespaceTest } from "../support/namespace.ts";
import { seal } from "../support/packet.ts";

const SENDER = new URL("../support/send_udp.ts", import.meta.url).pathname;
const ACCESS = "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\nREQUIRE_SOURCE_ADDRESS Y\n";

async function send(from: Namespace, host: string, text: string): Promise<void> {
  await from.must(
    Deno.execPath(),
    "run",
    "-A",
    "--quiet",
    "--cached-only",
    SENDER,
    host,
    "62201",
    text,
  );
}

/** What of the log came after the call. */
function later(daemon: LoggedProcess): { from: number } {
  return { from: daemon.lines.length };
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fwknop-reload-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A host with itself as the only client. */
async function host(lab: Lab): Promise<Namespace> {
  const namespace = await lab.namespace("server");
  await namespace.must("ip", "link", "set", "lo", "up");
  return namespace;
}

namespaceTest(
  "a reload with a mistake in a file changes nothing: the UDP server goes on, with its memory and its grants",
  {},
  (lab) =>
    withFolder(async (folder) => {
      const server = await host(lab);
      const daemon = await startOurs(server, { folder, accessConf: ACCESS });
      const { packetText } = seal({ message: "192.0.2.44,tcp/22" });
      await send(server, "127.0.0.1", packetText);
      await daemon.line(/Added access rule .* 192\.0\.2\.44/);

      Deno.writeTextFileSync(`${folder}/access.conf`, `${ACCESS}OPEN_PORTS tcp/22-30\n`);
      let since = later(daemon);
      daemon.signal("SIGHUP");
      await daemon.line(/The new configuration has errors/, since);
      since = later(daemon);
      await send(server, "127.0.0.1", packetText);
      await daemon.line(/Replay detected from source IP: 127\.0\.0\.1/, since);
      await send(server, "127.0.0.1", seal({ message: "192.0.2.45,tcp/22" }).packetText);
      await daemon.line(/Added access rule .* 192\.0\.2\.45/, since);

      Deno.writeTextFileSync(`${folder}/access.conf`, `${ACCESS}OPEN_PORTS tcp/80\n`);
      since = later(daemon);
      daemon.signal("SIGHUP");
      await daemon.line(/Re-starting fwknopd/, since);
      since = later(daemon);
      await send(server, "127.0.0.1", seal({ message: "192.0.2.46,tcp/22" }).packetText);
      await daemon.line(/One or more requested protocol\/ports was denied/, since);
      const rules = await server.must("iptables", "-w", "-S", "FWKNOP_INPUT");
      for (const address of ["192.0.2.44", "192.0.2.45"]) assert(rules.includes(address), rules);
      assertEquals((await daemon.stop()).code, 0);
    }),
);

namespaceTest(
  "ENABLE_PCAP_ANY_DIRECTION in the file shows what leaves the interface",
  {},
  (lab) =>
    withFolder(async (folder) => {
      const server = await lab.namespace("server");
      const other = await lab.namespace("other");
      await lab.cable(
        { namespace: server, device: "eth0", addresses: ["10.9.0.1/24"] },
        { namespace: other, device: "eth0", addresses: ["10.9.0.2/24"] },
      );
      const write = (name: string, text: string): string => {
        Deno.writeTextFileSync(`${folder}/${name}`, text, { mode: 0o600 });
        return `${folder}/${name}`;
      };
      const conf = write("f", "PCAP_INTF eth0\nENABLE_PCAP_ANY_DIRECTION Y\n");
      const words = ["serve", "-tf", "-c", conf, "-a", write("a", ACCESS)];
      const daemon = new Logged(
        server.spawn([...SOURCE_PROGRAM, ...words], {
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
          env: { NO_COLOR: "1" },
        }),
      );
      await daemon.line(/Starting fwknopd main event loop/, { seconds: 30 });
      await send(server, "10.9.0.2", seal().packetText);
      await daemon.line(/--test mode enabled/);
      assertEquals((await daemon.stop()).code, 0);
    }),
);
