/**
 * How many programs of one kind run, in all and for each stanza.
 *
 * @module
 */
import type { StartFailure } from "./start_failure.ts";

/** Gives places away up to a limit. */
export class Slots {
  readonly #most: { readonly atOnce: number; readonly perStanza: number };
  readonly #byStanza = new Map<number | undefined, number>();
  #taken = 0;

  constructor(most: { readonly atOnce: number; readonly perStanza: number }) {
    this.#most = most;
  }

  /**
   * Takes a place.
   *
   * @param stanza the number of the one that it is for, which has a share of its own.
   * @returns what gives the place back, once; or why there is none.
   */
  take(stanza: number | undefined): (() => void) | StartFailure {
    const { atOnce, perStanza } = this.#most;
    const own = this.#byStanza.get(stanza) ?? 0;
    if (this.#taken >= atOnce) return busy(`${atOnce} run already`);
    if (stanza !== undefined && own >= perStanza) {
      return busy(`${perStanza} of this stanza run already`);
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
