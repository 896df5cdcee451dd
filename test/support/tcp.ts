/**
 * A TCP service and TCP connections inside namespaces, to test what a firewall really accepts.
 *
 * @module
 */
import { type Namespace, until } from "./namespace.ts";

const SERVICE = `
const [host, port, banner] = Deno.args;
const listener = Deno.listen({ hostname: host, port: Number(port) });
console.log("ready");
for await (const connection of listener) {
  (async () => {
    const greeting = banner.replace("{peer}", connection.remoteAddr.hostname);
    await connection.write(new TextEncoder().encode(greeting + "\\n"));
    await connection.readable.pipeTo(connection.writable);
  })().catch(() => {});
}`;

const SESSION = `
const [host, port, milliseconds] = Deno.args;
// The time is counted here, so a slow start of this program is not taken for a closed port.
const timer = setTimeout(() => Deno.exit(3), Number(milliseconds));
const connection = await Deno.connect({ hostname: host, port: Number(port) });
const decoder = new TextDecoder();
const buffer = new Uint8Array(4096);
const input = new Uint8Array(4096);
const read = async () => {
  const count = await connection.read(buffer);
  if (count === null) Deno.exit(0);
  await Deno.stdout.write(buffer.subarray(0, count));
};
await read();
clearTimeout(timer);
for (;;) {
  const count = await Deno.stdin.read(input);
  if (count === null) Deno.exit(0);
  await connection.write(input.subarray(0, count));
  await read();
}`;

const PROBE = `
const [milliseconds, ...ends] = Deno.args;
const greeting = async (hostname, port) => {
  const connection = await Deno.connect({ hostname, port });
  let text = "";
  for await (const part of connection.readable.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\\n")) return text.slice(0, text.indexOf("\\n"));
  }
  return null;
};
const late = new Promise((resolve) => setTimeout(() => resolve(null), Number(milliseconds)));
const tried = ends.map((end) => {
  const [host, port] = end.split(" ");
  return Promise.race([late, greeting(host, Number(port)).catch(() => null)]);
});
console.log(JSON.stringify(await Promise.all(tried)));
Deno.exit();`;

function deno(namespace: Namespace, code: string, args: readonly string[]): Deno.ChildProcess {
  return namespace.spawn([Deno.execPath(), "eval", "--quiet", code, ...args], {
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    env: { NO_COLOR: "1" },
  });
}

async function readLine(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The stream ended after: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  return text.slice(0, text.indexOf("\n"));
}

async function end(child: Deno.ChildProcess, reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has already ended.
  }
  await child.stdin.close().catch(() => {});
  await reader.cancel().catch(() => {});
  await child.status;
}

/** A service or session that runs until it is stopped. */
export interface RunningService {
  stop(): Promise<void>;
}

/**
 * Listens, greets every connection with `banner` and echoes its input. Resolves when it is listening.
 *
 * @param banner may contain `{peer}`, which is replaced by the address from which the connection seems to come.
 */
export async function echoService(
  namespace: Namespace,
  host: string,
  port: number,
  banner = "hello",
): Promise<RunningService> {
  const child = deno(namespace, SERVICE, [host, String(port), banner]);
  const reader = child.stdout.getReader();
  await readLine(reader);
  return { stop: () => end(child, reader) };
}

/** A connection that stays open. */
export interface Session extends RunningService {
  /** The greeting of the service. */
  readonly banner: string;
  /** Sends a line and returns the echo. */
  say(line: string): Promise<string>;
}

/** Connects and waits for the greeting. Returns `undefined` when no greeting came within `seconds`. */
export async function connect(
  namespace: Namespace,
  host: string,
  port: number,
  seconds = 1,
): Promise<Session | undefined> {
  const milliseconds = String(Math.ceil(seconds * 1000));
  const child = deno(namespace, SESSION, [host, String(port), milliseconds]);
  const reader = child.stdout.getReader();
  let banner: string;
  try {
    banner = await readLine(reader);
  } catch {
    await end(child, reader);
    return undefined;
  }
  const writer = child.stdin.getWriter();
  return {
    banner,
    say: async (line) => {
      await writer.write(new TextEncoder().encode(`${line}\n`));
      return await readLine(reader);
    },
    stop: async () => {
      writer.releaseLock();
      await end(child, reader);
    },
  };
}

/** The greeting of the service at `host:port`, or `undefined` when it cannot be reached. */
export async function reach(
  namespace: Namespace,
  host: string,
  port: number,
  seconds = 1,
): Promise<string | undefined> {
  const session = await connect(namespace, host, port, seconds);
  await session?.stop();
  return session?.banner;
}

/** Same as {@link reach} for several destinations at once, with one program. Returns the answers in order. */
export async function reachEach(
  namespace: Namespace,
  ends: readonly (readonly [host: string, port: number])[],
  seconds = 1,
): Promise<(string | undefined)[]> {
  const words = [String(seconds * 1000), ...ends.map((end) => end.join(" "))];
  const text = await namespace.must(Deno.execPath(), "eval", "--quiet", PROBE, ...words);
  return JSON.parse(text).map((answer: string | null) => answer ?? undefined);
}

/** Waits until the service no longer answers. */
export async function untilClosed(
  namespace: Namespace,
  host: string,
  port: number,
  seconds: number,
): Promise<void> {
  await until(
    `${host}:${port} is closed`,
    async () => await reach(namespace, host, port, 0.5) === undefined,
    seconds,
  );
}
