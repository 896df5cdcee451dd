import assert from "node:assert/strict";
import * as fc from "property-testing";
import type { Datagram } from "../../../lib/capture/datagram.ts";
import { parseIpPacket } from "../../../lib/capture/ip_packet.ts";
import { bytes, ipv4, ipv6, tcp, udp, word } from "../../support/frames.ts";

const payload = new TextEncoder().encode("payload");

function parsed(packet: Uint8Array): Datagram {
  const result = parseIpPacket(packet);
  assert.ok(typeof result !== "string", `refused: ${result}`);
  return result;
}

Deno.test("UDP over IPv4 is decoded, with and without IP options", () => {
  // Four words of options make IHL 9, which the C daemon's mask turns into 1.
  for (
    const options of [new Uint8Array(0), new Uint8Array(4).fill(1), new Uint8Array(16).fill(1)]
  ) {
    const datagram = parsed(ipv4(17, udp(40000, 62201, payload), { options }));
    assert.equal(datagram.protocol, 17);
    assert.equal(datagram.source.text, "192.0.2.44");
    assert.equal(datagram.sourcePort, 40000);
    assert.equal(datagram.destination.text, "198.51.100.7");
    assert.equal(datagram.destinationPort, 62201);
    assert.deepEqual(datagram.payload, payload);
  }
});

Deno.test("addresses with the bytes of EtherTypes are read as addresses", () => {
  for (const from of ["1.2.3.4", "5.220.255.255", "8.0.1.1", "129.0.3.4", "170.170.3.4"]) {
    assert.equal(parsed(ipv4(17, udp(1, 2, payload), { from })).source.text, from);
  }
});

Deno.test("TCP data after options, and ICMP data without ports, are decoded", () => {
  const options = new Uint8Array(12).fill(1);
  const stream = parsed(ipv4(6, tcp(40000, 443, payload, options)));
  assert.deepEqual([stream.protocol, stream.sourcePort, stream.destinationPort], [6, 40000, 443]);
  assert.deepEqual(stream.payload, payload);
  const echo = parsed(ipv4(1, bytes(8, 0, 0, 0, 0, 1, 0, 1, payload)));
  assert.deepEqual([echo.protocol, echo.sourcePort, echo.destinationPort], [1, 0, 0]);
  assert.deepEqual(echo.payload, payload);
});

Deno.test("UDP over IPv6 is decoded, also after a chain of extension headers", () => {
  const segment = udp(40000, 62201, payload);
  const destinationOptions = bytes(17, 0, new Uint8Array(6));
  const authentication = bytes(60, 4, new Uint8Array(22));
  const routing = bytes(51, 2, new Uint8Array(22));
  const hopByHop = bytes(43, 0, new Uint8Array(6));
  const chain = bytes(hopByHop, routing, authentication, destinationOptions, segment);
  for (const packet of [ipv6(17, segment), ipv6(0, chain)]) {
    const datagram = parsed(packet);
    assert.equal(datagram.source.text, "2001:db8::44");
    assert.equal(datagram.destination.text, "2001:db8::7");
    assert.equal(datagram.destinationPort, 62201);
    assert.deepEqual(datagram.payload, payload);
  }
});

Deno.test("ICMPv6 data is decoded", () => {
  assert.deepEqual(parsed(ipv6(58, bytes(128, 0, 0, 0, 0, 1, 0, 1, payload))).payload, payload);
});

Deno.test("padding after the packet is not payload, and UDP's own length counts", () => {
  assert.deepEqual(parsed(bytes(ipv4(17, udp(1, 2, payload)), 0, 0, 0)).payload, payload);
  assert.deepEqual(parsed(ipv4(17, bytes(udp(1, 2, payload), 7, 7))).payload, payload);
});

Deno.test("first and later fragments are refused, in both versions", () => {
  const segment = udp(1, 2, payload);
  for (const fragment of [0x2000, 0x0001, 0x2001, 0x1fff]) {
    assert.equal(parseIpPacket(ipv4(17, segment, { fragment })), "fragment");
  }
  parsed(ipv4(17, segment, { fragment: 0x4000 }));
  assert.equal(parseIpPacket(ipv6(44, bytes(17, new Uint8Array(7), segment))), "fragment");
});

Deno.test("lengths that contradict each other are refused", () => {
  const segment = udp(1, 2, payload);
  assert.equal(parseIpPacket(ipv4(17, segment, { length: 19 })), "malformed");
  assert.equal(parseIpPacket(ipv4(17, segment, { length: 500 })), "cut");
  assert.equal(parseIpPacket(ipv4(17, segment, { length: 27 })), "malformed");
  assert.equal(parseIpPacket(ipv6(17, segment, { length: 500 })), "cut");
  assert.equal(parseIpPacket(ipv6(17, segment, { length: 7 })), "malformed");
  assert.equal(parseIpPacket(ipv6(0, bytes(17, 255, segment))), "malformed");
  const wrong = segment.slice();
  wrong.set(word(7), 4);
  assert.equal(parseIpPacket(ipv4(17, wrong)), "malformed");
  wrong.set(word(100), 4);
  assert.equal(parseIpPacket(ipv4(17, wrong)), "malformed");
  const stream = tcp(1, 2, new Uint8Array(0));
  stream[12] = 0x40;
  assert.equal(parseIpPacket(ipv4(6, stream)), "malformed");
  stream[12] = 0x60;
  assert.equal(parseIpPacket(ipv4(6, stream)), "malformed");
  assert.equal(parseIpPacket(ipv4(1, new Uint8Array(7))), "malformed");
});

Deno.test("other protocols, endless chains and IPv4-mapped addresses are refused", () => {
  assert.equal(parseIpPacket(ipv4(47, payload)), "protocol");
  assert.equal(parseIpPacket(ipv6(50, payload)), "protocol");
  assert.equal(parseIpPacket(ipv6(59, payload)), "protocol");
  const link = bytes(60, 0, new Uint8Array(6));
  const chain = bytes(...new Array<Uint8Array>(12).fill(link));
  assert.equal(parseIpPacket(ipv6(60, chain)), "malformed");
  const disguised = ipv6(17, udp(1, 2, payload));
  disguised.fill(0, 8, 18).fill(0xff, 18, 20);
  assert.equal(parseIpPacket(disguised), "malformed");
});

Deno.test("any bytes have a result, and a payload is within the packet", () => {
  const packet = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    // Bytes that pass the first check.
    fc.tuple(fc.constantFrom(0x45, 0x46, 0x4f, 0x60), fc.uint8Array({ maxLength: 120 }))
      .map(([first, rest]) => bytes(first, rest)),
    fc.tuple(
      fc.constantFrom(ipv4(17, udp(1, 2, payload)), ipv6(0, bytes(17, 0, new Uint8Array(14)))),
      fc.nat(60),
      fc.nat(255),
    ).map(([packet, index, value]) => {
      const changed = packet.slice();
      changed[index] = value;
      return changed;
    }),
  );
  fc.assert(
    fc.property(packet, (bytes) => {
      const result = parseIpPacket(bytes);
      if (typeof result === "string") return;
      assert.ok(result.source.text !== "" && result.destination.text !== "");
      const end = result.payload.byteOffset + result.payload.length;
      assert.ok(end <= bytes.byteOffset + bytes.length);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a packet decodes to the values from which it was built", () => {
  const port = fc.nat(65535);
  const data = fc.uint8Array({ maxLength: 1500 });
  fc.assert(
    fc.property(port, port, data, fc.boolean(), fc.nat(10), (from, to, data, six, words) => {
      const segment = udp(from, to, data);
      const options = new Uint8Array(words * 4).fill(1);
      const datagram = parsed(six ? ipv6(17, segment) : ipv4(17, segment, { options }));
      assert.deepEqual([datagram.sourcePort, datagram.destinationPort], [from, to]);
      assert.deepEqual(datagram.payload, data);
    }),
    { numRuns: 300 },
  );
});
