import assert from "node:assert/strict";
import * as fc from "property-testing";
import { parseLinkStates } from "../../../lib/capture/link_state.ts";
import { bytes } from "../../support/frames.ts";

/** A netlink message about an interface, in the layout of rtnetlink(7). */
function message(type: number, index: number, flags: number, name: string): Uint8Array {
  const text = new TextEncoder().encode(name + "\0");
  const attribute = new Uint8Array((4 + text.length + 3) & ~3);
  new Uint16Array(attribute.buffer, 0, 2).set([4 + text.length, 3]);
  attribute.set(text, 4);
  const view = new DataView(new ArrayBuffer(32));
  view.setUint32(0, 32 + attribute.length, true);
  view.setUint16(4, type, true);
  view.setInt32(20, index, true);
  view.setUint32(24, flags, true);
  return bytes(new Uint8Array(view.buffer), attribute);
}

Deno.test("interfaces that are up, down or gone are reported, several in one batch", () => {
  const batch = bytes(
    message(16, 7, 0x1043, "eth0"),
    message(16, 8, 2, "ppp0"),
    message(17, 7, 1, "eth0"),
  );
  assert.deepEqual(parseLinkStates(batch), [
    { device: "eth0", index: 7, isUp: true },
    { device: "ppp0", index: 8, isUp: false },
    { device: "eth0", index: 7, isUp: false },
  ]);
});

Deno.test("other messages are skipped, and any bytes have a result", () => {
  assert.deepEqual(parseLinkStates(message(20, 7, 1, "eth0")), []);
  const cut = fc.tuple(fc.nat(80), fc.nat(79), fc.nat(255)).map(([length, index, value]) => {
    const batch = bytes(message(16, 7, 1, "eth0"), message(17, 7, 1, "eth0"));
    batch[index] = value;
    return batch.subarray(0, length);
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), cut), (batch) => {
      for (const { device } of parseLinkStates(batch)) assert.notEqual(device, "");
    }),
    { numRuns: 2000 },
  );
});
