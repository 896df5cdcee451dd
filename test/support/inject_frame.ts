/**
 * A program for tests, run inside a namespace: sends a frame, given in hexadecimal, out of DEVICE unchanged.
 *
 * @module
 */
import { LINUX_ONLY } from "../../ffi/platform.ts";
import { closeDescriptor, sockets } from "../../ffi/readiness.ts";

const C = Deno.dlopen("libc.so.6", {
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
}).symbols;

const [device = "", hex = ""] = Deno.args;
const frame = Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const descriptor = sockets().socket(LINUX_ONLY.AF_PACKET, LINUX_ONLY.SOCK_RAW, 0);
// struct sockaddr_ll { u16 family; u16 protocol; i32 ifindex; … }, 20 bytes.
const address = new DataView(new ArrayBuffer(20));
address.setUint16(0, LINUX_ONLY.AF_PACKET, true);
address.setInt32(4, C.if_nametoindex(new TextEncoder().encode(device + "\0")), true);
const to = new Uint8Array(address.buffer);
const sent = C.sendto(descriptor, frame, BigInt(frame.length), 0, to, to.length);
closeDescriptor(descriptor);
if (sent !== frame.length) throw new Error(`Cannot send on ${device}`);
