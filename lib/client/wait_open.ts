/**
 * Tries whether the requested port opens after the knock.
 *
 * @module
 */
import type { Address } from "../net/address.ts";
import { systemReasonOf } from "../errors/reason.ts";

/** The state of the port. */
export type WaitResult =
  | { readonly state: "open"; readonly connection: Deno.TcpConn; readonly milliseconds: number }
  /** It answered a connection attempt that left before the packet. The knock did not open it. */
  | { readonly state: "open_before"; readonly connection: Deno.TcpConn }
  /** Every try was refused: no program listens, or the firewall rejects. */
  | { readonly state: "refused"; readonly before: "refused" | "other" }
  /** No answer at all: the firewall still drops. */
  | { readonly state: "silent" }
  /** This host has no route to the address, or a router or firewall answered so by ICMP. */
  | { readonly state: "unreachable"; readonly reason: string };

/** Milliseconds until the second try. Each pause doubles. Most servers open within a few milliseconds. */
const FIRST_PAUSE = 20;
/** Longest pause between tries, in milliseconds. */
const LONGEST_PAUSE = 320;
/**
 * Milliseconds of the try that left before the packet. After one second the kernel repeats its SYN, and the knock may
 * have opened the port by then.
 */
const EARLY_LIFE = 900;
/** Milliseconds of every other try, enough for slow lines. The next try starts long before. */
const TRY_LIFE = 5000;

type Ending =
  | { readonly connection: Deno.TcpConn }
  | { readonly failure: unknown }
  | "given up";

/** One connection attempt. */
class Try {
  readonly #controller = new AbortController();
  readonly #start = performance.now();
  readonly ending: Promise<Ending>;

  /** The SYN leaves before this returns: Deno connects to an address without a turn of the event loop. */
  constructor(address: Address, port: number, life: number) {
    const { signal } = this.#controller;
    const timer = setTimeout(() => this.close(), life);
    this.ending = Deno.connect({ hostname: address.text, port, signal }).then(
      (connection): Ending => ({ connection }),
      (failure): Ending => signal.aborted ? "given up" : { failure },
    ).finally(() => clearTimeout(timer));
  }

  /** Milliseconds since the SYN left. */
  get age(): number {
    return performance.now() - this.#start;
  }

  /** Stops the attempt if it still runs. */
  close(): void {
    this.#controller.abort();
  }
}

/** Watches a port, from before the knock on. */
export class PortWatch {
  readonly #early: Try;
  readonly #tries = new Set<Try>();
  #failure: unknown;
  #wasRefused = false;
  #found: { readonly connection: Deno.TcpConn; readonly before: boolean } | undefined;
  #isOver = false;
  #wake = () => {};

  /** Starts the try that shows whether the port is open already. The packet must leave right after it. */
  constructor(readonly address: Address, readonly port: number) {
    this.#early = this.#try(EARLY_LIFE);
  }

  /**
   * Connects repeatedly until a try succeeds or the time is over. Tries overlap, because a try at a closed port hangs.
   * The first try to succeed wins, and the others are closed.
   *
   * @param seconds how long to try.
   */
  async wait(seconds: number): Promise<WaitResult> {
    const start = performance.now();
    const deadline = start + seconds * 1000;
    for (
      let pause = FIRST_PAUSE;
      this.#found === undefined && performance.now() < deadline;
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    ) {
      await this.#sleep(Math.max(1, Math.min(pause, deadline - performance.now())));
      if (this.#found === undefined && performance.now() < deadline) this.#try(TRY_LIFE);
    }
    this.close();
    if (this.#found === undefined) return this.#failed();
    const { connection, before } = this.#found;
    return before
      ? { state: "open_before", connection }
      : { state: "open", connection, milliseconds: Math.round(performance.now() - start) };
  }

  /** Stops every try that still runs. */
  close(): void {
    this.#isOver = true;
    for (const attempt of this.#tries) attempt.close();
  }

  #try(life: number): Try {
    const attempt = new Try(this.address, this.port, life);
    this.#tries.add(attempt);
    void attempt.ending.then((ending) => {
      this.#tries.delete(attempt);
      if (ending === "given up") return;
      if ("failure" in ending) {
        this.#failure = ending.failure;
        if (attempt === this.#early) {
          this.#wasRefused = ending.failure instanceof Deno.errors.ConnectionRefused;
        }
      } else if (this.#found !== undefined || this.#isOver) ending.connection.close();
      else {
        // If this is seen late, because sending took long, the kernel may have repeated the SYN.
        const before = attempt === this.#early && attempt.age <= EARLY_LIFE;
        this.#found = { connection: ending.connection, before };
        this.#wake();
      }
    });
    return attempt;
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #failed(): WaitResult {
    if (this.#failure instanceof Deno.errors.ConnectionRefused) {
      return { state: "refused", before: this.#wasRefused ? "refused" : "other" };
    }
    if (this.#failure === undefined) return { state: "silent" };
    return { state: "unreachable", reason: systemReasonOf(this.#failure) };
  }
}
