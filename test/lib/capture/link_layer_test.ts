import assert from "node:assert/strict";
import * as fc from "property-testing";
import { ipOffset, isKnownLinkType, LinkType } from "../../../lib/capture/link_layer.ts";
import { bytes, ethernet, ipv4, ipv6, tagged, udp, word } from "../../support/frames.ts";

const four = ipv4(17, udp(40000, 62201, new TextEncoder().encode("payload")));
const six = ipv6(17, udp(40000, 62201, new TextEncoder().encode("payload")));

/** Checks that the frame's IP packet is found where `packet` is. */
function finds(linkType: number, frame: Uint8Array, packet: Uint8Array): void {
  const offset = ipOffset(linkType, frame);
  assert.ok(offset !== undefined, "an IP packet is found");
  assert.deepEqual(frame.subarray(offset, offset + packet.length), packet);
}

Deno.test("Ethernet is decoded, plain and with one to four VLAN tags", () => {
  const { ethernet: link } = LinkType;
  finds(link, ethernet(0x0800, four), four);
  finds(link, ethernet(0x86dd, six), six);
  finds(link, ethernet(0x8100, tagged(10, 0x0800, four)), four);
  finds(link, ethernet(0x88a8, tagged(10, 0x8100, tagged(20, 0x86dd, six))), six);
  const deep = tagged(1, 0x8100, tagged(2, 0x8100, tagged(3, 0x8100, tagged(4, 0x0800, four))));
  finds(link, ethernet(0x9100, deep), four);
  assert.equal(ipOffset(link, ethernet(0x8100, tagged(0, 0x8100, deep))), undefined);
});

Deno.test("802.3 with LLC/SNAP is decoded as Ethernet; other LLC frames are not IP", () => {
  const snap = bytes(0xaa, 0xaa, 3, 0, 0, 0, word(0x0800), four);
  finds(LinkType.ethernet, ethernet(snap.length, snap), four);
  const cisco = bytes(0xaa, 0xaa, 3, 0, 0, 0x0c, word(0x0800), four);
  assert.equal(ipOffset(LinkType.ethernet, ethernet(cisco.length, cisco)), undefined);
  assert.equal(ipOffset(LinkType.ethernet, ethernet(4, bytes(0x42, 0x42, 3, four))), undefined);
});

Deno.test("PPPoE is decoded, in Ethernet and as a link type", () => {
  const session = bytes(0x11, 0, word(77), word(2 + four.length), word(0x0021), four);
  finds(LinkType.ethernet, ethernet(0x8864, session), four);
  finds(LinkType.ethernet, ethernet(0x8100, tagged(7, 0x8864, session)), four);
  finds(LinkType.pppEthernet, session, four);
  const sixth = bytes(0x11, 0, word(77), word(2 + six.length), word(0x0057), six);
  finds(LinkType.pppEthernet, sixth, six);
  const discovery = bytes(0x11, 9, word(0), word(0), four);
  assert.equal(ipOffset(LinkType.pppEthernet, discovery), undefined);
});

Deno.test("PPP is decoded with and without its framing, and with a short protocol", () => {
  for (const link of [LinkType.ppp, LinkType.pppSerial]) {
    finds(link, bytes(0xff, 3, word(0x0021), four), four);
    finds(link, bytes(word(0x0021), four), four);
    finds(link, bytes(0x21, four), four);
    finds(link, bytes(0xff, 3, 0x57, six), six);
    assert.equal(ipOffset(link, bytes(0xff, 3, word(0xc021), four)), undefined);
  }
  finds(LinkType.pppWithDirection, bytes(0, 3, word(0x0021), four), four);
});

Deno.test("both versions of Linux cooked are decoded, also with tags", () => {
  const cooked = (type: number, rest: Uint8Array) => bytes(new Uint8Array(14), word(type), rest);
  finds(LinkType.linuxCooked, cooked(0x0800, four), four);
  finds(LinkType.linuxCooked, cooked(0x8100, tagged(9, 0x86dd, six)), six);
  const cooked2 = (type: number, rest: Uint8Array) => bytes(word(type), new Uint8Array(18), rest);
  finds(LinkType.linuxCookedV2, cooked2(0x86dd, six), six);
  finds(LinkType.linuxCookedV2, cooked2(0x8100, tagged(9, 0x0800, four)), four);
  assert.equal(ipOffset(LinkType.linuxCooked, cooked(0x0806, four)), undefined);
});

Deno.test("raw IP and loopback are decoded for any address and any capturing host", () => {
  const odd = ipv4(17, udp(1, 2, four), { from: "129.0.8.0" });
  for (const link of [LinkType.raw, LinkType.rawOpenBsd, LinkType.rawInFile, LinkType.ipv4]) {
    finds(link, odd, odd);
  }
  finds(LinkType.raw, six, six);
  for (const family of [[2, 0, 0, 0], [0, 0, 0, 2]]) {
    finds(LinkType.null, bytes(...family, four), four);
    finds(LinkType.loop, bytes(...family, four), four);
  }
  finds(LinkType.null, bytes(30, 0, 0, 0, six), six);
});

Deno.test("a type and a version that disagree are refused", () => {
  assert.equal(ipOffset(LinkType.ethernet, ethernet(0x0800, six)), undefined);
  assert.equal(ipOffset(LinkType.ethernet, ethernet(0x86dd, four)), undefined);
  assert.equal(ipOffset(LinkType.ethernet, ethernet(0x0806, four)), undefined);
});

Deno.test("any bytes of any link type have a result, and an offset is within them", () => {
  const link = fc.oneof(fc.constantFrom(...Object.values(LinkType)), fc.nat(400));
  fc.assert(
    fc.property(link, fc.uint8Array({ maxLength: 80 }), (link, frame) => {
      const offset = ipOffset(link, frame);
      if (offset !== undefined) assert.ok(offset < frame.length);
      if (!isKnownLinkType(link)) assert.equal(offset, undefined);
    }),
    { numRuns: 3000 },
  );
});
