/**
 * HMAC mismatches of one packet with stanza after stanza.
 *
 * @module
 */
import type { Stanza } from "../config/stanza.ts";
import { guessCipher } from "../spa/prefix.ts";
import type { RefusalCode, RefusalFacts } from "./refusal.ts";

/** Tells that these stanzas refused for the same reason. */
export type TellMismatches = (
  numbers: readonly number[],
  code: RefusalCode,
  facts: RefusalFacts,
) => void;

/** What a mismatch means; `type` is the cipher's number, as the C daemon guesses it. */
type Reason = "hmac" | "hmac-gpg" | "no-gpg";

const REASONS: Readonly<Record<Reason, readonly [RefusalCode, RefusalFacts]>> = {
  "hmac": ["hmac-mismatch", {}],
  "hmac-gpg": ["hmac-mismatch", { cipher: "gpg" }],
  "no-gpg": ["no-cipher-match", { type: 2 }],
};

/** Runs of stanzas that refuse for one reason are one refusal, so that junk costs one value and not one per stanza. */
export class HmacMismatches {
  readonly #isLong: boolean;
  #numbers: number[] = [];
  #reason: Reason = "hmac";

  /** @param length of the packet. */
  constructor(length: number) {
    this.#isLong = guessCipher(length) === "gpg";
  }

  /** Adds a stanza; a run of another reason is told first. */
  add({ gpg, number }: Stanza, tell: TellMismatches): void {
    if (this.#isLong) this.#begin(gpg === undefined ? "no-gpg" : "hmac-gpg", tell);
    this.#numbers.push(number);
  }

  /** Tells the run that has come together. */
  tell(tell: TellMismatches): void {
    if (this.#numbers.length === 0) return;
    const numbers = this.#numbers;
    this.#numbers = [];
    tell(numbers, ...REASONS[this.#reason]);
  }

  #begin(reason: Reason, tell: TellMismatches): void {
    if (reason !== this.#reason) this.tell(tell);
    this.#reason = reason;
  }
}
