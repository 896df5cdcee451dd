/**
 * The rules in force and when each of them ends.
 *
 * @module
 */
import type { Rule } from "./adapter.ts";

interface Deadline {
  readonly expires: number;
  readonly key: string;
}

/** Rules by key, in the order in which they came, with a heap of deadlines over them. */
export class Ledger {
  readonly #rules = new Map<string, Rule>();
  /** A binary heap, earliest first. Entries of rules that are gone or renewed are dropped when met. */
  readonly #deadlines: Deadline[] = [];

  get size(): number {
    return this.#rules.size;
  }

  /** The rule with this key, if it is in force. */
  get(key: string): Rule | undefined {
    return this.#rules.get(key);
  }

  /** All rules, oldest first. */
  all(): Rule[] {
    return [...this.#rules.values()];
  }

  /** Adds a rule, or replaces the one with the same key. */
  add(rule: Rule): void {
    this.#rules.set(rule.key, rule);
    this.#push({ expires: rule.summary.expires, key: rule.key });
  }

  delete(key: string): void {
    this.#rules.delete(key);
  }

  /** The earliest expiry, in seconds since 1970 UTC, or `undefined` when nothing is in force. */
  next(): number | undefined {
    for (;;) {
      const first = this.#deadlines[0];
      if (first === undefined) return undefined;
      if (this.#rules.get(first.key)?.summary.expires === first.expires) return first.expires;
      this.#pop();
    }
  }

  /** Rules that ended at or before `seconds`, oldest first; they stay in the ledger. */
  due(seconds: number): Rule[] {
    const next = this.next();
    if (next === undefined || next > seconds) return [];
    return this.all().filter(({ summary }) => summary.expires <= seconds);
  }

  #push(deadline: Deadline): void {
    const heap = this.#deadlines;
    let index = heap.push(deadline) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.expires <= deadline.expires) break;
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
      const child = (heap[right]?.expires ?? Infinity) < (heap[left]?.expires ?? Infinity)
        ? right
        : left;
      const below = heap[child];
      if (below === undefined || below.expires >= last.expires) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}
