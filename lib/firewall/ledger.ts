/**
 * The rules in force and when each of them ends.
 *
 * @module
 */
import { type Clocks, isOver, steadyDeadline } from "../clocks.ts";
import type { Rule } from "./adapter.ts";

interface Deadline {
  /** By the steady clock. */
  readonly at: number;
  readonly key: string;
}

/**
 * Rules by key, in the order in which they were added, with a heap of their deadlines. A rule ends when either clock says
 * so: with the time of day alone, a clock that is set back would let it live longer than granted.
 */
export class Ledger {
  readonly #clocks: Clocks;
  readonly #rules = new Map<string, { readonly rule: Rule; readonly at: number }>();
  /** A binary heap, earliest first. Entries of deleted or renewed rules are dropped when they come to the top. */
  readonly #deadlines: Deadline[] = [];

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
  }

  /** Number of rules in force, by the stanza that allowed them. */
  readonly #counts = new Map<number, number>();

  get size(): number {
    return this.#rules.size;
  }

  /** The rule with this key, if it is in force. */
  get(key: string): Rule | undefined {
    return this.#rules.get(key)?.rule;
  }

  /** All rules, oldest first. */
  all(): Rule[] {
    return Array.from(this.#rules.values(), ({ rule }) => rule);
  }

  /** Adds a rule, or replaces the one with the same key. Its time begins to run. */
  add(rule: Rule): void {
    const at = steadyDeadline(this.#clocks, rule.summary.expires);
    this.#count(this.get(rule.key), -1);
    this.#count(rule, 1);
    this.#rules.set(rule.key, { rule, at });
    this.#push({ at, key: rule.key });
  }

  delete(key: string): void {
    this.#count(this.get(key), -1);
    this.#rules.delete(key);
  }

  /** How many rules of a stanza are in force. Rules whose stanza is not known do not count. */
  countOf(stanza: number): number {
    return this.#counts.get(stanza) ?? 0;
  }

  /**
   * Milliseconds until the earliest deadline, 0 when it has passed; `undefined` when nothing is in force. It cannot
   * foresee that the time of day is set forward: call {@link due} now and then.
   */
  wait(): number | undefined {
    for (;;) {
      const [first] = this.#deadlines;
      if (first === undefined) return undefined;
      if (this.#rules.get(first.key)?.at === first.at) {
        return Math.max(0, first.at - this.#clocks.steady());
      }
      this.#pop();
    }
  }

  /** Milliseconds until a rule ends by the first of the two clocks; 0 if there is no such rule. */
  left(key: string): number {
    const entry = this.#rules.get(key);
    if (entry === undefined) return 0;
    const { rule, at } = entry;
    const { now, steady } = this.#clocks;
    return Math.max(0, Math.min(at - steady(), rule.summary.expires * 1000 - now()));
  }

  /** Expired rules, oldest first; they stay in the ledger. */
  due(): Rule[] {
    return Array.from(this.#rules.values())
      .filter(({ rule, at }) => isOver(this.#clocks, { seconds: rule.summary.expires, at }))
      .map(({ rule }) => rule);
  }

  #count(rule: Rule | undefined, change: 1 | -1): void {
    const stanza = rule?.summary.stanza;
    if (stanza === undefined) return;
    const count = this.countOf(stanza) + change;
    if (count === 0) this.#counts.delete(stanza);
    else this.#counts.set(stanza, count);
  }

  #push(deadline: Deadline): void {
    const heap = this.#deadlines;
    let index = heap.push(deadline) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= deadline.at) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = deadline;
  }

  #pop(): void {
    const heap = this.#deadlines;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = (heap[right]?.at ?? Infinity) < (heap[left]?.at ?? Infinity) ? right : left;
      const below = heap[child];
      if (below === undefined || below.at >= last.at) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}
