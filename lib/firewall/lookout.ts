/**
 * When to look at the firewall because others changed it: the kernel says that, and how often is up to us.
 *
 * @module
 */
import type { Adapter } from "./adapter.ts";
import type { RulesetNews, RulesetWatch } from "./ruleset_watch.ts";

/** Milliseconds between the change and the look, and between two looks. */
interface Pace {
  readonly gather: number;
  readonly pause: number;
}

/** What was lost is put back at once. The pause is for two programs that undo each other's work. */
const LOST: Pace = { gather: 0, pause: 250 };
/** Rules of others are looked for once in a minute at most, and after a moment in which more of them may come. */
const CHANGED: Pace = { gather: 1000, pause: 60_000 };

/** After a look that failed, no news may come: without another look, what was lost would stay lost. */
const FAILED: Pace = { gather: 5000, pause: 0 };

/** What a {@link Lookout} needs. */
export interface LookoutOptions {
  readonly heed: NonNullable<Adapter["heed"]>;
  readonly watch: RulesetWatch;
  /** Looks at the firewall and repairs it; resolves to whether that was done. Never rejects. */
  readonly look: () => Promise<boolean>;
  /** Milliseconds since anything. */
  readonly steady: () => number;
}

/** Hears of changes, passes over our own, and has others' looked at. */
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

  /** Whether the kernel reported a change of ours: it reports none of iptables' legacy variant or another namespace. */
  get hears(): boolean {
    return this.#hears;
  }

  /** Does work that changes the firewall. What the kernel says meanwhile is not news. */
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
      // Where services are protected we delete no table: another program did, just then.
      if (meaning === "lost" && (!isOwn || change.what === "table")) this.#plan(LOST);
      else if (!isOwn) this.#plan(CHANGED);
    }
  }

  #plan({ gather, pause }: Pace): void {
    const now = this.#options.steady();
    const due = Math.max(now + gather, this.#looked + pause);
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
