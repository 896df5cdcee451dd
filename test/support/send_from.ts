/**
 * Sends packets from inside a namespace, without a client.
 *
 * @module
 */
import type { Namespace } from "./namespace.ts";

const SENDER = new URL("./send_udp.ts", import.meta.url).pathname;

/** Sends one UDP packet with that text from the namespace. */
export async function sendUdpFrom(
  namespace: Namespace,
  to: string,
  text: string,
  port = 62201,
): Promise<void> {
  const words = ["run", "--allow-all", "--quiet", "--cached-only", SENDER, to, `${port}`, text];
  await namespace.must(Deno.execPath(), ...words);
}
