/**
 * Decides when to check the firewall after other programs changed it. The kernel reports the changes; this class limits
 * how often they are followed by a check.
 *
 * @module
 */
import type { Adapter } from "./adapter.ts";
import type { RulesetNews, RulesetWatch } from "./ruleset_watch.ts";

/** Milliseconds between the change and the check, and between two checks. */
interface Pace {
  readonly delay: number;
  readonly pause: number;
}

/** Lost chains and rules are restored at once. The pause is for two programs that undo each other's work. */
const LOST: Pace = { delay: 0, pause: 250 };
/** Rules of other programs are checked once a minute at most, after a moment in which more changes may follow. */
const CHANGED: Pace = { delay: 1000, pause: 60_000 };

/** After a check that failed no further report may come: without another check, lost rules would stay lost. */
const FAILED: Pace = { delay: 5000, pause: 0 };

/** What a {@link Lookout} needs. */
export interface LookoutOptions {
  readonly heed: NonNullable<Adapter["heed"]>;
  readonly watch: RulesetWatch;
  /** Checks the firewall and repairs it; resolves to whether that succeeded. Never rejects. */
  readonly look: () => Promise<boolean>;
  /** Milliseconds since a fixed moment, by a clock that is never set. */
  readonly steady: () => number;
}

/** Receives reports of changes, ignores our own, and starts a check after those of other programs. */
export class Lookout {
  readonly #options: LookoutOptions;
  #own = 0;
  #hears = false;
  #looked = -Infinity;
  #due = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LookoutOptions) {
    this.#options = options;
    void options.watch.start(() => this.#take()).then(() => this.#hears = false);
  }

  /** Whether the kernel has reported a change of ours. It reports none of legacy iptables or of another namespace. */
  get hears(): boolean {
    return this.#hears;
  }

  /** Does work that changes the firewall. Changes that the kernel reports meanwhile count as our own. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#take();
    this.#own++;
    try {
      return await work();
    } finally {
      this.#take();
      this.#own--;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#due = -Infinity;
    this.#options.watch.close();
  }

  #take(): void {
    this.#judge(this.#options.watch.take());
  }

  #judge(news: RulesetNews): void {
    if (news === "overrun") {
      this.#plan(LOST);
      return;
    }
    const isOwn = this.#own > 0;
    for (const change of news) {
      const meaning = this.#options.heed(change);
      if (meaning === undefined) continue;
      if (isOwn) this.#hears = true;
      // Where services are protected we never delete a table, so another program did.
      if (meaning === "lost" && (!isOwn || change.what === "table")) this.#plan(LOST);
      else if (!isOwn) this.#plan(CHANGED);
    }
  }

  #plan({ delay, pause }: Pace): void {
    const now = this.#options.steady();
    const due = Math.max(now + delay, this.#looked + pause);
    if (due >= this.#due) return;
    this.#due = due;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      this.#looked = this.#options.steady();
      void this.#options.look().then((isDone) => isDone || this.#plan(FAILED));
    }, due - now);
  }
}
