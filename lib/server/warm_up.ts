/**
 * Runs the path of an accepted packet before the first packet comes.
 *
 * The engine compiles a function when it is first called. Knocks are rare, so the first one may come hours after the
 * start. Without a warm-up its grant takes three times as long as the next one.
 *
 * @module
 */
import type { Capture, Datagram, Receive } from "../capture/datagram.ts";
import type { Stanza } from "../config/stanza.ts";
import { textBytes } from "../crypto/bytes.ts";
import { randomBytes, randomDigits } from "../crypto/random.ts";
import { addressFromBytes } from "../net/address.ts";
import { formatService } from "../net/service.ts";
import { MessageType, PROTOCOL_VERSION } from "../spa/message.ts";
import { sealPacket } from "../spa/packet.ts";
import { ReplayCache } from "./replay_cache.ts";
import { Server, type ServerSetup } from "./server.ts";

/** Enough packets to compile every function on the path. More do not help once the engine has been idle. */
const COUNT = 16;
const UDP = 17;

/**
 * Sends made-up packets the whole way to a firewall in dry run: it grants, remembers and reports nothing. The packets'
 * keys are made up too, so that no server would ever accept one of these packets. Does nothing if no stanza could grant
 * anything. Ends early when `ending` is aborted.
 *
 * @param now whole seconds since 1970 UTC.
 */
export async function warmUp(
  setup: ServerSetup,
  now: () => number,
  ending: AbortSignal,
): Promise<void> {
  const stanza = setup.stanzas.find(({ encryptionKey, cycle }) =>
    encryptionKey !== undefined && cycle === undefined
  );
  const firewall = setup.firewall?.dryRun?.();
  if (stanza === undefined || firewall === undefined) return;
  const made = withMadeUpKeys(stanza);
  const server = new Server({
    ...setup,
    firewall,
    stanzas: [made],
    capture: new MadeUpPackets((index) => packetFor(made, now(), index), ending),
  }, {
    observe: () => {},
    repeats: { count: () => true },
    replay: new ReplayCache(),
    now,
    packetLimit: 0,
  });
  await server.run();
  await firewall.ask({ name: "release" });
}

function withMadeUpKeys(stanza: Stanza): Stanza {
  return {
    ...stanza,
    source: "any",
    destination: "any",
    encryptionKey: randomBytes(32),
    ...(stanza.hmac === undefined ? {} : { hmac: { ...stanza.hmac, key: randomBytes(32) } }),
  };
}

/** A packet that the stanza accepts, from an address that is reserved for measurements (RFC 2544). */
function packetFor(stanza: Stanza, timestamp: number, index: number): Datagram {
  const { encryptionKey = randomBytes(32), encryptionMode: mode, hmac } = stanza;
  const source = addressFromBytes(Uint8Array.of(198, 18, 0, index));
  const [service] = stanza.openPorts ?? [];
  const sealed = sealPacket({
    randomValue: randomDigits(16),
    username: stanza.requireUsername ?? "user",
    timestamp,
    version: PROTOCOL_VERSION,
    type: MessageType.access,
    message: `${source.text},${service === undefined ? "tcp/22" : formatService(service)}`,
  }, { encryptionKey, mode, digestName: "sha256", hmac, salt: randomBytes(8) });
  return {
    protocol: UDP,
    source,
    sourcePort: 62201,
    destination: addressFromBytes(Uint8Array.of(198, 19, 0, 1)),
    destinationPort: 62201,
    payload: textBytes(sealed.ok ? sealed.value.packetText : ""),
  };
}

/** Delivers made-up packets. Yields between them, so that real packets are processed meanwhile. */
class MadeUpPackets implements Capture {
  readonly description = "warm-up";
  readonly #make: (index: number) => Datagram;
  readonly #ending: AbortSignal;

  constructor(make: (index: number) => Datagram, ending: AbortSignal) {
    this.#make = make;
    this.#ending = ending;
  }

  async run(receive: Receive): Promise<void> {
    for (let index = 0; index < COUNT && !this.#ending.aborted; index++) {
      receive(this.#make(index));
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  statistics(): { received: number; dropped: number; refused: number } {
    return { received: COUNT, dropped: 0, refused: 0 };
  }

  close(): void {}
}
