/**
 * Runs inside a namespace: sends COUNT packets of junk to `HOST PORT`, RATE a second. Junk is 210 characters of base64: it
 * passes every check before the HMAC. With a fourth word, the packets come from that address. Prints how many were sent in how many seconds.
 *
 * @module
 */

const AF_INET = 2;
const SOCK_DGRAM = 2;
const LENGTH = 210;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const KINDS = 512;

const C = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  usleep: { parameters: ["u32"], result: "i32" },
}).symbols;

const [host = "", port = "", rate = "", count = "", from = "0.0.0.0"] = Deno.args;
const socket = C.socket(AF_INET, SOCK_DGRAM, 0);
if (C.bind(socket, socketAddress(from, 0), 16) !== 0) throw new Error(`Cannot use ${from}`);
if (C.connect(socket, socketAddress(host, Number(port)), 16) !== 0) {
  throw new Error(`Cannot reach ${host}`);
}

/** `struct sockaddr_in`. */
function socketAddress(host: string, port: number): ArrayBuffer {
  const address = new DataView(new ArrayBuffer(16));
  address.setUint16(0, AF_INET, true);
  address.setUint16(2, port);
  host.split(".").forEach((part, index) => address.setUint8(4 + index, Number(part)));
  return address.buffer;
}

const junk = Array.from({ length: KINDS }, () => {
  const random = crypto.getRandomValues(new Uint8Array(LENGTH));
  return random.map((byte) => ALPHABET.charCodeAt(byte & 63));
});
const begin = performance.now();
const seconds = (): number => (performance.now() - begin) / 1000;
let sent = 0;
while (sent < Number(count)) {
  const due = Math.min(Number(count), Math.floor(seconds() * Number(rate)));
  for (; sent < due; sent++) {
    const packet = junk[sent % KINDS] ?? new Uint8Array();
    // Where no socket listens the kernel answers, and the next send fails.
    if (C.send(socket, packet, LENGTH, 0) < 0) C.send(socket, packet, LENGTH, 0);
  }
  C.usleep(500);
}
console.log(`${sent} ${seconds().toFixed(3)}`);
