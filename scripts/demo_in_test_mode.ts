/**
 * The demonstration without root: the daemon in test mode on the loopback interface, where it decides everything and
 * changes nothing.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { LoggedProcess } from "../test/support/logged_process.ts";
import type { Narrator } from "./narrator.ts";
import { mustRun } from "./process.ts";

const HOST = "127.0.0.1";

/** A UDP socket on a free port of the loopback interface. */
async function socketOnLoopback(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, HOST);
  await once(socket, "listening");
  return socket;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const socket = await socketOnLoopback();
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

/** What the daemon logs on SIGPROF. */
const COUNTERS = /^Packets: \d+ received/;

/** Waits for a line, and then for the other lines about the same packet: the daemon logs in order. */
async function said(daemon: LoggedProcess, line: RegExp): Promise<void> {
  await daemon.line(line);
  const from = daemon.lines.length;
  daemon.signal("SIGPROF");
  await daemon.line(COUNTERS, { from });
}

/** Runs the demonstration; `atEnd` registers a clean-up step that always runs. */
export async function demoInTestMode(
  folder: string,
  program: readonly string[],
  narrator: Narrator,
  atEnd: (clean: () => unknown) => void,
): Promise<void> {
  const [first = "", ...rest] = program;
  const fwknop = (...words: string[]): Promise<string> => mustRun(first, [...rest, ...words]);

  narrator.step("Keys for both ends");
  narrator.typed("you", "fwknop keygen");
  const keys = await fwknop("keygen");
  narrator.said(keys.replace(/(: .{8}).*/g, "$1..."));
  const keyLines = keys.trim().split("\n").map((line) => line.replace(":", ""));

  const port = await freePort();
  const write = (name: string, lines: readonly string[]): void =>
    Deno.writeTextFileSync(`${folder}/${name}`, `${lines.join("\n")}\n`, { mode: 0o600 });
  write("fwknopd.conf", [
    "ENABLE_UDP_SERVER Y",
    `UDPSERV_PORT ${port}`,
    `FWKNOP_RUN_DIR ${folder}/run`,
  ]);
  write("access.conf", [
    "SOURCE ANY",
    "OPEN_PORTS tcp/22",
    "REQUIRE_SOURCE_ADDRESS Y",
    ...keyLines,
  ]);
  const wire = await socketOnLoopback();
  atEnd(() => wire.close());
  write("fwknoprc", [
    "[server]",
    `SPA_SERVER ${HOST}`,
    `SPA_SERVER_PORT ${wire.address().port}`,
    "ALLOW_IP 192.0.2.44",
    "ACCESS tcp/22",
    "USE_HMAC Y",
    ...keyLines,
  ]);

  narrator.step("The server in test mode: it decides everything and changes nothing");
  narrator.typed("server", "fwknop serve -t -f -c fwknopd.conf -a access.conf");
  const files = ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
  const daemon = new LoggedProcess(
    new Deno.Command(first, {
      args: [...rest, "serve", "-t", "-f", ...files],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  atEnd(() => daemon.stop());
  daemon.onLine = (line) => {
    if (!COUNTERS.test(line)) narrator.said(line);
  };
  await daemon.line(/listen on port/, { seconds: 20 });

  narrator.step("The client knocks: one encrypted, authenticated UDP packet");
  narrator.typed("client", "fwknop knock -n server");
  const heard = once(wire, "message") as Promise<[Buffer]>;
  await fwknop("knock", "--rc-file", `${folder}/fwknoprc`, "-n", "server");
  const [packet] = await heard;
  wire.send(packet, port, HOST);
  await said(daemon, /skipping firewall manipulation/);
  narrator.seen("Authenticated and decided; outside test mode 192.0.2.44 could now reach tcp/22.");

  narrator.step("An eavesdropper sends the same packet again");
  const eavesdropper = await socketOnLoopback();
  atEnd(() => eavesdropper.close());
  eavesdropper.send(packet, port, HOST);
  await said(daemon, /Replay detected/);
  narrator.seen("Refused.");

  narrator.step("An attacker changes one character of the packet");
  const forged = Buffer.from(packet);
  forged[20] = forged[20] === 0x41 ? 0x42 : 0x41;
  wire.send(forged, port, HOST);
  await said(daemon, /HMAC/);
  narrator.seen("Refused by the HMAC, before anything was decrypted.");

  daemon.onLine = () => {};
}
