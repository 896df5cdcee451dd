/**
 * Reads packets from a capture file (`--pcap-file`, `docs/spec/server.md` 6.1).
 *
 * @module
 */
import { PcapError, PcapHandle } from "../../ffi/pcap.ts";
import { HintedError } from "../errors/hinted_error.ts";
import type { Capture, CaptureStatistics, Receive } from "./datagram.ts";
import { FrameReader } from "./frame_reader.ts";
import { isKnownLinkType } from "./link_layer.ts";
import { explainPcapFailure } from "./pcap_failure.ts";

/** Packets delivered before other work runs. */
const BATCH = 256;

/** A capture file, pcap or pcapng. {@link run} resolves at the end of the file. */
export class PcapFile implements Capture {
  readonly description: string;
  readonly #handle: PcapHandle;
  #reader: FrameReader | undefined;
  #isClosed = false;

  /** @throws {HintedError} when the file is absent, not a capture or of an unknown link type, or the filter is bad. */
  constructor(path: string, filter: string) {
    this.description = `pcap file ${path}`;
    try {
      this.#handle = PcapHandle.openFile(path, filter);
    } catch (error) {
      throw explainPcapFailure(error, path, "pcap_open_offline");
    }
    if (isKnownLinkType(this.#handle.linkType)) return;
    this.#handle.close();
    throw new HintedError(`${path} has frames of link type ${this.#handle.linkType}`, {
      hint: "Ethernet, VLAN, Linux cooked, raw IP, loopback, PPP and PPPoE are understood",
    });
  }

  /** Time of capture of the packet that is being delivered, in seconds since 1970. */
  get packetTime(): number {
    return this.#handle.time();
  }

  /** Delivers every packet of the file. */
  async run(receive: Receive): Promise<void> {
    this.#reader = new FrameReader(this.#handle, receive);
    try {
      while (!this.#isClosed) {
        if (this.#reader.read(BATCH, () => this.#isClosed).isEndOfFile) break;
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    } catch (error) {
      throw error instanceof PcapError ? explainPcapFailure(error, this.description) : error;
    } finally {
      this.#handle.close();
    }
  }

  /** A file drops no packets. */
  statistics(): CaptureStatistics {
    return {
      received: this.#reader?.received ?? 0,
      dropped: 0,
      refused: this.#reader?.refused ?? 0,
    };
  }

  /** Ends {@link run}. */
  close(): void {
    this.#isClosed = true;
    if (this.#reader === undefined) this.#handle.close();
  }
}
