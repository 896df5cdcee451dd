import assert from "node:assert/strict";
import { copyDatagram, type Datagram } from "../../../lib/capture/datagram.ts";
import { PcapFile } from "../../../lib/capture/pcap_file.ts";
import { HintedError } from "../../../lib/errors/hinted_error.ts";
import { loadPcap } from "../../../ffi/pcap.ts";
import { ethernet, ipv4, ipv6, tagged, udp } from "../../support/frames.ts";
import { pcapBytes } from "../../support/pcap_bytes.ts";

// Loaded outside a test: inside one, Deno 2.4 would report it as a leak.
loadPcap();

async function withFile(content: Uint8Array, body: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "fwknop-pcap-" });
  try {
    await Deno.writeFile(path, content);
    await body(path);
  } finally {
    await Deno.remove(path);
  }
}

const packet = (text: string) => udp(40000, 62201, new TextEncoder().encode(text));

Deno.test("every packet of a file is delivered in order with its time, then the run ends", () => {
  const frames = [
    ethernet(0x0800, ipv4(17, packet("one"))),
    ethernet(0x0806, new Uint8Array(28)),
    ethernet(0x8100, tagged(3, 0x86dd, ipv6(17, packet("two")))),
  ];
  return withFile(pcapBytes(1, frames), async (path) => {
    const file = new PcapFile(path, "");
    const seen: [string, number][] = [];
    await file.run(({ payload }) => {
      seen.push([new TextDecoder().decode(payload), file.packetTime]);
    });
    assert.deepEqual(seen, [["one", 1_700_000_000.5], ["two", 1_700_000_002.5]]);
    assert.deepEqual(file.statistics(), { received: 2, dropped: 0, refused: 1 });
  });
});

Deno.test("the filter applies to files, and a long file lets other work run", () => {
  const frames = Array.from(
    { length: 2000 },
    (_, index) => ethernet(0x0800, ipv4(17, udp(1, 62201 + index % 2, Uint8Array.of(index)))),
  );
  return withFile(pcapBytes(1, frames), async (path) => {
    const file = new PcapFile(path, "udp port 62201");
    const seen: Datagram[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await file.run((datagram) => seen.push(copyDatagram(datagram)));
    clearInterval(timer);
    assert.equal(seen.length, 1000);
    assert.ok(seen.every(({ destinationPort }) => destinationPort === 62201));
    assert.ok(turns > 0);
  });
});

Deno.test("a close during a packet ends the run after that packet", () =>
  withFile(pcapBytes(101, [ipv4(17, packet("one")), ipv4(17, packet("two"))]), async (path) => {
    const file = new PcapFile(path, "");
    let count = 0;
    await file.run(() => {
      count++;
      file.close();
    });
    assert.equal(count, 1);
  }));

Deno.test("a file that is not a capture, is cut off, or has foreign frames is reported in one line", async () => {
  const message = (pattern: RegExp) => (error: unknown) =>
    error instanceof HintedError && pattern.test(error.message);
  assert.throws(() => new PcapFile("/nonexistent", ""), message(/No such file or directory/));
  await withFile(new TextEncoder().encode("no capture at all, long enough"), (path) => {
    assert.throws(
      () => new PcapFile(path, ""),
      message(/^\[\*\] pcap_open_offline\(\) error: unknown file format$/),
    );
    return Promise.resolve();
  });
  await withFile(pcapBytes(105, []), (path) => {
    assert.throws(() => new PcapFile(path, ""), message(/link type 105/));
    return Promise.resolve();
  });
  const whole = pcapBytes(1, [ethernet(0x0800, ipv4(17, packet("one")))]);
  await withFile(whole.subarray(0, whole.length - 5), async (path) => {
    await assert.rejects(new PcapFile(path, "").run(() => {}), message(/truncated/));
  });
});
