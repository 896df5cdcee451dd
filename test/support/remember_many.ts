/**
 * Makes many digests and remembers many packets, and prints the bytes of memory for each: `DIGEST PACKET`.
 *
 * Started with `--v8-flags=--expose-gc`.
 *
 * @module
 */
import { ReplayCache } from "../../lib/server/replay_cache.ts";
import { messageReplayDigest, packetReplayDigest } from "../../lib/spa/replay_digest.ts";

const COUNT = 5000;
const { gc } = globalThis as unknown as { gc(): void };

function remember(cache: ReplayCache, from: number): void {
  for (let number = from; number < from + COUNT; number++) {
    cache.add({
      digest: packetReplayDigest(`packet ${number}`),
      protocol: 17,
      source: `10.0.${number >> 8}.${number & 255}`,
      sourcePort: 40000,
      destination: "10.9.0.2",
      destinationPort: 62201,
      time: 1_700_000_000 + number,
      message: { digest: messageReplayDigest(`message ${number}`), timestamp: 1_700_000_000 },
    });
  }
}

// The first ones include what is allocated once.
const cache = new ReplayCache({ kept: 10 * COUNT });
remember(cache, 0);
gc();
const before = Deno.memoryUsage().heapUsed;
const digests = Array.from({ length: COUNT }, (_, number) => packetReplayDigest(`text ${number}`));
gc();
const between = Deno.memoryUsage().heapUsed;
remember(cache, COUNT);
gc();
const after = Deno.memoryUsage().heapUsed;
console.log(
  [between - before, after - between].map((bytes) => Math.round(bytes / COUNT)).join(" "),
);
if (digests.length !== COUNT || cache.size !== 2 * COUNT) {
  throw new Error(`${cache.size} packets are remembered`);
}
