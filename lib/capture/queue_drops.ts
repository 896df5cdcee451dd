/**
 * What the kernel's netfilter queue could not hold.
 *
 * @module
 */

const PATH = "/proc/net/netfilter/nfnetlink_queue";

/**
 * Dropped packets of a queue, from the kernel's table: a line per queue, of which the first number is the queue's, the
 * sixth counts what found the queue full and the seventh what found the socket full (`seq_show` in
 * nfnetlink_queue.c of Linux). 0 where the queue is not in it.
 */
export function parseQueueDrops(table: string, queue: number): number {
  for (const line of table.split("\n")) {
    const columns = line.trim().split(/\s+/).map(Number);
    if (columns[0] === queue && line.trim() !== "") return (columns[5] ?? 0) + (columns[6] ?? 0);
  }
  return 0;
}

/** The table, kept open: once permissions are dropped nothing in `/proc` can be opened any more. */
export class QueueDrops implements Disposable {
  readonly #queue: number;
  readonly #file: Deno.FsFile | undefined;
  #last = 0;

  constructor(queue: number) {
    this.#queue = queue;
    try {
      this.#file = Deno.openSync(PATH);
    } catch {
      // A kernel without the table: what it drops is not known.
    }
  }

  /** Packets dropped since the queue was taken, as far as it is known. */
  count(): number {
    const buffer = new Uint8Array(65536);
    try {
      this.#file?.seekSync(0, Deno.SeekMode.Start);
      const length = this.#file?.readSync(buffer) ?? 0;
      const text = new TextDecoder().decode(buffer.subarray(0, length));
      this.#last = Math.max(this.#last, parseQueueDrops(text, this.#queue));
    } catch {
      // What was known before still holds.
    }
    return this.#last;
  }

  [Symbol.dispose](): void {
    this.#file?.close();
  }
}
