/**
 * Sniffs interfaces with libpcap; no port is open (`docs/spec/server.md` 6.1).
 *
 * @module
 */
import { LinkSocket } from "../../ffi/link_socket.ts";
import { loadPcap, PcapError, PcapStatus } from "../../ffi/pcap.ts";
import { isLinux } from "../../ffi/platform.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import type { Capture, CaptureStatistics, Notify, Receive } from "./datagram.ts";
import { Engine, type PacketSource } from "./engine.ts";
import { type LinkState, parseLinkStates } from "./link_state.ts";
import { explainPcapFailure } from "./pcap_failure.ts";
import { SniffedInterface } from "./sniffed_interface.ts";

/**
 * Bytes of the kernel's ring. It is divided into slots that are somewhat larger than a frame: 4 MiB hold about 1,200
 * frames of 1,500 bytes, a quarter of a second at 5,000 packets a second.
 */
const RING_SIZE = 4 << 20;

/** What to sniff and how. */
export interface SnifferOptions {
  /** PCAP_INTF: at least one name; `any` for all. */
  readonly interfaces: readonly string[];
  /** PCAP_FILTER. */
  readonly filter: string;
  /** MAX_SNIFF_BYTES. */
  readonly snapLength: number;
  /** ENABLE_PCAP_PROMISC. */
  readonly promiscuous: boolean;
  /** ENABLE_PCAP_ANY_DIRECTION. */
  readonly anyDirection: boolean;
  /** EXIT_AT_INTF_DOWN: fail when an interface is down or disappears, instead of waiting for it. */
  readonly exitWhenDown: boolean;
  /** Receives a notice when an interface disappears and when it returns. */
  readonly notify: Notify;
}

/** Milliseconds before the next attempt to open an interface that is up. */
const RETRY = 5_000;
/** How many times in a row an interface that is up may fail before the capture stops. */
const MOST_ERRORS = 5;

/** One or several interfaces as one capture. */
export class Sniffer implements Capture {
  readonly description: string;
  readonly #options: SnifferOptions;
  readonly #engine = new Engine();
  readonly #members: readonly Member[];
  readonly #links: LinkSocket | undefined;
  #receive: Receive = () => {};
  #isRunning = false;
  #isClosed = false;

  /** @throws {HintedError} when libpcap is absent, an interface is unusable or the filter is bad. */
  constructor(options: SnifferOptions) {
    this.#options = options;
    const { interfaces } = options;
    this.description = `interface${interfaces.length === 1 ? "" : "s"} ${interfaces.join(", ")}`;
    const settings = { ...options, bufferSize: RING_SIZE };
    this.#members = interfaces.map((device) => ({
      sniffed: new SniffedInterface(device, settings),
      source: undefined,
      index: undefined,
      errors: 0,
      logged: undefined,
      retry: undefined,
    }));
    try {
      loadPcap();
      // Listens for changes before it looks at the interfaces: a change in between is not lost.
      this.#links = isLinux ? new LinkSocket() : undefined;
      for (const { sniffed } of this.#members) this.#openFirst(sniffed);
    } catch (error) {
      this.#release();
      throw explainPcapFailure(error, interfaces.join(", "));
    }
  }

  /** Delivers packets until {@link close}, or until an interface fails (see `exitWhenDown`). */
  async run(receive: Receive): Promise<void> {
    this.#receive = receive;
    this.#isRunning = true;
    try {
      for (const member of this.#members) if (member.sniffed.isOpen) this.#attach(member);
      if (this.#links !== undefined && !this.#isClosed) {
        this.#engine.add(this.#linkSource(this.#links));
        this.#links.requestAll();
      }
      await this.#engine.run();
    } finally {
      this.#release();
    }
  }

  /** `dropped` sums what libpcap and the interfaces report, over all absences. */
  statistics(): CaptureStatistics {
    let [received, dropped, refused] = [0, 0, 0];
    for (const { sniffed } of this.#members) {
      const counts = sniffed.statistics();
      received += counts.received;
      dropped += counts.dropped;
      refused += counts.refused;
    }
    return { received, dropped, refused };
  }

  /** Ends {@link run}. The handles are closed when that has settled. */
  close(): void {
    this.#isClosed = true;
    this.#engine.close();
    if (!this.#isRunning) this.#release();
  }

  #release(): void {
    for (const { sniffed, retry } of this.#members) {
      clearTimeout(retry);
      sniffed.close();
    }
    this.#links?.close();
  }

  /** Waits for an interface that is absent, if the configuration says so. */
  #openFirst(sniffed: SniffedInterface): void {
    try {
      sniffed.open();
    } catch (error) {
      if (!isAway(error) || this.#options.exitWhenDown || !isLinux) throw error;
      this.#warn(`${sniffed.device}: ${error.message}: waiting for it`);
    }
  }

  #attach(member: Member): void {
    const { sniffed } = member;
    member.source = {
      descriptor: sniffed.descriptor,
      drain: (limit) => {
        if (this.#isClosed) return 0;
        try {
          const frames = sniffed.read(limit, this.#receive);
          if (frames > 0) member.errors = 0;
          return frames;
        } catch (error) {
          if (!(error instanceof PcapError)) throw error;
          this.#failed(member, error);
          return 0;
        }
      },
    };
    this.#engine.add(member.source);
  }

  #detach(member: Member): void {
    if (member.source !== undefined) this.#engine.remove(member.source);
    member.source = undefined;
    member.sniffed.close();
  }

  /** libpcap lost the interface. Asks the kernel whether it is still there. */
  #failed(member: Member, error: PcapError): void {
    const failure = explainPcapFailure(error, member.sniffed.device);
    if (this.#options.exitWhenDown || this.#links === undefined) throw failure;
    if (++member.errors > MOST_ERRORS) throw failure;
    this.#detach(member);
    this.#warn(`Interface ${member.sniffed.device}: ${error.message}: waiting for it`);
    this.#links.requestAll();
  }

  #linkSource(links: LinkSocket): PacketSource {
    return {
      descriptor: links.descriptor,
      drain: (limit) => {
        for (let count = 0; count < limit; count++) {
          const batch = this.#isClosed ? undefined : links.receive();
          if (batch === undefined) return count;
          if (batch === "overrun") links.requestAll();
          else for (const state of parseLinkStates(batch)) this.#changed(state);
        }
        return limit;
      },
    };
  }

  #changed(state: LinkState): void {
    const member = this.#members.find(({ sniffed }) => sniffed.device === state.device);
    if (member === undefined) return;
    const isOther = member.index !== undefined && member.index !== state.index;
    member.index = state.isUp ? state.index : undefined;
    if (!state.isUp) this.#wentDown(member);
    else if (!member.sniffed.isOpen) this.#cameUp(member);
    else if (isOther) {
      this.#detach(member);
      this.#cameUp(member);
    }
  }

  #wentDown(member: Member): void {
    if (!member.sniffed.isOpen) return;
    const text = `Interface ${member.sniffed.device} is down`;
    if (this.#options.exitWhenDown) {
      throw new HintedError(text, {
        hint: "With EXIT_AT_INTF_DOWN N the daemon waits for its return",
      });
    }
    this.#detach(member);
    this.#warn(`${text}: waiting for it`);
  }

  #cameUp(member: Member): void {
    const { device } = member.sniffed;
    clearTimeout(member.retry);
    try {
      member.sniffed.open();
    } catch (error) {
      const text = `Interface ${device} is up but: ${reasonOf(error)}`;
      if (text !== member.logged) this.#warn(text);
      member.logged = text;
      // It may have disappeared again; then its next change triggers the next attempt. Other resources (descriptors,
      // memory) may become available without a change.
      if (!isAway(error)) member.retry = setTimeout(() => this.#tryAgain(member), RETRY);
      return;
    }
    member.logged = undefined;
    this.#attach(member);
    this.#options.notify({ severity: "info", text: `Interface ${device} is up: sniffing` });
  }

  #tryAgain(member: Member): void {
    if (!this.#isClosed && member.index !== undefined && !member.sniffed.isOpen) {
      this.#cameUp(member);
    }
  }

  #warn(text: string): void {
    this.#options.notify({ severity: "warning", text });
  }
}

/** An interface and its known state. */
interface Member {
  readonly sniffed: SniffedInterface;
  /** The engine's source while the interface is open. */
  source: PacketSource | undefined;
  /** The kernel's number of the interface, while it is up. */
  index: number | undefined;
  /** Failures since the last frame. */
  errors: number;
  /** The last reason that was logged why it could not be opened; each reason is logged once. */
  logged: string | undefined;
  retry: ReturnType<typeof setTimeout> | undefined;
}

/** Whether the interface is absent or down: the kernel reports when that changes. */
function isAway(error: unknown): error is PcapError {
  return error instanceof PcapError &&
    (error.status === PcapStatus.noSuchDevice || error.status === PcapStatus.interfaceNotUp);
}
