/**
 * The running server: packets in, decisions out, until it is stopped.
 *
 * @module
 */
import type { Capture, Datagram } from "../capture/datagram.ts";
import { GpgQueue } from "../gpg/work_queue.ts";
import { type ActingSide, Actor } from "./actor.ts";
import type { Observer } from "./event.ts";
import { PacketProcessor } from "./packet_processor.ts";
import type { ServerPolicy } from "./policy.ts";
import type { ReplayCache } from "./replay_cache.ts";

/** What the configuration decides; replaced as a whole by a reload. */
export interface ServerSetup extends ActingSide {
  readonly capture: Capture;
  readonly policy: ServerPolicy;
}

/** What stays for the life of the process. */
export interface ServerParts {
  readonly observe: Observer;
  /** A packet counts once, before, during and after a reload. */
  readonly replay: ReplayCache;
  /** Seconds since 1970 UTC, whole. */
  readonly now: () => number;
  /** Leave after this many packets, valid or not; 0 is no limit. */
  readonly packetLimit: number;
}

/** How the server came to its end; `exhausted`: the capture had no more packets. */
export type ServerEnd = "stopped" | "packet-limit" | "exhausted";

/** One server; it runs once. */
export class Server {
  readonly #parts: ServerParts;
  #setup: ServerSetup;
  #processor: PacketProcessor;
  #actor: Actor;
  /** One for the life of the process: a reload must not double what gpg costs. */
  readonly #gpg = new GpgQueue();
  /** Stops the programs that packets have started, but for the firewall's. */
  readonly #ending = new AbortController();
  #taken = 0;
  #end: ServerEnd | undefined;

  constructor(setup: ServerSetup, parts: ServerParts) {
    this.#parts = parts;
    this.#setup = setup;
    this.#actor = this.#makeActor();
    this.#processor = this.#makeProcessor();
  }

  /** What it runs with now. */
  get setup(): ServerSetup {
    return this.#setup;
  }

  /** Packets taken since the start, valid or not. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Processes packets until {@link stop}, the packet limit or the end of a capture file, and until every decision has
   * been carried out.
   *
   * @throws what the capture throws when it fails for good.
   */
  async run(): Promise<ServerEnd> {
    try {
      while (this.#end === undefined) {
        const { capture } = this.#setup;
        await capture.run((datagram) => this.#take(datagram));
        // A capture that was replaced has ended too; the next one is in its place.
        if (capture === this.#setup.capture) this.#end ??= "exhausted";
      }
      return this.#end;
    } finally {
      await this.#gpg.settle();
      await this.#actor.settle();
      // Whoever stops the daemon by a command of a message would wait for himself.
      if (this.#end !== "stopped") await this.#actor.settleCommands();
    }
  }

  /** Ends {@link run} soon. */
  stop(): void {
    this.#end ??= "stopped";
    this.#gpg.clear();
    this.#ending.abort();
    this.#setup.capture.close();
  }

  /**
   * Goes on with another setup, from the call on. Decisions made before, and packets that wait for gpg, are carried out by
   * the old one; resolves when that needs it no longer. Packets that come later do not put that off.
   */
  async adopt(setup: ServerSetup): Promise<void> {
    const before = this.#setup;
    const actor = this.#actor;
    const processor = this.#processor;
    this.#setup = setup;
    this.#actor = this.#makeActor();
    this.#processor = this.#makeProcessor();
    if (before.capture !== setup.capture) before.capture.close();
    await processor.settle();
    await actor.settle();
  }

  #take(datagram: Datagram): void {
    const { packetLimit } = this.#parts;
    if (this.#end !== undefined) return;
    this.#taken++;
    this.#processor.process(datagram, this.#taken);
    if (this.#taken !== packetLimit) return;
    this.#end = "packet-limit";
    this.#setup.capture.close();
  }

  #makeActor(): Actor {
    const { observe, now } = this.#parts;
    // What a rehearsal grants is granted to nobody.
    const tell: Observer = (event) => {
      if (event.kind !== "granted") observe(event);
    };
    const { testMode } = this.#setup.policy;
    return new Actor(this.#setup, testMode ? tell : observe, now, this.#ending.signal);
  }

  #makeProcessor(): PacketProcessor {
    const { stanzas, policy } = this.#setup;
    const { now, observe, replay } = this.#parts;
    const { act } = this.#actor;
    return new PacketProcessor({
      stanzas,
      policy,
      replay,
      now,
      observe,
      act,
      rehearse: (decision, packet) => {
        // Commands have no rehearsal.
        if (decision.kind !== "run" && decision.kind !== "cycle") act(decision, packet);
      },
      gpg: this.#gpg,
      ending: this.#ending.signal,
    });
  }
}
