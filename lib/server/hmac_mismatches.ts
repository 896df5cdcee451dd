/**
 * Collects the HMAC mismatches of one packet over the stanzas.
 *
 * @module
 */
import type { Stanza } from "../config/stanza.ts";
import { guessCipher } from "../spa/prefix.ts";
import { type Reason, refuse } from "./refusal.ts";

const HMAC = refuse("hmac-mismatch", {});
const HMAC_BEFORE_GPG = refuse("hmac-mismatch", { cipher: "gpg" });
/** The C daemon guesses the cipher from the length. */
const NO_GPG = refuse("no-cipher-match", { type: 2 });

/** Consecutive stanzas that refuse for the same reason. */
export interface MismatchRun {
  readonly reason: Reason;
  readonly stanzas: readonly number[];
}

/** Combines consecutive stanzas into one refusal, so that a junk packet costs one value and not one per stanza. */
export class HmacMismatches {
  readonly #isLong: boolean;
  #numbers: number[] = [];
  #reason: Reason = HMAC;

  /** @param length of the packet. */
  constructor(length: number) {
    this.#isLong = guessCipher(length) === "gpg";
  }

  /** Adds a stanza. If it refuses for another reason than the stanzas before, returns their run, which has ended. */
  add({ gpg, number }: Stanza): MismatchRun | undefined {
    const reason = !this.#isLong ? HMAC : gpg === undefined ? NO_GPG : HMAC_BEFORE_GPG;
    const ended = reason === this.#reason ? undefined : this.end();
    this.#reason = reason;
    this.#numbers.push(number);
    return ended;
  }

  /** Ends the current run; `undefined` if it is empty. */
  end(): MismatchRun | undefined {
    if (this.#numbers.length === 0) return undefined;
    const stanzas = this.#numbers;
    this.#numbers = [];
    return { reason: this.#reason, stanzas };
  }
}
