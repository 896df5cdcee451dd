/**
 * A program for tests: captures packets on the wire like an attacker, and prints the payload of every UDP datagram to
 * one port in base64, one per line. Run it inside the namespace whose wire it captures (Linux, root).
 *
 * @module
 */
import { Buffer } from "node:buffer";

const AF_PACKET = 17;
const SOCK_DGRAM = 2;
/** `htons(ETH_P_IP)`. */
const ETH_P_IP = 0x0008;
const UDP = 17;

const port = Number(Deno.args[0]);
const C = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize", nonblocking: true },
}).symbols;

const socket = C.socket(AF_PACKET, SOCK_DGRAM, ETH_P_IP);
if (socket < 0) throw new Error("A packet socket cannot be opened: it needs root");
console.log("ready");

const packet = new Uint8Array(2048);
const view = new DataView(packet.buffer);
for (;;) {
  const length = Number(await C.recv(socket, packet, BigInt(packet.length), 0));
  const transport = ((packet[0] ?? 0) & 0x0f) * 4;
  if (packet[9] !== UDP || view.getUint16(transport + 2) !== port) continue;
  console.log(Buffer.from(packet.subarray(transport + 8, length)).toString("base64"));
}
