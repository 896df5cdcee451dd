/**
 * GnuPG's turn at a packet: the packet waits for a run of gpg while others are processed, and its signer must be named.
 *
 * @module
 */
import { copyDatagram } from "../capture/datagram.ts";
import type { GpgSettings, Stanza } from "../config/stanza.ts";
import { type GpgOpenedPacket, openGpgText, stanzaOptions } from "../gpg/open.ts";
import type { GpgSignature } from "../gpg/signature.ts";
import { signerMissingFrom } from "../gpg/signer_list.ts";
import type { GpgQueue } from "../gpg/work_queue.ts";
import type { SpaResult } from "../spa/error.ts";
import { guessCipher } from "../spa/prefix.ts";
import type { Candidate, Verdict } from "./candidate.ts";
import type { PacketFacts, Refuse } from "./refusal.ts";
import type { ReplayGate } from "./replay_gate.ts";

/** What the turn is made of. */
export interface GpgTurnParts {
  readonly stanzas: readonly Stanza[];
  /** Where packets wait. */
  readonly queue: GpgQueue;
  /** Stops the run of gpg that there is. */
  readonly ending?: AbortSignal | undefined;
  readonly replay: ReplayGate;
  readonly refuse: Refuse;
}

/** Lets packets wait for gpg. */
export class GpgTurn {
  readonly #parts: GpgTurnParts;
  readonly #isUsed: boolean;
  /** Packets that wait. */
  #waiting = 0;

  constructor(parts: GpgTurnParts) {
    this.#parts = parts;
    this.#isUsed = parts.stanzas.some((stanza) => stanza.gpg !== undefined);
  }

  /** Whether a packet text of that many characters is long enough for GnuPG, and a stanza uses it. */
  mayOpen(length: number): boolean {
    return this.#isUsed && guessCipher(length) === "gpg";
  }

  /**
   * Hands a full text to gpg. `end`: `goOn` is called with what came of it, unless a copy of the packet is accepted
   * first; `next`, and told: there is no room for it.
   */
  ask(
    fullText: string,
    { hmac, number }: Stanza,
    gpg: GpgSettings,
    candidate: Candidate,
    goOn: (opened: SpaResult<GpgOpenedPacket>) => void,
  ): Verdict {
    if (!candidate.waited) candidate.datagram = copyDatagram(candidate.datagram);
    candidate.waited = true;
    const run = async (): Promise<void> => {
      try {
        // A copy of it may have been taken meanwhile; that is worth no program.
        if (this.isTakenMeanwhile(candidate)) return;
        goOn(await openGpgText(fullText, stanzaOptions(gpg, this.#parts.ending)));
      } finally {
        this.#waiting--;
      }
    };
    const { queue, refuse } = this.#parts;
    this.#waiting++;
    if (queue.add({ authenticated: hmac !== undefined, stanza: number, run })) return "end";
    this.#waiting--;
    refuse(candidate.packet, "authenticate", "gpg-busy", {}, [number]);
    return "next";
  }

  /** Whether another copy of the packet was accepted while this one waited for gpg; if so, that is told. */
  isTakenMeanwhile({ waited, remembered, packet, digest }: Candidate): boolean {
    return waited && !remembered && this.#parts.replay.refuses(packet, digest);
  }

  /** Whether the signer is not among those the stanza names; if so, that is told. */
  refusesSigner(
    packet: PacketFacts,
    { gpg, number }: Stanza,
    signature: GpgSignature | undefined,
  ): boolean {
    if (gpg === undefined || signature === undefined) return false;
    const list = signerMissingFrom(signature, gpg);
    if (list === undefined) return false;
    const { id, fingerprint = "" } = signature;
    this.#parts.refuse(packet, "authorize", "gpg-signer", { id, fingerprint, list }, [number]);
    return true;
  }

  /** Resolves when no packet waits, or the server ends; packets of other processors do not put that off. */
  async settle(): Promise<void> {
    const { queue, ending } = this.#parts;
    // The next stanza of a packet may ask gpg too.
    while (this.#waiting > 0 && ending?.aborted !== true) await queue.settleFirst();
  }
}
