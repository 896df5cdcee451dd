/**
 * Runs inside a namespace and measures the time from a sent packet to a rule in the kernel. The kernel announces
 * every new nftables rule on a netlink group. Where iptables is the nft variant, its rules are such rules; with
 * nftables the rule is an element of a set. The script does not poll.
 *
 * Reads a packet in base64 per line on standard input, sends it to `HOST PORT`, and prints the milliseconds until the
 * rule existed, or `lost` after three seconds.
 *
 * @module
 */
import { Buffer } from "node:buffer";

const AF_INET = 2;
const SOCK_DGRAM = 2;
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_NETFILTER = 12;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
/** `NFNLGRP_NFTABLES` is group 7; the address takes a mask of the first 32. */
const NFTABLES_GROUPS = 1 << 6;
/** `NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE`, and `NFT_MSG_NEWSETELEM`: where a set holds the grants. */
const NEW_RULE = 10 << 8 | 6;
const NEW_ELEMENT = 10 << 8 | 12;
const MESSAGE_HEADER = 16;

const LIMIT_SECONDS = 3;

const C = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
}).symbols;

function must(result: number, what: string): number {
  if (result < 0) throw new Error(`${what} failed`);
  return result;
}

/** A netlink socket that receives every change of nftables, and stops waiting after the limit. */
function openRuleSocket(): number {
  const socket = must(C.socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER), "netlink socket");
  const address = new DataView(new ArrayBuffer(12));
  address.setUint16(0, AF_NETLINK, true);
  address.setUint32(8, NFTABLES_GROUPS, true);
  must(C.bind(socket, address.buffer, 12), "netlink bind");
  const limit = new BigInt64Array([BigInt(LIMIT_SECONDS), 0n]);
  must(C.setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, limit.buffer, 16), "SO_RCVTIMEO");
  return socket;
}

/** A UDP socket that sends to one address. */
function openSender(host: string, port: number): number {
  const socket = must(C.socket(AF_INET, SOCK_DGRAM, 0), "UDP socket");
  const address = new DataView(new ArrayBuffer(16));
  address.setUint16(0, AF_INET, true);
  address.setUint16(2, port);
  host.split(".").forEach((part, index) => address.setUint8(4 + index, Number(part)));
  must(C.connect(socket, address.buffer, 16), "UDP connect");
  return socket;
}

/** Whether a datagram of the kernel reports a new rule, or a new element of a set. */
function tellsNewRule(view: DataView, length: number): boolean {
  for (let at = 0; at + MESSAGE_HEADER <= length;) {
    const size = view.getUint32(at, true);
    const type = view.getUint16(at + 4, true);
    if (type === NEW_RULE || type === NEW_ELEMENT) return true;
    if (size < MESSAGE_HEADER) return false;
    at += (size + 3) & ~3;
  }
  return false;
}

const [host = "", port = ""] = Deno.args;
const rules = openRuleSocket();
const sender = openSender(host, Number(port));
const buffer = new Uint8Array(65536);
const view = new DataView(buffer.buffer);

function measure(packet: Uint8Array<ArrayBuffer>): string {
  const begin = performance.now();
  // Where packets are sniffed no socket has the port: this send reports the kernel's answer to the packet before.
  if (C.send(sender, packet, BigInt(packet.length), 0) < 0) {
    C.send(sender, packet, BigInt(packet.length), 0);
  }
  while (performance.now() - begin < LIMIT_SECONDS * 1000) {
    const length = Number(C.recv(rules, buffer, BigInt(buffer.length), 0));
    if (length < 0) break;
    if (tellsNewRule(view, length)) return (performance.now() - begin).toFixed(3);
  }
  return "lost";
}

console.log("ready");
let text = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  text += chunk;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
    console.log(measure(Uint8Array.from(Buffer.from(text.slice(0, end), "base64"))));
    text = text.slice(end + 1);
  }
}
