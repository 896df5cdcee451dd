/**
 * The path of a packet from screening to decision. This file joins the steps.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";
import type { Stanza } from "../config/stanza.ts";
import type { GpgSignature } from "../gpg/signature.ts";
import { GpgQueue } from "../gpg/work_queue.ts";
import { formatServices } from "../net/service.ts";
import { isGpgError, type SpaFailure } from "../spa/error.ts";
import { type OpenedPacket, openFullText } from "../spa/packet.ts";
import { type Cipher, guessCipher, restorePrefix } from "../spa/prefix.ts";
import { packetReplayDigest } from "../spa/replay_digest.ts";
import { parseRequest } from "../spa/request.ts";
import { screenPacket } from "../spa/screen.ts";
import { authorize, checkSigner } from "./authorize.ts";
import type { Candidate, StanzaVerdict, Verified } from "./candidate.ts";
import type { Decision } from "./decision.ts";
import { describePacket, type PacketFacts } from "./describe_packet.ts";
import type { Observer } from "./event.ts";
import { GpgTurn } from "./gpg_turn.ts";
import { HmacIndex, isFor } from "./hmac_index.ts";
import { HmacMismatches, type MismatchRun } from "./hmac_mismatches.ts";
import type { ServerPolicy } from "./policy.ts";
import { namesOf, type Reason, refuse, type StanzaNames, tie } from "./refusal.ts";
import type { ReplayCache } from "./replay_cache.ts";
import { ReplayGate } from "./replay_gate.ts";
import { listContains } from "./source_match.ts";

/** What a processor needs. */
export interface PacketProcessorParts {
  readonly stanzas: readonly Stanza[];
  readonly policy: ServerPolicy;
  readonly replay: ReplayCache;
  /** Whole seconds since 1970 UTC. */
  readonly now: () => number;
  readonly observe: Observer;
  /** Carries a decision out, now or later, and reports the outcome. Never called in test mode. */
  readonly act: (decision: Decision, packet: PacketFacts) => void;
  /** In test mode, shows how a decision would be carried out. */
  readonly dryRun?: (decision: Decision, packet: PacketFacts) => void;
  /** The queue in which packets wait for gpg; absent: the processor makes one. */
  readonly gpg?: GpgQueue;
  /** Stops a running gpg. */
  readonly ending?: AbortSignal;
}

/**
 * The texts that a stanza tries to decrypt, by cipher. `undefined`: the cipher is excluded, for example by the HMAC.
 */
type FullTexts = Readonly<Record<Cipher, string | undefined>>;

/** Processes datagrams one by one. Bad input leads to a refusal, never to an exception. */
export class PacketProcessor {
  readonly #parts: PacketProcessorParts;
  readonly #hmacs: HmacIndex;
  /** Stanzas whose expiry was reported, which happens once each (`docs/spec/server.md` 7, step 10). */
  readonly #reportedExpired = new Set<number>();
  readonly #replay: ReplayGate;
  readonly #gpg: GpgTurn;
  readonly #names: StanzaNames;

  constructor(parts: PacketProcessorParts) {
    this.#parts = parts;
    this.#hmacs = new HmacIndex(parts.stanzas);
    this.#names = namesOf(parts.stanzas);
    this.#replay = new ReplayGate(parts.replay, parts.policy.maxAge, parts.now);
    this.#gpg = new GpgTurn({
      stanzas: parts.stanzas,
      queue: parts.gpg ?? new GpgQueue(),
      ending: parts.ending,
      replay: this.#replay,
    });
  }

  /**
   * Processes one datagram. The work of gpg and the act may finish later; data that is needed until then is copied.
   *
   * @param number of the packet since the start, from 1.
   */
  process(datagram: Datagram, number: number): void {
    const packet = describePacket(datagram, number);
    const screened = screenPacket(datagram.payload, { http: this.#parts.policy.http });
    if (!screened.ok) return this.#report(packet, refuse("not-spa", { error: screened.error }));
    const { text } = screened.value;
    packet.text = text;
    if (!this.#parts.stanzas.some((stanza) => listContains(stanza.source, datagram.source))) {
      return this.#report(packet, refuse("no-stanza-for-source"));
    }
    const digest = packetReplayDigest(text);
    const before = this.#replay.checkPacket(packet, digest);
    if (before !== undefined) return this.#report(packet, before);
    const { source, destination } = datagram;
    const verify = (cipher: Cipher): Verified =>
      this.#hmacs.verify(text, cipher, source, destination);
    this.#tryStanzas({
      packet,
      datagram,
      screened: screened.value,
      digest,
      verified: verify("rijndael"),
      verifiedGpg: this.#gpg.mayOpen(text.length) ? verify("gpg") : undefined,
      mismatches: new HmacMismatches(packet.length),
      remembered: false,
      waited: false,
    });
  }

  /** Resolves when no packet waits for gpg. */
  async settle(): Promise<void> {
    await this.#gpg.settle();
  }

  /** Tries the stanzas in file order, from index `first` on. Consecutive HMAC mismatches become one refusal. */
  #tryStanzas(candidate: Candidate, first = 0): void {
    const { datagram, packet, verified, verifiedGpg, mismatches } = candidate;
    const { text } = candidate.screened;
    const { stanzas } = this.#parts;
    const elsewhere = verified.size > 0 || (verifiedGpg?.size ?? 0) > 0;
    const reportRun = (run: MismatchRun | undefined): void => {
      if (run !== undefined) this.#report(packet, run.reason, run.stanzas, elsewhere);
    };
    let isForSomeStanza = first > 0;
    for (let index = first; index < stanzas.length; index++) {
      const stanza = stanzas[index];
      if (stanza === undefined || !isFor(stanza, datagram.source, datagram.destination)) continue;
      isForSomeStanza = true;
      const expired = checkExpiry(stanza, this.#parts.now);
      if (expired !== undefined) {
        this.#reportExpiry(stanza, packet, expired);
        continue;
      }
      const isAuthenticated = stanza.hmac !== undefined;
      const rijndael = isAuthenticated ? verified.get(index) : restorePrefix(text, "rijndael");
      const gpg = verifiedGpg === undefined || stanza.gpg === undefined
        ? undefined
        : isAuthenticated
        ? verifiedGpg.get(index)
        : restorePrefix(text, "gpg");
      if (rijndael === undefined && gpg === undefined) {
        reportRun(mismatches.add(stanza));
        continue;
      }
      reportRun(mismatches.end());
      if (this.#tryStanza(stanza, { rijndael, gpg }, candidate, index + 1) === "end") return;
    }
    if (isForSomeStanza) return reportRun(mismatches.end());
    // At least one stanza lists the source; otherwise the packet was refused earlier.
    const listening = stanzas.filter(({ source }) => listContains(source, datagram.source));
    const numbers = listening.map(({ number }) => number);
    this.#report(packet, refuse("no-stanza-for-destination"), numbers);
  }

  /**
   * Tries every cipher that the stanza has a key for (`docs/spec/server.md` 16, row 27). If gpg is needed, processing
   * goes on when gpg ends. If this stanza then does not take the packet, the stanza of index `next` is next.
   */
  #tryStanza(stanza: Stanza, texts: FullTexts, candidate: Candidate, next: number): StanzaVerdict {
    const { encryptionKey, encryptionMode: mode, gpg } = stanza;
    const opened = encryptionKey === undefined || texts.rijndael === undefined
      ? undefined
      : openFullText(texts.rijndael, { encryptionKey, mode });
    if (opened?.ok === true) return this.#judge(stanza, opened.value, candidate);
    if (gpg !== undefined && texts.gpg !== undefined) {
      const busy = this.#gpg.ask(texts.gpg, stanza, gpg, candidate, (outcome) => {
        if ("code" in outcome) return this.#report(candidate.packet, outcome);
        const verdict = outcome.ok
          ? this.#judge(stanza, outcome.value, candidate, { signature: outcome.value.signature })
          : this.#refuse(undecodable(outcome), stanza, candidate);
        if (verdict === "next") this.#tryStanzas(candidate, next);
      });
      return busy === undefined ? "end" : this.#refuse(busy, stanza, candidate);
    }
    // An HMAC identifies the cipher. Without an HMAC, the length does (`docs/spec/server.md` 7, step 13).
    const isGpg = stanza.hmac === undefined && gpg === undefined &&
      guessCipher(candidate.packet.length) === "gpg";
    const reason = opened !== undefined && !isGpg
      ? undecodable(opened)
      : refuse("no-cipher-match", { type: isGpg ? 2 : 1 });
    return this.#refuse(reason, stanza, candidate);
  }

  /**
   * Judges a decrypted packet: request, replay cache, policy. Once it is in the replay cache, it cannot be used again.
   */
  #judge(
    stanza: Stanza,
    opened: OpenedPacket,
    candidate: Candidate,
    gpg?: { readonly signature: GpgSignature | undefined },
  ): StanzaVerdict {
    const { packet, screened, datagram } = candidate;
    const { message } = opened;
    const request = parseRequest(message);
    if (!request.ok) return this.#refuse(undecodable(request), stanza, candidate);
    const copied = this.#gpg.checkMeanwhile(candidate);
    if (copied !== undefined) {
      this.#report(packet, copied);
      return "end";
    }
    const unusable = this.#replay.use(stanza, opened, candidate);
    if (unusable !== undefined) return this.#refuse(unusable, stanza, candidate);
    // Report this only after decryption, so that clients without a key cannot cause log lines.
    const { invalidForwardedFor } = screened;
    if (invalidForwardedFor !== undefined) {
      this.#parts.observe({ kind: "bad-forwarded-for", packet, value: invalidForwardedFor });
    }
    this.#parts.observe({
      kind: "decoded",
      packet,
      stanza,
      fields: opened,
      packetText: screened.text,
      ...(gpg === undefined ? {} : { gpg }),
    });
    const signer = checkSigner(stanza, gpg?.signature);
    if (signer !== undefined) return this.#refuse(signer, stanza, candidate);
    const authorization = authorize(stanza, message, request.value, {
      now: this.#parts.now(),
      maxAge: this.#parts.policy.maxAge,
      source: datagram.source,
      sentTo: datagram.destination,
      nat: this.#parts.policy.nat,
      destination: this.#parts.policy.destinationRule ? datagram.destination : undefined,
      forwardedFor: invalidForwardedFor === undefined ? screened.forwardedFor : "unusable",
    });
    if (!authorization.allowed) return this.#refuse(authorization.refusal, stanza, candidate);
    const unkept = this.#replay.checkKept(candidate.digest);
    if (unkept !== undefined) return this.#refuse(unkept, stanza, candidate);
    return this.#act(authorization.decision, stanza, candidate);
  }

  /**
   * Carries the decision out. In test mode the next stanza follows, as in the C daemon (`docs/spec/server.md` 7, step
   * 25).
   */
  #act(decision: Decision, stanza: Stanza, candidate: Candidate): StanzaVerdict {
    const { packet } = candidate;
    if (!this.#parts.policy.testMode) {
      this.#parts.act(decision, packet);
      return "end";
    }
    this.#refuse(inTestMode(decision), stanza, candidate);
    this.#parts.dryRun?.(decision, packet);
    return "next";
  }

  #reportExpiry({ number }: Stanza, packet: PacketFacts, expired: Reason): void {
    if (this.#reportedExpired.has(number)) return;
    this.#reportedExpired.add(number);
    this.#report(packet, expired, [number]);
  }

  /** One stanza refuses; the next stanza follows. */
  #refuse(reason: Reason, { number }: Stanza, { packet }: Candidate): StanzaVerdict {
    // A replay concerns the packet, not a stanza.
    this.#report(packet, reason, reason.step === "seen" ? [] : [number]);
    return "next";
  }

  #report(
    packet: PacketFacts,
    reason: Reason,
    stanzas: readonly number[] = [],
    elsewhere = false,
  ): void {
    const refusal = tie(reason, packet, stanzas, this.#names);
    this.#parts.observe({
      kind: "refused",
      refusal: elsewhere ? { ...refusal, elsewhere: true } : refusal,
    });
  }
}

function undecodable({ error, detail }: SpaFailure): Reason {
  const gpg = isGpgError(error) && detail !== undefined ? { gpg: detail } : {};
  return refuse("undecodable", { error, ...gpg });
}

/** Refuses if ACCESS_EXPIRE has passed. */
function checkExpiry({ expires }: Stanza, now: () => number): Reason | undefined {
  // This runs for every stanza and every junk packet, so read the clock only if needed.
  if (expires === undefined) return undefined;
  const seconds = now() - expires;
  return seconds > 0 ? refuse("stanza-expired", { seconds }) : undefined;
}

/** The refusal in test mode, with what the server would have done. */
function inTestMode(decision: Decision): Reason {
  const address = decision.address.text;
  if (decision.kind === "run") {
    return refuse("test-mode", { does: "run", address, command: decision.command });
  }
  return refuse("test-mode", {
    does: decision.kind === "cycle" ? "cycle" : "open",
    services: formatServices(decision.services),
    address,
    granted: decision.seconds,
  });
}
