/**
 * Counts the packets that the kernel's netfilter queue dropped.
 *
 * @module
 */

const PATH = "/proc/net/netfilter/nfnetlink_queue";

/**
 * Dropped packets of a queue, from the kernel's table. It has one line per queue: the first number is the queue's
 * number, the sixth counts packets that found the queue full, the seventh those that found the socket full (`seq_show`
 * in nfnetlink_queue.c of Linux). 0 where the table has no such queue.
 */
export function parseQueueDrops(table: string, queue: number): number {
  for (const line of table.split("\n")) {
    const columns = line.trim().split(/\s+/).map(Number);
    if (columns[0] === queue && line.trim() !== "") return (columns[5] ?? 0) + (columns[6] ?? 0);
  }
  return 0;
}

/** The table as an open file: after the permissions are dropped no file in `/proc` can be opened. */
export class QueueDrops implements Disposable {
  readonly #queue: number;
  readonly #file: Deno.FsFile | undefined;
  #last = 0;

  constructor(queue: number) {
    this.#queue = queue;
    try {
      this.#file = Deno.openSync(PATH);
    } catch {
      // A kernel without the table: the drops are unknown.
    }
  }

  /** Packets dropped since the queue was taken, as far as the kernel reports them. */
  count(): number {
    const buffer = new Uint8Array(65536);
    try {
      this.#file?.seekSync(0, Deno.SeekMode.Start);
      const length = this.#file?.readSync(buffer) ?? 0;
      const text = new TextDecoder().decode(buffer.subarray(0, length));
      this.#last = Math.max(this.#last, parseQueueDrops(text, this.#queue));
    } catch {
      // The last known number stays valid.
    }
    return this.#last;
  }

  [Symbol.dispose](): void {
    this.#file?.close();
  }
}
