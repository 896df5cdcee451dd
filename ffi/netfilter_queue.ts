/**
 * Reads packets that a firewall rule sent to a queue, with libnetfilter_queue. Linux only.
 *
 * The library creates the queue and sets verdicts. Packets are read by a plain `recv` on the queue's socket: the
 * library's own reader calls back into JavaScript, which is forbidden once the `ffi` permission is dropped.
 *
 * @module
 */
import { check, lastError } from "./libc.ts";
import { openLibrary } from "./library.ts";
import { platform } from "./platform.ts";
import { sockets } from "./readiness.ts";

const queueSymbols = {
  nfq_open: {
    parameters: [],
    result: "pointer", // struct nfq_handle * or NULL
  },
  nfq_close: {
    parameters: [
      "pointer", // struct nfq_handle *h
    ],
    result: "i32", // 0 or -1
  },
  nfq_create_queue: {
    parameters: [
      "pointer", // struct nfq_handle *h
      "u16", // u_int16_t num
      "pointer", // nfq_callback *cb, NULL here: never called, see above
      "pointer", // void *data
    ],
    result: "pointer", // struct nfq_q_handle * or NULL
  },
  nfq_destroy_queue: {
    parameters: [
      "pointer", // struct nfq_q_handle *qh
    ],
    result: "i32", // 0 or -1
  },
  nfq_set_mode: {
    parameters: [
      "pointer", // struct nfq_q_handle *qh
      "u8", // u_int8_t mode: 2 copies packets
      "u32", // u_int32_t range: bytes copied
    ],
    result: "i32", // 0 or -1
  },
  nfq_set_queue_maxlen: {
    parameters: [
      "pointer", // struct nfq_q_handle *qh
      "u32", // u_int32_t queuelen, packets
    ],
    result: "i32", // 0 or -1
  },
  nfq_fd: {
    parameters: [
      "pointer", // struct nfq_handle *h
    ],
    result: "i32", // descriptor
  },
  nfq_set_verdict: {
    parameters: [
      "pointer", // struct nfq_q_handle *qh
      "u32", // u_int32_t id
      "u32", // u_int32_t verdict: 0 drop, 1 accept
      "u32", // u_int32_t data_len, 0: the packet as it is
      "pointer", // const unsigned char *buf
    ],
    result: "i32", // bytes sent or -1
  },
} as const satisfies Deno.ForeignLibraryInterface;

const COPY_PACKET = 2;
/** Packets that the kernel holds for the daemon; it drops more. */
const QUEUE_LENGTH = 4096;

/** What the kernel does with a packet that was read. */
export type QueueVerdict = "drop" | "accept";

let library: ReturnType<typeof openLibrary<typeof queueSymbols>> | undefined;

function symbols(): NonNullable<typeof library> {
  return library ??= openLibrary({
    candidates: ["libnetfilter_queue.so.1"],
    hint: "Install libnetfilter_queue (Debian: apt install libnetfilter-queue1)",
  }, queueSymbols);
}

/** One queue of the kernel. Every packet that is read needs a verdict, or it stays in the kernel. */
export class NetfilterQueue {
  readonly descriptor: number;
  readonly #handle: Deno.PointerValue;
  readonly #queue: Deno.PointerValue;
  readonly #buffer: Uint8Array<ArrayBuffer>;

  /**
   * @param number 0 to 65535. @param snapLength bytes of each packet that the kernel copies.
   * @throws {LibraryUnavailable} @throws {SystemError} without CAP_NET_ADMIN, or when another process has the queue.
   */
  constructor(number: number, snapLength: number) {
    const { nfq_open, nfq_create_queue, nfq_set_mode, nfq_set_queue_maxlen, nfq_fd } = symbols();
    // Loads the error functions while the permission is there.
    sockets();
    this.#handle = nfq_open();
    if (this.#handle === null) throw lastError("nfq_open");
    this.#queue = nfq_create_queue(this.#handle, number, null, null);
    if (this.#queue === null) {
      const error = lastError("nfq_create_queue");
      symbols().nfq_close(this.#handle);
      throw error;
    }
    this.descriptor = nfq_fd(this.#handle);
    // Room for the netlink message around the packet.
    this.#buffer = new Uint8Array(new ArrayBuffer(snapLength + 4096));
    try {
      check(nfq_set_mode(this.#queue, COPY_PACKET, snapLength), "nfq_set_mode");
      // A kernel that refuses keeps its default of 1,024 packets.
      nfq_set_queue_maxlen(this.#queue, QUEUE_LENGTH);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The next batch of netlink messages, without waiting: a view that is valid until the next call. */
  receive(): Uint8Array | undefined {
    const { MSG_DONTWAIT } = platform().number;
    const size = BigInt(this.#buffer.length);
    const length = sockets().recv(this.descriptor, this.#buffer, size, MSG_DONTWAIT);
    return length < 0 ? undefined : this.#buffer.subarray(0, length);
  }

  /** Sets the verdict of the packet with this number. */
  settle(id: number, verdict: QueueVerdict): void {
    symbols().nfq_set_verdict(this.#queue, id, verdict === "accept" ? 1 : 0, 0, null);
  }

  /** Releases the queue. The kernel drops the packets still in it. */
  close(): void {
    symbols().nfq_destroy_queue(this.#queue);
    symbols().nfq_close(this.#handle);
  }
}
