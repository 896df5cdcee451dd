/**
 * Runs inside a namespace: sends each line of standard input as one UDP packet to `HOST PORT`.
 *
 * @module
 */
import { lineReader } from "../test/support/line_reader.ts";
import { UdpSender } from "../test/support/udp_sender.ts";

const [host = "", port = ""] = Deno.args;
using sender = new UdpSender(4);
const next = lineReader(Deno.stdin.readable);
for (let line = await next(); line !== undefined; line = await next()) {
  try {
    sender.send(host, Number(port), new TextEncoder().encode(line));
  } catch {
    // The interface is away at this moment.
  }
}
