/**
 * Mutated packets against the real processor: nothing throws, and only the packet itself is granted, once.
 *
 * @module
 */
import { assert, assertEquals } from "../assert.ts";
import type { Datagram } from "../../lib/capture/datagram.ts";
import type { Stanza } from "../../lib/config/stanza.ts";
import { textBytes } from "../../lib/crypto/bytes.ts";
import { PacketProcessor } from "../../lib/server/packet_processor.ts";
import { MAX_KINDS, RepeatFilter } from "../../lib/server/repeat_filter.ts";
import { ReplayCache } from "../../lib/server/replay_cache.ts";
import { encodeHttpRequest } from "../../lib/spa/http.ts";
import type { SpaMessage } from "../../lib/spa/message.ts";
import { datagram, seal, type SealChanges } from "../support/packet.ts";
import { aStanza, NO_NAT } from "../support/stanza.ts";
import { mutate, type Random } from "./random.ts";

const NOW = 1_800_000_000;
const MUTANTS = 12;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const { hmac: _, ...withoutHmac } = aStanza({ number: 3, encryptionKey: textBytes("third key") });
const STANZAS: readonly Stanza[] = [
  aStanza(),
  aStanza({
    number: 2,
    encryptionKey: textBytes("second key"),
    encryptionMode: "ctr",
    hmac: { key: textBytes("hmac of the second"), type: "md5" },
  }),
  withoutHmac,
];

/** How to seal a packet for each stanza. */
const SEALS: readonly SealChanges[] = [
  {},
  {
    encryptionKey: textBytes("second key"),
    mode: "ctr",
    hmac: { key: textBytes("hmac of the second"), type: "md5" },
    digestName: "sha3_512",
  },
  { encryptionKey: textBytes("third key"), hmac: undefined, digestName: "md5" },
];

const MESSAGES: readonly Partial<SpaMessage>[] = [
  {},
  { message: "0.0.0.0,udp/53,tcp/22" },
  { type: 3, clientTimeout: 65536 },
  { type: 2, natAccess: "10.0.0.1,22" },
  { type: 0, message: "192.0.2.44,reboot" },
];

/** A server that counts its grants. */
class Target {
  grants = 0;
  #number = 0;
  #reported = 0;
  readonly replay = new ReplayCache({ window: 120 });
  readonly #filter = new RepeatFilter(() => this.#reported++, () => NOW);
  readonly #processor = new PacketProcessor({
    stanzas: STANZAS,
    policy: {
      maxAge: 120,
      http: { anyUserAgent: false, forwardedFor: true },
      nat: NO_NAT,
      destinationRule: false,
      testMode: false,
    },
    replay: this.replay,
    now: () => NOW,
    observe: (event) => this.#filter.observe(event),
    act: () => this.grants++,
  });

  /** Number of log lines; it must stay small for refusals that any sender can cause. */
  get reported(): number {
    return this.#reported;
  }

  take(payload: Uint8Array): number {
    const before = this.grants;
    const arrived: Datagram = { ...datagram(""), payload };
    this.#processor.process(arrived, ++this.#number);
    return this.grants - before;
  }
}

/** Sends one packet, its mutants before and after it, and junk. */
export function fuzzPackets(random: Random): void {
  const target = new Target();
  const stanza = random.below(STANZAS.length);
  const message = random.pick(MESSAGES);
  const { packetText } = seal(message, { ...SEALS[stanza], time: NOW });
  const payload = textBytes(packetText);
  const request = textBytes(encodeHttpRequest(packetText, { host: "server.example" }));
  const isSame = (bytes: Uint8Array): boolean => carried(bytes) === packetText;

  const attack = (): void => {
    for (let count = 0; count < MUTANTS; count++) {
      const mutant = mutate(random.below(3) === 0 ? request : payload, random);
      if (!isSame(mutant)) assertEquals(target.take(mutant), 0, show("a mutant", mutant));
    }
    const junk = random.text(ALPHABET, 100 + random.below(1500));
    assertEquals(target.take(textBytes(junk)), 0, junk);
    const noise = random.bytes(random.below(2000));
    assertEquals(target.take(noise), 0, show("noise", noise));
  };
  attack();
  const wanted = message.type === 0 || message.type === 2 ? 0 : 1;
  assertEquals(target.take(random.below(2) === 0 ? payload : request), wanted, "the packet itself");
  attack();
  for (const copy of [payload, request]) assertEquals(target.take(copy), 0, "a replay");
  assert(target.replay.size <= 2, "the memory of one packet");
  assert(target.reported <= MAX_KINDS + 10, "log lines");
}

/** The packet text in a payload. A payload with the same packet text is not a mutant. */
function carried(bytes: Uint8Array): string {
  const text = new TextDecoder("latin1").decode(bytes);
  const target = /^get \/([^ \t\n\v\f\r]*)/i.exec(text)?.[1];
  return target === undefined ? text : target.replaceAll("-", "+").replaceAll("_", "/");
}

function show(what: string, bytes: Uint8Array): string {
  return `${what}: ${JSON.stringify(new TextDecoder("latin1").decode(bytes))}`;
}
