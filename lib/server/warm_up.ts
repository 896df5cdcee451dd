/**
 * Running the path of an accepted packet once before one comes.
 *
 * The engine compiles a function when it is first called. Knocks are rare, so there is always somebody who knocks first,
 * perhaps hours after the start: without a warm-up that grant takes three times as long as the next one.
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

/** Enough for every function on the way to be compiled; more of them do not help once the engine has been idle. */
const COUNT = 16;
const UDP = 17;

/**
 * Sends made-up packets the whole way to a firewall that pretends: nothing is granted, remembered or told. Their keys
 * are made up too, so that no packet ever exists that a server would take. Does nothing where there is no stanza that
 * could grant something. Ends early when `ending` is aborted.
 *
 * @param now seconds since 1970 UTC, whole.
 */
export async function warmUp(
  setup: ServerSetup,
  now: () => number,
  ending: AbortSignal,
): Promise<void> {
  const stanza = setup.stanzas.find(({ encryptionKey, cycle }) =>
    encryptionKey !== undefined && cycle === undefined
  );
  const firewall = setup.firewall?.pretend?.();
  if (stanza === undefined || firewall === undefined) return;
  const made = withMadeUpKeys(stanza);
  const server = new Server({
    ...setup,
    firewall,
    stanzas: [made],
    capture: new MadeUpPackets((index) => packetFor(made, now(), index), ending),
  }, { observe: () => {}, replay: new ReplayCache(), now, packetLimit: 0 });
  await server.run();
  await firewall.release();
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

/** What the stanza takes, from an address that is set aside for measurements (RFC 2544). */
function packetFor(stanza: Stanza, timestamp: number, index: number): Datagram {
  const { encryptionKey = randomBytes(32), encryptionMode: mode, hmac } = stanza;
  const source = addressFromBytes(Uint8Array.of(198, 18, 0, index));
  const [service] = stanza.openPorts ?? [];
  const sealed = sealPacket({
    randomValue: randomDigits(16),
    username: stanza.requireUsername ?? "nobody",
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

/** Made-up packets with a breath between them, in which packets of others have their turn. */
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
