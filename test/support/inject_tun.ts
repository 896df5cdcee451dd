/**
 * A program for tests, run inside a namespace: opens the far end of a tun DEVICE and sends a packet, given in
 * hexadecimal, into the host.
 *
 * @module
 */
const C = Deno.dlopen("libc.so.6", {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
}).symbols;

const [device = "", hex = ""] = Deno.args;
const packet = Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const O_RDWR = 2;
const descriptor = C.open(new TextEncoder().encode("/dev/net/tun\0"), O_RDWR);
// struct ifreq { char name[16]; short flags; … }: IFF_TUN | IFF_NO_PI for TUNSETIFF.
const request = new Uint8Array(40);
new TextEncoder().encodeInto(device, request);
new DataView(request.buffer).setUint16(16, 0x1001, true);
if (C.ioctl(descriptor, 0x400454can, request) !== 0) throw new Error(`Cannot take ${device}`);
const sent = C.write(descriptor, packet, BigInt(packet.length));
if (sent !== packet.length) throw new Error(`Cannot send into ${device}`);
