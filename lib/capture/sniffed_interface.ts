/**
 * One sniffed interface, which may disappear and return.
 *
 * @module
 */
import { type LiveOptions, PcapHandle } from "../../ffi/pcap.ts";
import { HintedError } from "../errors/hinted_error.ts";
import type { CaptureStatistics, Receive } from "./datagram.ts";
import { FrameReader } from "./frame_reader.ts";
import { isKnownLinkType } from "./link_layer.ts";

/** An interface that can be opened, closed and opened again. The counters go on. */
export class SniffedInterface {
  readonly #options: LiveOptions;
  #handle: PcapHandle | undefined;
  #reader: FrameReader | undefined;
  #past: CaptureStatistics = { received: 0, dropped: 0, refused: 0 };

  constructor(readonly device: string, options: LiveOptions) {
    this.#options = options;
  }

  /** Whether frames can arrive now. */
  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  /** The descriptor to wait on while open, else -1. */
  get descriptor(): number {
    return this.#handle?.descriptor ?? -1;
  }

  /**
   * Opens the interface.
   *
   * @throws {PcapError} with libpcap's text. @throws {HintedError} for a link type that cannot be decoded.
   */
  open(): void {
    const handle = PcapHandle.openLive(this.device, this.#options);
    if (!isKnownLinkType(handle.linkType)) {
      handle.close();
      throw new HintedError(
        `Interface ${this.device} has frames of link type ${handle.linkType}`,
        { hint: "Ethernet, VLAN, Linux cooked, raw IP, loopback, PPP and PPPoE are understood" },
      );
    }
    this.#handle = handle;
  }

  /**
   * Reads at most `limit` frames and returns their number.
   *
   * @throws {PcapError} when the interface is gone.
   */
  read(limit: number, receive: Receive): number {
    if (this.#handle === undefined) return 0;
    this.#reader ??= new FrameReader(this.#handle, receive);
    return this.#reader.read(limit, () => this.#handle === undefined).frames;
  }

  /** Counters summed over all the times that it was open. */
  statistics(): CaptureStatistics {
    return {
      received: this.#past.received + (this.#reader?.received ?? 0),
      dropped: this.#past.dropped + (this.#handle?.statistics().dropped ?? 0),
      refused: this.#past.refused + (this.#reader?.refused ?? 0),
    };
  }

  /** Closes the interface; idempotent. */
  close(): void {
    this.#past = this.statistics();
    this.#handle?.close();
    this.#handle = undefined;
    this.#reader = undefined;
  }
}
