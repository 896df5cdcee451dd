/**
 * The running server: packets in, decisions out, until it is stopped.
 *
 * @module
 */
import type { Capture } from "../capture/datagram.ts";
import type { Stanza } from "../config/stanza.ts";
import type { Firewall } from "../firewall/firewall.ts";
import { Actor } from "./actor.ts";
import type { Observer } from "./event.ts";
import type { LookUp } from "./look_up.ts";
import { PacketProcessor } from "./packet_processor.ts";
import type { ServerPolicy } from "./policy.ts";
import type { ReplayCache } from "./replay_cache.ts";

/** What a server is made of. */
export interface ServerParts {
  readonly capture: Capture;
  /** Absent in test mode: nothing is ever changed. */
  readonly firewall?: Firewall | undefined;
  /** Resolves the names of NAT hosts. */
  readonly lookUp: LookUp;
  readonly replay: ReplayCache;
  readonly stanzas: readonly Stanza[];
  readonly policy: ServerPolicy;
  readonly observe: Observer;
  /** Seconds since 1970 UTC, whole. */
  readonly now: () => number;
  /** Leave after this many packets, valid or not; 0 is no limit. */
  readonly packetLimit: number;
}

/** How the server came to its end. */
export type ServerEnd = "stopped" | "packet-limit";

/** One server; it runs once. */
export class Server {
  readonly #parts: ServerParts;
  readonly #actor: Actor | undefined;
  #processor: PacketProcessor;
  #end: ServerEnd = "stopped";

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#actor = parts.firewall &&
      new Actor(parts.firewall, parts.lookUp, parts.observe, parts.now);
    this.#processor = this.#makeProcessor(parts.stanzas, parts.policy);
  }

  /**
   * Processes packets until {@link stop} or the packet limit, and until every decision has been carried out.
   *
   * @throws what the capture throws when it fails for good.
   */
  async run(): Promise<ServerEnd> {
    const { capture, packetLimit } = this.#parts;
    let taken = 0;
    try {
      await capture.run((datagram) => {
        if (packetLimit > 0 && taken >= packetLimit) return;
        taken++;
        this.#processor.process(datagram);
        if (taken !== packetLimit) return;
        this.#end = "packet-limit";
        capture.close();
      });
    } finally {
      await this.#actor?.settle();
    }
    return this.#end;
  }

  /** Ends {@link run} soon. */
  stop(): void {
    this.#parts.capture.close();
  }

  #makeProcessor(stanzas: readonly Stanza[], policy: ServerPolicy): PacketProcessor {
    const { replay, now, observe } = this.#parts;
    const act = this.#actor?.act ?? ((): void => {});
    return new PacketProcessor({ stanzas, policy, replay, now, observe, act });
  }
}
