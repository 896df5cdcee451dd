import { assert, assertEquals } from "../../assert.ts";
import type { GpgSettings, Stanza } from "../../../lib/config/stanza.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { randomDigits } from "../../../lib/crypto/random.ts";
import { sealGpgPacket } from "../../../lib/gpg/seal.ts";
import { GpgQueue, QUEUE_LIMITS } from "../../../lib/gpg/work_queue.ts";
import type { Refusal } from "../../../lib/server/refusal.ts";
import { PacketProcessor } from "../../../lib/server/packet_processor.ts";
import { ReplayCache } from "../../../lib/server/replay_cache.ts";
import { GpgHome, gpgTest } from "../../support/gpg_home.ts";
import { datagram, seal } from "../../support/packet.ts";
import { aStanza } from "../../support/stanza.ts";

const NOW = 1_800_000_000;
const HMAC = { key: textBytes("hmackey1"), type: "sha256" } as const;

/** One keyring for client and server, and a server that uses it. */
class Bench implements AsyncDisposable {
  /** `step/code` of refusals with the stanzas, `decoded #N` and `act #N`. */
  readonly reported: string[] = [];
  readonly refusals: Refusal[] = [];

  private constructor(readonly home: GpgHome, readonly fingerprint: string) {}

  static async make(): Promise<Bench> {
    const home = await GpgHome.make();
    const fingerprint = await home.generate("both");
    await home.trust(fingerprint);
    return new Bench(home, fingerprint);
  }

  gpg(changes: Partial<GpgSettings> = {}): GpgSettings {
    return {
      homeDirectory: this.home.path,
      requireSignature: true,
      ignoreSignatureErrors: false,
      remoteIds: [],
      fingerprints: [this.fingerprint],
      ...changes,
    };
  }

  /** A stanza for GnuPG only. */
  stanza(changes: Partial<Stanza> = {}): Stanza {
    const { encryptionKey: _, ...stanza } = aStanza({ gpg: this.gpg(), ...changes });
    return stanza;
  }

  stanzaWithoutHmac(): Stanza {
    const { hmac: _, ...stanza } = this.stanza();
    return stanza;
  }

  async packet(hmac: typeof HMAC | "none" = HMAC): Promise<string> {
    const sealed = await sealGpgPacket({
      randomValue: randomDigits(16),
      username: "alice",
      timestamp: NOW,
      version: "3.0.0",
      type: 1,
      message: "192.0.2.44,tcp/22",
    }, {
      homeDirectory: this.home.path,
      policy: "gpg",
      recipient: this.fingerprint,
      signer: this.fingerprint,
      passphrase: new Uint8Array(),
      digestName: "sha256",
      hmac: hmac === "none" ? undefined : hmac,
    });
    if (!sealed.ok) throw new Error(`${sealed.error} ${sealed.detail}`);
    return sealed.value.packetText;
  }

  processor(
    stanzas: readonly Stanza[],
    gpg = new GpgQueue(),
    replay = new ReplayCache({ window: 120 }),
  ): PacketProcessor {
    return new PacketProcessor({
      stanzas,
      policy: {
        maxAge: 120,
        http: undefined,
        nat: { forwarding: false, localNat: false, sourceNat: { enabled: false } },
        destinationRule: false,
        testMode: false,
      },
      replay,
      now: () => NOW,
      observe: (event) => {
        if (event.kind === "decoded") this.reported.push(`decoded #${event.stanza.number}`);
        if (event.kind !== "refused") return;
        const { step, code, stanzas } = event.refusal;
        this.refusals.push(event.refusal);
        this.reported.push(`${step}/${code}${stanzas.map((number) => ` #${number}`).join("")}`);
      },
      act: ({ stanza }) => this.reported.push(`act #${stanza}`),
      gpg,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
  }
}

gpgTest(
  "two copies open once, even if the second arrives while gpg works on the first",
  async () => {
    await using bench = await Bench.make();
    for (const hmac of [HMAC, "none"] as const) {
      const processor = bench.processor([
        hmac === "none" ? bench.stanzaWithoutHmac() : bench.stanza(),
      ]);
      const packet = await bench.packet(hmac);
      bench.reported.length = 0;
      for (const source of ["192.0.2.9", "192.0.2.9", "203.0.113.7"]) {
        processor.process(datagram(packet, source), 1);
      }
      assertEquals(bench.reported, []);
      await processor.settle();
      processor.process(datagram(packet), 4);
      assertEquals(bench.reported, [
        "decoded #1",
        "act #1",
        "seen/duplicate",
        "seen/replay",
        "seen/duplicate",
      ]);
    }
  },
);

gpgTest(
  "a packet that waits for gpg during a reload opens once, before or after the reload",
  async () => {
    await using bench = await Bench.make();
    const packet = await bench.packet();
    const [queue, replay] = [new GpgQueue(), new ReplayCache({ window: 120 })];
    const before = bench.processor([bench.stanza()], queue, replay);
    const after = bench.processor([bench.stanzaWithoutHmac(), bench.stanza()], queue, replay);
    before.process(datagram(packet), 1);
    after.process(datagram(packet, "203.0.113.7"), 2);
    after.process(datagram(packet.slice(0, -43), "203.0.113.7"), 3);
    await queue.settle();
    assertEquals(bench.reported.filter((text) => text.startsWith("act")), ["act #1"]);
    assertEquals(bench.reported.filter((text) => text === "seen/replay").length, 2);
  },
);

gpgTest("an endless stream of packets does not delay the end of a reload", async () => {
  await using bench = await Bench.make();
  const queue = new GpgQueue();
  const stranger = bench.gpg({ fingerprints: ["A".repeat(40)] });
  const before = bench.processor([
    bench.stanza({ number: 1, gpg: stranger }),
    bench.stanza({ number: 2 }),
  ], queue);
  // The packet waits twice: the first stanza does not list its signer.
  before.process(datagram(await bench.packet()), 1);
  let isOver = false;
  const run = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve));
    if (!isOver) flood();
  };
  const flood = (): boolean => queue.add({ authenticated: true, stanza: 3, run });
  flood();
  await before.settle();
  assertEquals(bench.reported.at(-1), "act #2");
  isOver = true;
  await queue.settle();
});

gpgTest("the capture may reuse its buffer while gpg works", async () => {
  await using bench = await Bench.make();
  const processor = bench.processor([bench.stanza()]);
  const captured = datagram(await bench.packet());
  processor.process(captured, 1);
  captured.payload.fill(0);
  await processor.settle();
  assertEquals(bench.reported, ["decoded #1", "act #1"]);
});

gpgTest("a packet with a wrong HMAC never reaches gpg", async () => {
  await using bench = await Bench.make();
  const started: boolean[] = [];
  const queue = new class extends GpgQueue {
    override add(job: Parameters<GpgQueue["add"]>[0]): boolean {
      started.push(job.authenticated);
      return super.add(job);
    }
  }();
  const other = { key: textBytes("another key"), type: "sha256" } as const;
  const processor = bench.processor([bench.stanza({ hmac: other })], queue);
  processor.process(datagram(await bench.packet()), 1);
  processor.process(datagram("A".repeat(800)), 2);
  await processor.settle();
  assertEquals(started, []);
  assertEquals(bench.reported, Array(2).fill("authenticate/hmac-mismatch #1"));
});

gpgTest("symmetric packets do not wait for gpg, and the order of the stanzas holds", async () => {
  await using bench = await Bench.make();
  const processor = bench.processor([
    bench.stanza({ number: 1, gpg: bench.gpg({ fingerprints: ["A".repeat(40)] }) }),
    aStanza({ number: 2 }),
    bench.stanza({ number: 3, requireUsername: "bob" }),
    aStanza({ number: 4, gpg: bench.gpg() }),
  ]);
  processor.process(datagram(await bench.packet()), 1);
  processor.process(datagram(seal({}, { time: NOW }).packetText), 2);
  assertEquals(bench.reported, ["authenticate/no-cipher-match #1", "decoded #2", "act #2"]);
  bench.reported.length = 0;
  await processor.settle();
  assertEquals(bench.reported, [
    "decoded #1",
    "authorize/gpg-signer #1",
    "authenticate/no-cipher-match #2",
    "decoded #3",
    "authorize/wrong-username #3",
    "decoded #4",
    "act #4",
  ]);
});

gpgTest("a signer must be in each list that is set, by ID or by fingerprint", async () => {
  await using bench = await Bench.make();
  const id = bench.fingerprint.slice(-8);
  const cases: [Partial<GpgSettings>, string | undefined][] = [
    [{ remoteIds: [id], fingerprints: [] }, undefined],
    [{ remoteIds: [id.toLowerCase(), "AAAAAAAA"], fingerprints: [] }, undefined],
    [{ remoteIds: ["AAAAAAAA"], fingerprints: [] }, "GPG_REMOTE_ID"],
    [{ remoteIds: ["AAAAAAAA"] }, "GPG_REMOTE_ID"],
    [{ remoteIds: [id], fingerprints: ["A".repeat(40)] }, "GPG_FINGERPRINT_ID"],
    [{ fingerprints: [id] }, "GPG_FINGERPRINT_ID"],
    [{ remoteIds: [bench.fingerprint.slice(-16)], fingerprints: [] }, undefined],
  ];
  for (const [changes, list] of cases) {
    bench.refusals.length = 0;
    const processor = bench.processor([bench.stanza({ gpg: bench.gpg(changes) })]);
    processor.process(datagram(await bench.packet()), 1);
    await processor.settle();
    const [refusal] = bench.refusals;
    const missing = refusal?.code === "gpg-signer" ? refusal.facts.list : refusal?.code;
    assertEquals(missing, list, JSON.stringify(changes));
  }
});

gpgTest("a stanza with both kinds of keys and no HMAC takes both kinds of packets", async () => {
  await using bench = await Bench.make();
  const { hmac: _, ...stanza } = aStanza({ gpg: bench.gpg() });
  const processor = bench.processor([stanza]);
  processor.process(datagram(await bench.packet("none")), 1);
  const services = Array.from({ length: 12 }, (_, index) => `tcp/${10001 + index}`).join();
  const long = { time: NOW, commandStanza: true, hmac: undefined };
  processor.process(datagram(seal({}, { time: NOW, hmac: undefined }).packetText), 2);
  const { packetText } = seal({ message: `192.0.2.44,${services}` }, long);
  processor.process(datagram(packetText), 3);
  await processor.settle();
  assertEquals(bench.reported, Array(3).fill(["decoded #1", "act #1"]).flat());
});

gpgTest(
  "a flood of packets without HMAC starts few programs, and the refusals say so",
  async () => {
    await using bench = await Bench.make();
    const processor = bench.processor([bench.stanzaWithoutHmac(), bench.stanza({ number: 2 })]);
    const good = await bench.packet();
    // A prefix that anyone who knows the server's public key can make; it looks like a packet.
    const head = (await bench.packet("none")).slice(0, 40);
    for (let number = 1; number <= 200; number++) {
      const junk = head + randomDigits(16).repeat(50);
      processor.process(datagram(junk), number);
    }
    const busy = bench.refusals.filter(({ code }) => code === "gpg-busy").length;
    assert(busy >= 200 - QUEUE_LIMITS.burst, `${busy}`);
    bench.reported.length = 0;
    processor.process(datagram(good), 201);
    await processor.settle();
    assert(bench.reported.includes("act #2"));
  },
);
