/**
 * How many gpg may run, and for whom.
 *
 * Starting a program for a packet is the one costly thing a stranger could make the server do: where a stanza has no
 * HMAC key, any 400 characters of base64 lead here. So one child runs at a time, few packets wait, and those that
 * nothing vouches for are started at a limited rate. Packets whose HMAC is right go first and are not limited, so
 * that junk cannot keep them out.
 *
 * @module
 */

/** One piece of work. */
export interface GpgJob {
  /** The packet's HMAC is right. */
  readonly authenticated: boolean;
  /** Number of the stanza whose key is tried. */
  readonly stanza: number;
  /** Does it; must not reject. */
  readonly run: () => Promise<void>;
}

/** The limits of a queue. */
export interface QueueLimits {
  /** Jobs that wait, of each kind. */
  readonly authenticated: number;
  readonly unauthenticated: number;
  /** Authenticated ones of one stanza: its key holder must not keep the others out. */
  readonly perStanza: number;
  /** Unauthenticated jobs started in a second in the long run, and at once after a quiet time. */
  readonly rate: number;
  readonly burst: number;
}

/**
 * A run takes some 40 ms of a processor, and some 400 where the key has a passphrase, which gpg makes slow to try. So
 * strangers can use up less than half of one processor, and nobody knocks more often than once a second in earnest.
 */
export const QUEUE_LIMITS: QueueLimits = {
  authenticated: 64,
  unauthenticated: 4,
  perStanza: 16,
  rate: 1,
  burst: 8,
};

/** Runs jobs one after the other. */
export class GpgQueue {
  readonly #limits: QueueLimits;
  readonly #now: () => number;
  /** Before all others: see {@link settleFirst}. */
  readonly #first: GpgJob[] = [];
  readonly #waiting = { authenticated: [] as GpgJob[], unauthenticated: [] as GpgJob[] };
  /** What runs or waits. */
  readonly #unfinished = new Set<GpgJob>();
  #turn: Promise<void> | undefined;
  #tokens: number;
  #filled: number;
  #working: Promise<void> | undefined;

  /** @param now milliseconds of a clock that never goes back. */
  constructor(limits = QUEUE_LIMITS, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    this.#tokens = limits.burst;
    this.#filled = now();
  }

  /** Takes a job, to be begun now or soon; `false`: there is no room for it, or it came too soon after others. */
  add(job: GpgJob): boolean {
    const kind = job.authenticated ? "authenticated" : "unauthenticated";
    const waiting = this.#waiting[kind];
    if (waiting.length >= this.#limits[kind]) return false;
    if (job.authenticated) {
      const own = waiting.filter(({ stanza }) => stanza === job.stanza);
      if (own.length >= this.#limits.perStanza) return false;
    } else if (!this.#takeToken()) return false;
    waiting.push(job);
    this.#unfinished.add(job);
    this.#working ??= this.#work();
    return true;
  }

  /** Resolves when nothing runs or waits. */
  async settle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /**
   * Resolves when what runs or waits now has run. It goes first from now on, so that what is added later, by strangers or
   * by the holder of a key, cannot put that off.
   */
  async settleFirst(): Promise<void> {
    this.#first.push(...this.#takeWaiting());
    const jobs = [...this.#unfinished];
    while (jobs.some((job) => this.#unfinished.has(job))) await this.#turn;
  }

  /** Forgets what waits; what runs goes on. */
  clear(): void {
    for (const job of [...this.#first.splice(0), ...this.#takeWaiting()]) {
      this.#unfinished.delete(job);
    }
  }

  #takeWaiting(): GpgJob[] {
    const { authenticated, unauthenticated } = this.#waiting;
    return [...authenticated.splice(0), ...unauthenticated.splice(0)];
  }

  async #work(): Promise<void> {
    const { authenticated, unauthenticated } = this.#waiting;
    for (;;) {
      const job = this.#first.shift() ?? authenticated.shift() ?? unauthenticated.shift();
      if (job === undefined) break;
      this.#turn = job.run();
      await this.#turn;
      this.#unfinished.delete(job);
    }
    this.#working = undefined;
  }

  #takeToken(): boolean {
    const { rate, burst } = this.#limits;
    const now = this.#now();
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#filled) / 1000 * rate);
    this.#filled = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
