/**
 * Lets a packet wait for a run of gpg while other packets are processed.
 *
 * @module
 */
import { copyDatagram } from "../capture/datagram.ts";
import type { GpgSettings, Stanza } from "../config/stanza.ts";
import { type GpgOpenedPacket, openGpgText, stanzaOptions } from "../gpg/open.ts";
import type { GpgQueue } from "../gpg/work_queue.ts";
import type { SpaResult } from "../spa/error.ts";
import { guessCipher } from "../spa/prefix.ts";
import type { Candidate } from "./candidate.ts";
import { type Reason, refuse } from "./refusal.ts";
import type { ReplayGate } from "./replay_gate.ts";

/** What {@link GpgTurn} needs. */
export interface GpgTurnParts {
  readonly stanzas: readonly Stanza[];
  /** The queue in which packets wait. */
  readonly queue: GpgQueue;
  /** Stops a running gpg. */
  readonly ending?: AbortSignal | undefined;
  readonly replay: ReplayGate;
}

/** Hands packets to gpg, one after the other. */
export class GpgTurn {
  readonly #parts: GpgTurnParts;
  readonly #isUsed: boolean;
  /** How many packets wait. */
  #waiting = 0;

  constructor(parts: GpgTurnParts) {
    this.#parts = parts;
    this.#isUsed = parts.stanzas.some((stanza) => stanza.gpg !== undefined);
  }

  /** Whether a packet text of `length` characters is long enough for GnuPG and a stanza uses GnuPG. */
  mayOpen(length: number): boolean {
    return this.#isUsed && guessCipher(length) === "gpg";
  }

  /**
   * Hands a full text to gpg, or refuses it if too many packets wait. Calls `resume` later: with the result of gpg, or
   * with a refusal if a copy of the packet was accepted while it waited.
   */
  ask(
    fullText: string,
    { hmac, number }: Stanza,
    gpg: GpgSettings,
    candidate: Candidate,
    resume: (outcome: SpaResult<GpgOpenedPacket> | Reason) => void,
  ): Reason | undefined {
    if (!candidate.waited) candidate.datagram = copyDatagram(candidate.datagram);
    candidate.waited = true;
    const run = async (): Promise<void> => {
      try {
        // If a copy was accepted meanwhile, this packet is a replay: save the run of gpg.
        resume(
          this.checkMeanwhile(candidate) ??
            await openGpgText(fullText, stanzaOptions(gpg, this.#parts.ending)),
        );
      } finally {
        this.#waiting--;
      }
    };
    const { queue } = this.#parts;
    this.#waiting++;
    if (queue.add({ authenticated: hmac !== undefined, stanza: number, run })) return undefined;
    this.#waiting--;
    return refuse("gpg-busy");
  }

  /** Refuses a packet if another copy of it was accepted while it waited for gpg. */
  checkMeanwhile({ waited, remembered, packet, digest }: Candidate): Reason | undefined {
    return waited && !remembered ? this.#parts.replay.checkPacket(packet, digest) : undefined;
  }

  /** Resolves when no packet of this processor waits, or when the server ends. */
  async settle(): Promise<void> {
    const { queue, ending } = this.#parts;
    // After a run of gpg, the next stanza may hand the same packet to gpg again.
    while (this.#waiting > 0 && ending?.aborted !== true) await queue.settleFirst();
  }
}
