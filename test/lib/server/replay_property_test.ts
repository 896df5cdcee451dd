import fc from "property-testing";
import { encodeBase64 } from "../../../lib/crypto/base64.ts";
import { digest } from "../../../lib/crypto/digest.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { openReplayFile } from "../../../lib/server/replay_file.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { rotateReplayFile } from "../../../lib/server/rotate_replay.ts";
import { assert } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { HandFedServer } from "../../support/hand_fed_server.ts";

function textDigest(text: string): string {
  return encodeBase64(digest("sha256", textBytes(text)));
}

/** What can happen to a replay cache. */
type MemoryStep =
  | { readonly kind: "knock"; readonly skew: number }
  | { readonly kind: "replay"; readonly which: number; readonly retold: boolean }
  | { readonly kind: "clock"; readonly by: number }
  | { readonly kind: "reload"; readonly window: number; readonly file: "a" | "b" }
  | { readonly kind: "restart" | "rotate" | "kill" | "remove" };

const memorySteps: fc.Arbitrary<readonly MemoryStep[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("knock" as const),
        skew: fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constantFrom(300, 7200)),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("replay" as const),
        which: fc.nat(),
        retold: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("clock" as const),
        by: fc.oneof(fc.integer({ min: -40, max: 60 }), fc.constantFrom(-7200, 7200, 300, -300)),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("reload" as const),
        window: fc.constantFrom(10, 30, 200),
        file: fc.constantFrom("a" as const, "b" as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          "restart" as const,
          "rotate" as const,
          "kill" as const,
          "remove" as const,
        ),
      }),
    },
  ),
  { maxLength: 60, size: "max" },
);

Deno.test("with any changes of the clock, reloads, rotations and restarts, a packet counts once and a new packet always counts", () =>
  withFolder((folder) => {
    const kept = fc.constantFrom(0, 2, undefined);
    fc.assert(
      fc.property(memorySteps, kept, (steps, kept) => {
        for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(`${folder}/${name}`);
        let [now, window, file] = [1_800_000_000, 30, "a"];
        const path = (): string => `${folder}/${file}`;
        const start = (): ReplayCache => {
          const cache = new ReplayCache(kept === undefined ? {} : { kept });
          cache.configure({ window, opened: openReplayFile(path()) }, now);
          return cache;
        };
        let cache = start();
        const packets: { readonly timestamp: number; granted: number }[] = [];
        const arrive = (index: number, text: string): boolean => {
          const packet = packets[index];
          if (packet === undefined || cache.lookup(textDigest(text)) !== undefined) return false;
          const { timestamp } = packet;
          const isNew = cache.add({
            digest: textDigest(text),
            protocol: 17,
            source: "192.0.2.44",
            sourcePort: 53992,
            destination: "198.51.100.7",
            destinationPort: 62201,
            time: now,
            message: { digest: textDigest(`message ${index}`), timestamp },
          });
          if (!isNew || Math.abs(now - timestamp) > window) return false;
          if (!cache.holds(textDigest(text))) return false;
          packet.granted++;
          return true;
        };
        for (const step of steps) {
          switch (step.kind) {
            case "knock": {
              packets.push({ timestamp: now + step.skew, granted: 0 });
              const granted = arrive(packets.length - 1, `text ${packets.length - 1}`);
              const inTime = Math.abs(step.skew) <= window;
              if (kept === undefined) assert(granted === inTime, "a new packet opens");
              break;
            }
            case "replay": {
              const index = packets.length === 0 ? 0 : step.which % packets.length;
              arrive(index, step.retold ? `another text ${index}` : `text ${index}`);
              break;
            }
            case "clock":
              now += step.by;
              break;
            case "reload":
              ({ window, file } = step);
              cache.configure({ window, opened: openReplayFile(path(), cache.store) }, now);
              break;
            case "remove":
              // The server is alive; a reload or the next packet finds the file missing.
              Deno.removeSync(path());
              cache.restore(now);
              break;
            case "rotate":
              cache.close();
              rotateReplayFile(path(), window, now);
              cache = start();
              break;
            case "restart":
              cache.close();
              cache = start();
              break;
            case "kill": {
              // The packet that it was writing was not granted yet.
              const torn = cache.text().slice(0, -1).split("\n").at(-1) ?? "";
              cache.close();
              Deno.writeTextFileSync(path(), torn.slice(0, torn.length / 2), { append: true });
              cache = start();
            }
          }
          assert(packets.every(({ granted }) => granted <= 1), "a packet counted twice");
        }
        cache.close();
      }),
      { numRuns: 120 },
    );
  }));

/** What can happen to a server while it runs. */
const serverStep = fc.oneof(
  { weight: 5, arbitrary: fc.constant("knock" as const) },
  { weight: 8, arbitrary: fc.nat({ max: 20 }) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      "the reload begins",
      "its firewall is ready",
      "it fails early",
      "it fails late",
      "the firewall answers",
      "time goes by",
      "restart",
      "rotate",
    ),
  },
);

Deno.test("packets before, during and after successful and failed reloads open once, with a slow firewall", () =>
  withFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(fc.array(serverStep, { maxLength: 40, size: "max" }), async (steps) => {
        for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(`${folder}/${name}`);
        const bench = new HandFedServer(`${folder}/digest.cache`);
        for (const step of steps) {
          if (step === "knock") bench.knock();
          else if (typeof step === "number") bench.replay(step);
          else if (step === "the reload begins") bench.beginReload();
          else if (step === "its firewall is ready") bench.finishReload();
          else if (step === "it fails early") bench.failEarly();
          else if (step === "it fails late") bench.failLate();
          else if (step === "the firewall answers") await bench.answer();
          else if (step === "time goes by") bench.now += 20;
          else await bench.restart(step === "rotate");
          const counts = Array.from(bench.granted.values());
          assert(counts.every((count) => count <= 1), "a packet opened twice");
          assert(bench.granted.size === bench.sent, "each new packet opens");
        }
        await bench.stop();
      }),
      { numRuns: 60 },
    );
  }));
