/**
 * The cheap pass over every packet: shape, source, and one pass over all HMAC keys. A packet without a key whose refusal
 * was reported before ends here, counted, so that junk costs no digest and no report.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";
import type { Stanza } from "../config/stanza.ts";
import type { Address } from "../net/address.ts";
import type { SpaErrorName } from "../spa/error.ts";
import type { HttpRules } from "../spa/http.ts";
import { type Cipher, guessCipher } from "../spa/prefix.ts";
import { screenBytes } from "../spa/screen.ts";
import { HmacIndex, isFor } from "./hmac_index.ts";
import { listContains } from "./source_match.ts";

/**
 * Why a packet of a client without a key is refused: it is not SPA, no stanza lists its source, or no key made it, for
 * the cipher that its length stands for.
 */
export type StrangerKind = SpaErrorName | "no-source" | NoKey;

type NoKey = `no-key-${Cipher}`;

/** The kind of a packet of `length` bytes that no key made. */
export function noKey(length: number): NoKey {
  return guessCipher(length) === "gpg" ? "no-key-gpg" : "no-key-rijndael";
}

/** Counts the packets whose refusal was reported before. */
export interface Repeats {
  /** Counts the packet if a refusal of that kind and source is held back already; otherwise returns `false`. */
  count(source: Address, kind: StrangerKind): boolean;
}

/** What a prefilter works by. */
export interface PrefilterParts {
  readonly stanzas: readonly Stanza[];
  /** As in `ServerPolicy`. */
  readonly http: HttpRules | undefined;
  readonly repeats: Repeats;
}

/** Decides which packets need the whole path (`packet_processor.ts`). It never decides that a packet is good. */
export class Prefilter {
  readonly #parts: PrefilterParts;
  readonly #hmacs: HmacIndex;
  /** Stanzas that an HMAC does not protect: packets of their sources always pass. */
  readonly #unprotected: readonly Stanza[];

  constructor(parts: PrefilterParts) {
    this.#parts = parts;
    this.#hmacs = new HmacIndex(parts.stanzas);
    this.#unprotected = parts.stanzas.filter(({ hmac }) => hmac === undefined);
  }

  /** Whether the packet needs the whole path: a key may have made it, or its refusal is to be reported. */
  passes(datagram: Datagram): boolean {
    const kind = this.#strangerKind(datagram);
    return kind === undefined || !this.#parts.repeats.count(datagram.source, kind);
  }

  /** `undefined`: a key of a stanza may have made the packet. */
  #strangerKind({ payload, source, destination }: Datagram): StrangerKind | undefined {
    const { stanzas, http } = this.#parts;
    const text = screenBytes(payload, { http });
    if ("error" in text) return text.error;
    if (!stanzas.some((stanza) => listContains(stanza.source, source))) return "no-source";
    const isPossible = this.#unprotected.some((stanza) => isFor(stanza, source, destination)) ||
      this.#hmacs.fits(text, source, destination);
    return isPossible ? undefined : noKey(payload.length);
  }
}
