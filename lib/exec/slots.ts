/**
 * Counts the running programs of one kind, in all and for each stanza.
 *
 * @module
 */
import type { StartFailure } from "./start_failure.ts";

/** Gives out slots up to a limit. */
export class Slots {
  readonly #most: { readonly atOnce: number; readonly perStanza: number };
  readonly #byStanza = new Map<number | undefined, number>();
  #taken = 0;

  constructor(most: { readonly atOnce: number; readonly perStanza: number }) {
    this.#most = most;
  }

  /**
   * Takes a slot.
   *
   * @param stanza number of the stanza that the program works for. Each stanza has its own limit.
   * @returns a function that releases the slot once, or the reason why no slot is free.
   */
  take(stanza: number | undefined): (() => void) | StartFailure {
    const { atOnce, perStanza } = this.#most;
    const own = this.#byStanza.get(stanza) ?? 0;
    if (this.#taken >= atOnce) return busy(`${atOnce} programs are running`);
    if (stanza !== undefined && own >= perStanza) {
      return busy(`${perStanza} programs of this stanza are running`);
    }
    this.#taken++;
    this.#byStanza.set(stanza, own + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#taken--;
      const left = (this.#byStanza.get(stanza) ?? 0) - 1;
      if (left > 0) this.#byStanza.set(stanza, left);
      else this.#byStanza.delete(stanza);
    };
  }
}

function busy(reason: string): StartFailure {
  return { why: "busy", reason };
}
