/**
 * Reads frames from an interface or a capture file with libpcap.
 *
 * @module
 */
import { fromCString, libcName, toCString } from "./libc.ts";
import { openLibrary } from "./library.ts";
import { copySymbols, pcapSymbols } from "./pcap_symbols.ts";
import { isLinux, LINUX_ONLY, platform } from "./platform.ts";
import { sockets } from "./readiness.ts";

/** `struct pcap_pkthdr { struct timeval ts; u32 caplen; u32 len; }` of 64-bit systems. */
const HEADER_SIZE = 24;
const CAPTURED_LENGTH = 16;
const FRAME_LENGTH = 20;
const ERROR_TEXT_SIZE = 256;
const DIRECTION_IN = 1;
const NETMASK_UNKNOWN = 0xffffffff;

/** {@link PcapHandle.next} has no frame at the moment. */
export const NOTHING_NOW = -1;
/** The capture file has no more frames. */
export const END_OF_FILE = -2;

/** libpcap failed; the text is libpcap's own. */
export class PcapError extends Error {
  override readonly name = "PcapError";
  /** @param status libpcap's negative number, or -1 where only the text describes the error. */
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/** libpcap cannot parse an expression. */
export class PcapFilterError extends PcapError {
  constructor(message: string, readonly filter: string) {
    super(message, -1);
  }
}

/** Statuses of {@link PcapError} that callers distinguish. */
export const PcapStatus = {
  noSuchDevice: -5,
  permissionDenied: -8,
  interfaceNotUp: -9,
  promiscuousDenied: -11,
} as const;

/** How to open an interface. */
export interface LiveOptions {
  /** Bytes kept of each frame. */
  readonly snapLength: number;
  readonly promiscuous: boolean;
  /** Also captures frames that leave the host. */
  readonly anyDirection: boolean;
  /** Bytes of the kernel's ring. */
  readonly bufferSize: number;
  /** Filter expression (pcap-filter(7)), compiled into the kernel. */
  readonly filter: string;
}

interface Library {
  readonly pcap: ReturnType<typeof openLibrary<typeof pcapSymbols>>;
  readonly copy: ReturnType<typeof openLibrary<typeof copySymbols>>;
}

let library: Library | undefined;

/**
 * Loads libpcap. Call it before the `ffi` permission is dropped.
 *
 * @throws {LibraryUnavailable} with the name of the package.
 */
export function loadPcap(): Library {
  return library ??= {
    pcap: openLibrary({
      candidates: platform().libpcap,
      hint: "Install libpcap (Debian: apt install libpcap0.8), or use the UDP server " +
        "(ENABLE_UDP_SERVER Y), which needs no library but opens a port",
    }, pcapSymbols),
    copy: openLibrary(libcName(), copySymbols),
  };
}

/**
 * One source of frames. It holds one frame at a time. Opening, reading and closing work after the `ffi`
 * permission is dropped, provided that {@link loadPcap} was called before.
 */
export class PcapHandle {
  /** The descriptor to wait on; -1 for a file. */
  readonly descriptor: number;
  /** DLT_ number of the frames. */
  readonly linkType: number;
  readonly #library: Library;
  readonly #handle: Deno.PointerValue;
  readonly #addresses = new BigUint64Array(new ArrayBuffer(16));
  readonly #headerAddress = new Uint8Array(this.#addresses.buffer, 0, 8);
  readonly #frameAddress = new Uint8Array(this.#addresses.buffer, 8, 8);
  readonly #header = new Uint8Array(new ArrayBuffer(HEADER_SIZE));
  readonly #headerView = new DataView(this.#header.buffer);
  readonly #frame: Uint8Array<ArrayBuffer>;
  #closed = false;

  private constructor(library: Library, handle: Deno.PointerValue, frameSize: number) {
    this.#library = library;
    this.#handle = handle;
    this.#frame = new Uint8Array(new ArrayBuffer(frameSize));
    this.descriptor = library.pcap.pcap_get_selectable_fd(handle);
    this.linkType = library.pcap.pcap_datalink(handle);
  }

  /**
   * Opens an interface. The kernel delivers frames at once (immediate mode).
   *
   * @param device name, or `any`.
   * @throws {PcapError} with one of {@link PcapStatus}, or with libpcap's text about a bad filter.
   */
  static openLive(device: string, options: LiveOptions): PcapHandle {
    const library = loadPcap();
    const { pcap } = library;
    const errorText = new Uint8Array(ERROR_TEXT_SIZE);
    const handle = pcap.pcap_create(toCString(device), errorText);
    if (handle === null) throw new PcapError(fromCString(errorText), -1);
    try {
      pcap.pcap_set_snaplen(handle, options.snapLength);
      pcap.pcap_set_promisc(handle, options.promiscuous ? 1 : 0);
      pcap.pcap_set_immediate_mode(handle, 1);
      pcap.pcap_set_buffer_size(handle, options.bufferSize);
      const status = pcap.pcap_activate(handle);
      if (status < 0) throw new PcapError(activationText(library, handle, status), status);
      setFilter(library, handle, options.filter);
      const opened = new PcapHandle(library, handle, options.snapLength);
      if (!options.anyDirection) opened.#ignoreOutgoing();
      if (pcap.pcap_setnonblock(handle, 1, errorText) < 0) {
        throw new PcapError(fromCString(errorText), -1);
      }
      return opened;
    } catch (error) {
      pcap.pcap_close(handle);
      throw error;
    }
  }

  /** Opens a capture file. @throws {PcapError} when the file is absent or not a capture, or the filter is bad. */
  static openFile(path: string, filter: string): PcapHandle {
    const library = loadPcap();
    const errorText = new Uint8Array(ERROR_TEXT_SIZE);
    const handle = library.pcap.pcap_open_offline(toCString(path), errorText);
    if (handle === null) throw new PcapError(fromCString(errorText), -1);
    try {
      setFilter(library, handle, filter);
      return new PcapHandle(library, handle, LONGEST_FRAME);
    } catch (error) {
      library.pcap.pcap_close(handle);
      throw error;
    }
  }

  /**
   * Takes the next frame without waiting. {@link frame} returns it until the next call.
   *
   * @returns its captured length, {@link NOTHING_NOW} or {@link END_OF_FILE}.
   * @throws {PcapError} when the interface is gone or the file is damaged.
   */
  next(): number {
    if (this.#closed) return NOTHING_NOW;
    const status = this.#library.pcap.pcap_next_ex(
      this.#handle,
      this.#headerAddress,
      this.#frameAddress,
    );
    if (status === 0) return NOTHING_NOW;
    if (status === -2) return END_OF_FILE;
    const [headerAddress, frameAddress] = this.#addresses;
    if (status !== 1 || headerAddress === undefined || frameAddress === undefined) {
      throw new PcapError(lastErrorText(this.#library, this.#handle), status);
    }
    this.#library.copy.copy_from_address(this.#header, headerAddress, HEADER_SIZE);
    const length = Math.min(
      this.#headerView.getUint32(CAPTURED_LENGTH, true),
      this.#frame.length,
    );
    this.#library.copy.copy_from_address(this.#frame, frameAddress, length);
    return length;
  }

  /** The frame that is held: a view that the next {@link next} overwrites. */
  frame(length: number): Uint8Array<ArrayBuffer> {
    return this.#frame.subarray(0, length);
  }

  /** Time of capture of the frame that is held: seconds since 1970, with a fraction. */
  time(): number {
    return Number(this.#headerView.getBigInt64(0, true)) +
      this.#headerView.getInt32(8, true) / 1e6;
  }

  /** Length of the frame that is held before it was cut, in bytes. */
  originalLength(): number {
    return this.#headerView.getUint32(FRAME_LENGTH, true);
  }

  /** Frames that passed the filter, and frames lost because a buffer was full; zeros for a file. */
  statistics(): { readonly received: number; readonly dropped: number } {
    const counters = new Uint32Array(new ArrayBuffer(16));
    const bytes = new Uint8Array(counters.buffer);
    if (this.#closed || this.#library.pcap.pcap_stats(this.#handle, bytes) !== 0) {
      return { received: 0, dropped: 0 };
    }
    const [received = 0, dropped = 0, interfaceDropped = 0] = counters;
    return { received, dropped: dropped + interfaceDropped };
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#library.pcap.pcap_close(this.#handle);
  }

  /**
   * libpcap drops outgoing frames only after it has received them; Linux 4.20 and newer can keep them
   * out of the ring. Where neither works, outgoing frames are read too, which does no harm.
   */
  #ignoreOutgoing(): void {
    this.#library.pcap.pcap_setdirection(this.#handle, DIRECTION_IN);
    if (!isLinux) return;
    const on = new Uint8Array(new Int32Array([1]).buffer);
    const { SOL_PACKET, PACKET_IGNORE_OUTGOING } = LINUX_ONLY;
    sockets().setsockopt(this.descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, on, on.length);
  }
}

/** Capture files hold frames of at most this many bytes (`MAXIMUM_SNAPLEN`). */
const LONGEST_FRAME = 262144;

/** DLT_ numbers of Ethernet, Linux cooked, pf's log and Wi-Fi with radio headers. Some filter words need one of them. */
const LINK_TYPES = [1, 113, 117, 127];

/**
 * Compiles an expression for any kind of interface, without opening one.
 *
 * @throws {PcapFilterError} with libpcap's text. @throws {LibraryUnavailable} without libpcap.
 */
export function compileFilter(filter: string): void {
  const library = loadPcap();
  let failure: unknown;
  for (const linkType of LINK_TYPES) {
    const handle = library.pcap.pcap_open_dead(linkType, LONGEST_FRAME);
    if (handle === null) return;
    try {
      library.pcap.pcap_freecode(compile(library, handle, filter));
      return;
    } catch (error) {
      failure ??= error;
    } finally {
      library.pcap.pcap_close(handle);
    }
  }
  throw failure;
}

/** @throws {PcapFilterError} with libpcap's text about the expression. */
function compile(
  library: Library,
  handle: Deno.PointerValue,
  filter: string,
): Uint8Array<ArrayBuffer> {
  const program = new Uint8Array(new ArrayBuffer(16));
  const text = toCString(filter);
  if (library.pcap.pcap_compile(handle, program, text, 1, NETMASK_UNKNOWN) !== 0) {
    throw new PcapFilterError(lastErrorText(library, handle), filter);
  }
  return program;
}

/** @throws {PcapError} with libpcap's text. */
function setFilter({ pcap, copy }: Library, handle: Deno.PointerValue, filter: string): void {
  const program = compile({ pcap, copy }, handle, filter);
  const status = pcap.pcap_setfilter(handle, program);
  pcap.pcap_freecode(program);
  if (status !== 0) throw new PcapError(lastErrorText({ pcap, copy }, handle), -1);
}

function activationText(library: Library, handle: Deno.PointerValue, status: number): string {
  const general = copiedText(library, library.pcap.pcap_statustostr(status));
  const detail = lastErrorText(library, handle);
  return detail === "" || detail === general ? general : `${general} (${detail})`;
}

function lastErrorText(library: Library, handle: Deno.PointerValue): string {
  return copiedText(library, library.pcap.pcap_geterr(handle));
}

function copiedText({ copy }: Library, text: Deno.PointerValue): string {
  const bytes = new Uint8Array(ERROR_TEXT_SIZE);
  copy.copy_text(bytes, text, ERROR_TEXT_SIZE - 1);
  return fromCString(bytes);
}
