/**
 * Receives packets that the firewall queues (ENABLE_NFQ_CAPTURE, `docs/spec/server.md` 6.4). No port is open, and
 * libpcap is not needed.
 *
 * @module
 */
import { SystemError } from "../../ffi/libc.ts";
import { LibraryUnavailable } from "../../ffi/library.ts";
import { NetfilterQueue } from "../../ffi/netfilter_queue.ts";
import { HintedError } from "../errors/hinted_error.ts";
import type { Capture, CaptureStatistics, Receive } from "./datagram.ts";
import { Engine } from "./engine.ts";
import { parseIpPacket } from "./ip_packet.ts";
import { INPUT_HOOK, parseQueuedPackets, type QueuedPacket } from "./queue_message.ts";
import { QueueDrops } from "./queue_drops.ts";
import { addQueueRules, type QueueRuleOptions, removeQueueRules } from "./queue_rules.ts";

/** A queue and the rules that fill it. */
export class QueueServer implements Capture {
  readonly description: string;
  readonly #queue: NetfilterQueue;
  readonly #drops: QueueDrops;
  readonly #rules: QueueRuleOptions;
  readonly #engine = new Engine();
  #receive: Receive = () => {};
  #received = 0;
  #refused = 0;
  #isRunning = false;
  #isClosed = false;

  private constructor(rules: QueueRuleOptions, queue: NetfilterQueue) {
    this.#rules = rules;
    this.description = `NFQUEUE ${rules.queue}, UDP port ${rules.port}`;
    this.#queue = queue;
    this.#drops = new QueueDrops(rules.queue);
  }

  /**
   * Takes the queue, then adds the rules: the kernel drops packets that are sent to a queue without a reader.
   *
   * @param snapLength MAX_SNIFF_BYTES.
   * @throws {HintedError} when the library is absent, the queue is taken or the firewall refuses the rules.
   */
  static async open(rules: QueueRuleOptions, snapLength: number): Promise<QueueServer> {
    const server = new QueueServer(rules, openQueue(rules.queue, snapLength));
    try {
      await addQueueRules(rules);
      return server;
    } catch (error) {
      server.#letGo();
      throw error;
    }
  }

  /** Delivers packets until {@link close}, then removes the rules. */
  async run(receive: Receive): Promise<void> {
    this.#receive = receive;
    this.#isRunning = true;
    this.#engine.add({
      descriptor: this.#queue.descriptor,
      drain: (limit) => this.#drain(limit),
    });
    try {
      await this.#engine.run();
    } finally {
      await this.#release();
    }
  }

  /** `dropped` counts the packets that the kernel's queue could not hold. */
  statistics(): CaptureStatistics {
    return { received: this.#received, dropped: this.#drops.count(), refused: this.#refused };
  }

  /** Ends {@link run}, which removes the rules last. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#engine.close();
    if (!this.#isRunning) await this.#release();
  }

  async #release(): Promise<void> {
    await removeQueueRules(this.#rules);
    // The kernel deletes its counts with the queue.
    this.#drops.count();
    this.#letGo();
  }

  #letGo(): void {
    this.#queue.close();
    this.#drops[Symbol.dispose]();
  }

  #drain(limit: number): number {
    for (let count = 0; count < limit; count++) {
      const batch = this.#isClosed ? undefined : this.#queue.receive();
      if (batch === undefined) return count;
      for (const queued of parseQueuedPackets(batch)) this.#take(queued);
    }
    return limit;
  }

  /**
   * A packet that was addressed to this host ends here, as in the C daemon. A packet that an administrator's own rule
   * queued from another hook continues on its way. The verdict is set first, because the receiver may take long.
   */
  #take({ id, hook, packet }: QueuedPacket): void {
    this.#queue.settle(id, hook === INPUT_HOOK ? "drop" : "accept");
    const datagram = parseIpPacket(packet);
    if (typeof datagram === "string") this.#refused++;
    else {
      this.#received++;
      this.#receive(datagram);
    }
  }
}

function openQueue(number: number, snapLength: number): NetfilterQueue {
  try {
    return new NetfilterQueue(number, snapLength);
  } catch (error) {
    if (error instanceof LibraryUnavailable) {
      throw new HintedError(error.message, { hint: error.hint, cause: error });
    }
    if (!(error instanceof SystemError)) throw error;
    throw new HintedError(`Cannot take NFQUEUE ${number}: ${error.reason}`, {
      hint: "Run as root or with CAP_NET_ADMIN, and set NFQ_QUEUE_NUMBER to a queue that is free",
      cause: error,
    });
  }
}
