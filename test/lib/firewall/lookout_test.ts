import { Lookout } from "../../../lib/firewall/lookout.ts";
import { nftAdapter } from "../../../lib/firewall/nft/adapter.ts";
import type { RulesetChange } from "../../../lib/firewall/ruleset_change.ts";
import type { RulesetNews, RulesetWatch } from "../../../lib/firewall/ruleset_watch.ts";
import { assert, assertEquals } from "../../assert.ts";

const ELEMENT = { what: "element", isDeleted: false, name: "access4" } as const;
const RULE_GONE = { what: "rule", isDeleted: true, name: "input" } as const;
const TABLE_GONE = { what: "table", isDeleted: true, name: "" } as const;

/** A lookout with a fake clock and made-up reports of changes. */
class Stage implements RulesetWatch, Disposable {
  /** The times of its checks, in milliseconds. */
  readonly looks: number[] = [];
  readonly lookout: Lookout;
  #now = 0;
  #failures = 0;
  #news: RulesetNews = [];
  #notify = () => {};
  #waiting: { readonly at: number; readonly work: () => void } | undefined;
  readonly #timers = [globalThis.setTimeout, globalThis.clearTimeout] as const;

  constructor() {
    Object.assign(globalThis, {
      setTimeout: (work: () => void, milliseconds: number) => {
        this.#waiting = { at: this.#now + milliseconds, work };
      },
      clearTimeout: () => this.#waiting = undefined,
    });
    const { heed } = nftAdapter({ command: "nft", nat: false, protect: [] });
    assert(heed !== undefined);
    this.lookout = new Lookout({
      heed,
      watch: this,
      look: () => {
        this.looks.push(this.#now);
        return Promise.resolve(this.#failures-- <= 0);
      },
      steady: () => this.#now,
    });
  }

  start(notify: () => void): Promise<void> {
    this.#notify = notify;
    return new Promise(() => {});
  }

  take(): RulesetNews {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  close(): void {}

  /** Lets time pass, then reports changes in the table. */
  after(milliseconds: number, ...changes: Omit<RulesetChange, "family" | "table">[]): void {
    this.pass(milliseconds);
    this.say(changes.map((change) => ({ ...change, family: "inet", table: "fwknop" })));
    this.#notify();
  }

  /** Makes the next `looks` checks fail. */
  fail(looks: number): void {
    this.#failures = looks;
  }

  say(news: RulesetNews): void {
    this.#news = news;
  }

  notify(): void {
    this.#notify();
  }

  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    while (this.#waiting !== undefined && this.#waiting.at <= end) {
      const { at, work } = this.#waiting;
      this.#waiting = undefined;
      this.#now = at;
      work();
    }
    this.#now = end;
  }

  [Symbol.dispose](): void {
    const [setTimeout, clearTimeout] = this.#timers;
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
}

Deno.test("a loss is checked at once, and pauses separate the checks if another program repeats it", () => {
  using stage = new Stage();
  for (let index = 0; index < 100; index++) stage.after(10, TABLE_GONE);
  stage.pass(10_000);
  assertEquals(stage.looks, [10, 260, 510, 760, 1010]);
});

Deno.test("a check that fails is repeated, even if no further change is reported", async () => {
  using stage = new Stage();
  stage.fail(2);
  stage.after(10, TABLE_GONE);
  for (let seconds = 0; seconds < 60; seconds++) {
    stage.pass(1000);
    await Promise.resolve();
  }
  assertEquals(stage.looks.length, 3);
});

Deno.test("a burst of other changes causes one check, and steady changes cause one check a minute", () => {
  using stage = new Stage();
  for (let index = 0; index < 20; index++) stage.after(20, ELEMENT);
  stage.pass(30_000);
  assertEquals(stage.looks, [1020]);
  for (let index = 0; index < 200; index++) stage.after(1000, ELEMENT);
  stage.pass(60_000);
  const pauses = stage.looks.slice(1).map((at, index) => at - (stage.looks[index] ?? 0));
  assert(pauses.length >= 3 && pauses.every((pause) => pause >= 60_000), pauses.join(", "));
});

Deno.test("a loss is checked at once, even while other programs keep changing rules", () => {
  using stage = new Stage();
  stage.after(0, ELEMENT);
  stage.after(5000, ELEMENT);
  stage.after(5000, ELEMENT, TABLE_GONE);
  stage.pass(1);
  assertEquals(stage.looks, [1000, 10_000]);
});

Deno.test("our own changes cause no check, but a table deleted meanwhile does", async () => {
  using stage = new Stage();
  assert(!stage.lookout.hears);
  const change = (...changes: Omit<RulesetChange, "family" | "table">[]) =>
    stage.lookout.during(() => {
      stage.say(changes.map((change) => ({ ...change, family: "inet", table: "fwknop" })));
      return Promise.resolve();
    });
  await change(ELEMENT, RULE_GONE);
  assert(stage.lookout.hears, "the kernel reports changes of this firewall");
  stage.pass(100_000);
  assertEquals(stage.looks, []);
  await change(ELEMENT, TABLE_GONE);
  stage.pass(0);
  assertEquals(stage.looks, [100_000]);
});

Deno.test("a change just before our own causes a check", async () => {
  using stage = new Stage();
  stage.say([{ ...RULE_GONE, family: "inet", table: "fwknop" }]);
  await stage.lookout.during(() => Promise.resolve());
  stage.pass(0);
  assertEquals(stage.looks, [0]);
});

Deno.test("lost reports count as a loss, and changes of other tables cause no check", () => {
  using stage = new Stage();
  stage.say("overrun");
  stage.notify();
  stage.pass(0);
  assertEquals(stage.looks, [0]);
  stage.say([{ ...TABLE_GONE, family: "ip", table: "fwknop" }]);
  stage.notify();
  stage.say([{ ...TABLE_GONE, family: "inet", table: "filter" }]);
  stage.notify();
  stage.pass(100_000);
  assertEquals(stage.looks, [0]);
});
