/**
 * Limits how many gpg processes run, and for whom.
 *
 * Starting a program for a packet is the one expensive operation that a stranger could trigger: where a stanza has no
 * HMAC key, any 400 characters of base64 get this far. So one child runs at a time, few packets wait, and
 * unauthenticated packets are started at a limited rate. Packets with a valid HMAC go first and have no rate limit, so
 * junk cannot block them.
 *
 * @module
 */

/** One piece of work. */
export interface GpgJob {
  /** The packet's HMAC is valid. */
  readonly authenticated: boolean;
  /** Number of the stanza whose key is tried. */
  readonly stanza: number;
  /** Does the work; must not reject. */
  readonly run: () => Promise<void>;
}

/** The limits of a queue. */
export interface QueueLimits {
  /** Waiting jobs, of each kind. */
  readonly authenticated: number;
  readonly unauthenticated: number;
  /** Waiting authenticated jobs of one stanza: a holder of its key must not block the other stanzas. */
  readonly perStanza: number;
  /** Unauthenticated jobs per second in the long run, and how many at once after a quiet time. */
  readonly rate: number;
  readonly burst: number;
}

/**
 * A run takes about 40 ms of a processor, and about 400 ms where the key has a passphrase, which gpg makes slow to try.
 * So strangers can use less than half of one processor. Real clients knock at most once a second.
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
  /** These run before all others: see {@link settleFirst}. */
  readonly #first: GpgJob[] = [];
  readonly #waiting = { authenticated: [] as GpgJob[], unauthenticated: [] as GpgJob[] };
  /** Jobs that run or wait. */
  readonly #unfinished = new Set<GpgJob>();
  #turn: Promise<void> | undefined;
  #tokens: number;
  #filled: number;
  #working: Promise<void> | undefined;

  /** @param now milliseconds of a clock that never goes backwards. */
  constructor(limits = QUEUE_LIMITS, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    this.#tokens = limits.burst;
    this.#filled = now();
  }

  /** Takes a job, to be started now or soon. `false`: the queue is full, or the job came too soon after others. */
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

  /** Resolves when no job runs or waits. */
  async settle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /**
   * Resolves when the jobs that run or wait now have run. They go first from now on, so jobs that are added later, by
   * strangers or by the holder of a key, cannot delay them.
   */
  async settleFirst(): Promise<void> {
    this.#first.push(...this.#takeWaiting());
    const jobs = [...this.#unfinished];
    while (jobs.some((job) => this.#unfinished.has(job))) await this.#turn;
  }

  /** Drops waiting jobs. The running job goes on. */
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
