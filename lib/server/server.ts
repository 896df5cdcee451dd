/**
 * The running server: takes packets and carries decisions out until it is stopped.
 *
 * @module
 */
import type { Capture, Datagram } from "../capture/datagram.ts";
import { HOST_CLOCKS } from "../clocks.ts";
import { parseAddress } from "../net/address.ts";
import { GpgQueue } from "../gpg/work_queue.ts";
import { Actor, type ActorParts } from "./actor.ts";
import { describePacket, type PacketFacts } from "./describe_packet.ts";
import type { Observer } from "./event.ts";
import { Floods } from "./floods.ts";
import { NetworkLimits, networkOf, networkRate } from "./network_limits.ts";
import { PacketProcessor } from "./packet_processor.ts";
import { Prefilter, type Repeats } from "./prefilter.ts";
import type { ServerPolicy } from "./policy.ts";
import type { ReplayCache } from "./replay_cache.ts";

/** What the configuration decides. A reload replaces all of it. */
export interface ServerSetup extends ActorParts {
  readonly capture: Capture;
  readonly policy: ServerPolicy;
}

/** What stays the same for the life of the process. */
export interface ServerParts {
  readonly observe: Observer;
  /** Counts refusals that need no report. Absent: every refusal is reported, so every packet goes the whole path. */
  readonly repeats?: Repeats | undefined;
  /** Lasts over reloads, so that a packet never counts twice. */
  readonly replay: ReplayCache;
  /** Whole seconds since 1970 UTC. */
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forward. Default: this host's. */
  readonly steady?: () => number;
  /** End after this many packets, valid or not; 0: no limit. */
  readonly packetLimit: number;
}

/** Why the server ended; `exhausted`: the capture has no more packets. */
export type ServerEnd = "stopped" | "packet-limit" | "exhausted";

/** One server. It runs once. */
export class Server {
  readonly #parts: ServerParts;
  #setup: ServerSetup;
  #processor: PacketProcessor;
  #prefilter: Prefilter | undefined;
  #actor: Actor;
  readonly #limits: NetworkLimits;
  readonly #floods: Floods;
  /** One queue for the life of the process: a reload must not double the load of gpg. */
  readonly #gpg = new GpgQueue();
  /** Stops the programs that packets have started, except the firewall's programs. */
  readonly #ending = new AbortController();
  #taken = 0;
  #end: ServerEnd | undefined;

  constructor(setup: ServerSetup, parts: ServerParts) {
    this.#parts = parts;
    this.#setup = setup;
    const { observe, steady = HOST_CLOCKS.steady } = parts;
    this.#limits = new NetworkLimits(networkRate(setup.stanzas), steady);
    this.#floods = new Floods(observe, steady);
    this.#actor = this.#makeActor();
    this.#processor = this.#makeProcessor();
    this.#prefilter = this.#makePrefilter();
  }

  /** The current setup. */
  get setup(): ServerSetup {
    return this.#setup;
  }

  /** Packets taken since the start, valid or not. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Processes packets until {@link stop}, the packet limit or the end of a capture file. Then waits until every
   * decision has been carried out.
   *
   * @throws the capture's exception if the capture fails finally.
   */
  async run(): Promise<ServerEnd> {
    try {
      while (this.#end === undefined) {
        const { capture } = this.#setup;
        await capture.run((datagram) => this.#take(datagram));
        // A capture also ends when a reload has replaced it; then run the new one.
        if (capture === this.#setup.capture) this.#end ??= "exhausted";
      }
      return this.#end;
    } finally {
      this.#floods[Symbol.dispose]();
      await this.#gpg.settle();
      await this.#actor.settle();
      // A command message may stop the daemon; waiting for it here would deadlock.
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
   * Changes to another setup at once. The old setup still carries out earlier decisions and packets that wait for gpg.
   * Resolves when the old setup is no longer needed; later packets do not delay that.
   */
  async adopt(setup: ServerSetup): Promise<void> {
    const before = this.#setup;
    const actor = this.#actor;
    const processor = this.#processor;
    this.#setup = setup;
    this.#actor = this.#makeActor();
    this.#processor = this.#makeProcessor();
    this.#prefilter = this.#makePrefilter();
    this.#limits.rate = networkRate(setup.stanzas);
    if (before.capture !== setup.capture) before.capture.close();
    await processor.settle();
    await actor.settle();
  }

  #take(datagram: Datagram): void {
    const { packetLimit } = this.#parts;
    if (this.#end !== undefined) return;
    this.#taken++;
    const isLive = this.#setup.capture.isFile === undefined;
    if (isLive && !this.#limits.admits(datagram.source)) this.#drop(datagram);
    else this.#process(datagram);
    if (this.#taken !== packetLimit) return;
    this.#end = "packet-limit";
    this.#setup.capture.close();
  }

  #process(datagram: Datagram): void {
    if (this.#prefilter?.passes(datagram) !== false) {
      this.#processor.process(datagram, this.#taken);
    }
  }

  #drop(datagram: Datagram): void {
    const describe = () => describePacket(datagram, this.#taken);
    this.#floods.drop(networkOf(datagram.source), this.#limits.rate, describe);
  }

  /** Not before the packet is accepted: an eavesdropper can send old packets, which decrypt, from any address. */
  #prove({ source: text }: PacketFacts): void {
    const source = parseAddress(text);
    if (source !== undefined) this.#limits.prove(source);
  }

  #makePrefilter(): Prefilter | undefined {
    const { stanzas, policy: { http } } = this.#setup;
    const { repeats } = this.#parts;
    return repeats && new Prefilter({ stanzas, http, repeats });
  }

  #makeActor(): Actor {
    const { observe, now } = this.#parts;
    // In test mode the firewall grants nothing, so do not report grants.
    const withoutGrants: Observer = (event) => {
      if (event.kind !== "granted") observe(event);
    };
    const { testMode } = this.#setup.policy;
    return new Actor(this.#setup, testMode ? withoutGrants : observe, now, this.#ending.signal);
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
      act: (decision, packet) => {
        this.#prove(packet);
        act(decision, packet);
      },
      dryRun: (decision, packet) => {
        this.#prove(packet);
        // A command has no dry run.
        if (decision.kind !== "run" && decision.kind !== "cycle") act(decision, packet);
      },
      gpg: this.#gpg,
      ending: this.#ending.signal,
    });
  }
}
