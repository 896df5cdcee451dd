/**
 * The path of a packet, from screening to the decision: the file that joins the steps.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";
import type { Stanza } from "../config/stanza.ts";
import type { GpgSignature } from "../gpg/signature.ts";
import { GpgQueue } from "../gpg/work_queue.ts";
import { formatServices } from "../net/service.ts";
import type { SpaFailure } from "../spa/error.ts";
import { type OpenedPacket, openFullText } from "../spa/packet.ts";
import { type Cipher, guessCipher, restorePrefix } from "../spa/prefix.ts";
import { packetReplayDigest } from "../spa/replay_digest.ts";
import { parseRequest } from "../spa/request.ts";
import { screenPacket } from "../spa/screen.ts";
import { authorize } from "./authorize.ts";
import type { Candidate, Verdict, Verified } from "./candidate.ts";
import type { Decision } from "./decision.ts";
import { describePacket } from "./describe_packet.ts";
import type { Observer } from "./event.ts";
import { GpgTurn } from "./gpg_turn.ts";
import { HmacIndex, isFor } from "./hmac_index.ts";
import { HmacMismatches } from "./hmac_mismatches.ts";
import { PacketBudget } from "./packet_budget.ts";
import type { ServerPolicy } from "./policy.ts";
import type { PacketFacts, Refusal, RefusalCode, RefusalFacts, Refuse, Step } from "./refusal.ts";
import type { ReplayCache } from "./replay_cache.ts";
import { ReplayGate, seenMessage } from "./replay_gate.ts";
import { listContains } from "./source_match.ts";

/** What the processor is made of. */
export interface PacketProcessorParts {
  readonly stanzas: readonly Stanza[];
  readonly policy: ServerPolicy;
  readonly replay: ReplayCache;
  /** Seconds since 1970 UTC, whole. */
  readonly now: () => number;
  readonly observe: Observer;
  /** Carries a decision out, now or soon; reports on its own. Never called in test mode. */
  readonly act: (decision: Decision, packet: PacketFacts) => void;
  /** In test mode: shows how a decision would be carried out. */
  readonly rehearse?: (decision: Decision, packet: PacketFacts) => void;
  /** Where packets wait for gpg; absent: a queue of the processor's own. */
  readonly gpg?: GpgQueue;
  /** Stops gpg where it runs. */
  readonly ending?: AbortSignal;
}

/** What a stanza is to open: the packet's text as each cipher completes it, where nothing speaks against it. */
type FullTexts = Readonly<Record<Cipher, string | undefined>>;

/** Takes datagrams one by one. Bad input never throws: it ends in a refusal. */
export class PacketProcessor {
  readonly #parts: PacketProcessorParts;
  readonly #hmacs: HmacIndex;
  /** Stanzas whose expiry has been told: it is told once (`docs/spec/server.md` 7, step 10). */
  readonly #toldExpired = new Set<number>();
  readonly #replay: ReplayGate;
  readonly #gpg: GpgTurn;
  readonly #budget = new PacketBudget();

  constructor(parts: PacketProcessorParts) {
    this.#parts = parts;
    const refuse: Refuse = (...refusal) => this.#refuse(...refusal);
    this.#hmacs = new HmacIndex(parts.stanzas);
    this.#replay = new ReplayGate({
      replay: parts.replay,
      now: parts.now,
      refuse,
    });
    this.#gpg = new GpgTurn({
      stanzas: parts.stanzas,
      queue: parts.gpg ?? new GpgQueue(),
      ending: parts.ending,
      replay: this.#replay,
      refuse,
    });
  }

  /**
   * Processes one datagram to its end, but for gpg's part and the act, which may finish later. What must live until
   * then is copied.
   *
   * @param number of the packet since the start, from 1.
   */
  process(datagram: Datagram, number: number): void {
    const packet = describePacket(datagram, number);
    const screened = screenPacket(datagram.payload, { http: this.#parts.policy.http });
    if (!screened.ok) {
      this.#refuse(packet, "screen", "not-spa", {}, [], { error: screened.error });
      return;
    }
    const { text } = screened.value;
    packet.text = text;
    if (!this.#parts.stanzas.some((stanza) => listContains(stanza.source, datagram.source))) {
      this.#refuse(packet, "source", "no-stanza-for-source");
      return;
    }
    const digest = packetReplayDigest(text);
    if (this.#replay.refuses(packet, digest)) return;
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

  /** Stanzas in file order from index `first` on; runs of HMAC mismatches are told as one refusal. */
  #tryStanzas(candidate: Candidate, first = 0): void {
    const { datagram, packet, verified, verifiedGpg, mismatches } = candidate;
    const { text } = candidate.screened;
    const { stanzas } = this.#parts;
    const elsewhere = verified.size > 0 || (verifiedGpg?.size ?? 0) > 0;
    const tell = (numbers: readonly number[], code: RefusalCode, facts: RefusalFacts): void =>
      this.#refuse(packet, "authenticate", code, facts, numbers, { elsewhere });
    let isForSomeStanza = first > 0;
    for (let index = first; index < stanzas.length; index++) {
      const stanza = stanzas[index];
      if (stanza === undefined || !isFor(stanza, datagram.source, datagram.destination)) continue;
      isForSomeStanza = true;
      if (this.#isExpired(stanza, packet)) continue;
      const isAuthenticated = stanza.hmac !== undefined;
      const rijndael = isAuthenticated ? verified.get(index) : restorePrefix(text, "rijndael");
      const gpg = verifiedGpg === undefined || stanza.gpg === undefined
        ? undefined
        : isAuthenticated
        ? verifiedGpg.get(index)
        : restorePrefix(text, "gpg");
      if (rijndael === undefined && gpg === undefined) {
        mismatches.add(stanza, tell);
        continue;
      }
      mismatches.tell(tell);
      if (this.#tryStanza(stanza, { rijndael, gpg }, candidate, index + 1) === "end") return;
    }
    if (isForSomeStanza) mismatches.tell(tell);
    else this.#refuseDestination(candidate);
  }

  /** The source is on a list, or the packet would not have come as far. */
  #refuseDestination({ packet, datagram }: Candidate): void {
    const stanzas = this.#parts.stanzas.filter(({ source }) =>
      listContains(source, datagram.source)
    );
    const numbers = stanzas.map(({ number }) => number);
    this.#refuse(packet, "stanza", "no-stanza-for-destination", {}, numbers);
  }

  /**
   * Tries every cipher the stanza has a key for (`docs/spec/server.md` 16, row 27). A packet that gpg opens goes on
   * when gpg has spoken, with the stanza of index `next` where this one does not take it.
   */
  #tryStanza(stanza: Stanza, texts: FullTexts, candidate: Candidate, next: number): Verdict {
    const { encryptionKey, encryptionMode: mode, gpg } = stanza;
    const opened = encryptionKey === undefined || texts.rijndael === undefined
      ? undefined
      : openFullText(texts.rijndael, { encryptionKey, mode });
    if (opened?.ok === true) return this.#judge(stanza, opened.value, candidate);
    if (gpg !== undefined && texts.gpg !== undefined) {
      return this.#gpg.ask(texts.gpg, stanza, gpg, candidate, (result) => {
        const verdict = result.ok
          ? this.#judge(stanza, result.value, candidate, { signature: result.value.signature })
          : this.#refuseUndecodable(stanza, candidate, result);
        if (verdict === "next") this.#tryStanzas(candidate, next);
      });
    }
    const { packet } = candidate;
    // An HMAC would have told which cipher it is; without one the length does (`docs/spec/server.md` 7, step 13).
    const isGpg = stanza.hmac === undefined && gpg === undefined &&
      guessCipher(packet.length) === "gpg";
    if (opened !== undefined && !isGpg) this.#refuseUndecodable(stanza, candidate, opened);
    else {
      const type = isGpg ? 2 : 1;
      this.#refuse(packet, "authenticate", "no-cipher-match", { type }, [stanza.number]);
    }
    return "next";
  }

  /** An opened packet: the request, the replay cache, then policy. */
  #judge(
    stanza: Stanza,
    opened: OpenedPacket,
    candidate: Candidate,
    gpg?: { readonly signature: GpgSignature | undefined },
  ): Verdict {
    const { packet, screened, datagram } = candidate;
    const stanzas = [stanza.number];
    const { message } = opened;
    const request = parseRequest(message);
    if (!request.ok) return this.#refuseUndecodable(stanza, candidate, request);
    if (this.#gpg.isTakenMeanwhile(candidate)) return "end";
    const seen = seenMessage(opened);
    // Before it counts for the limit, or an eavesdropper could use that up with other texts of one packet.
    if (!candidate.remembered && this.#replay.refusesMessage(packet, candidate.digest, seen)) {
      return "next";
    }
    // Before it is remembered, so that no key can fill memory and disk.
    const isTimely = this.#isTimely(message.timestamp);
    if (!this.#budget.take(stanza, this.#parts.now(), isTimely)) {
      const { maxPacketsPerMinute: limit } = stanza;
      this.#refuse(packet, "remember", "too-many-packets", { limit }, stanzas);
      return "next";
    }
    // Once per packet, and before any policy: from here on the packet is used up.
    candidate.remembered ||= this.#replay.remember(packet, candidate.digest, seen, stanzas);
    if (!candidate.remembered) return "next";
    // Only now: lines about what strangers send are few.
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
    if (this.#gpg.refusesSigner(packet, stanza, gpg?.signature)) return "next";

    const authorization = authorize(stanza, message, request.value, {
      now: this.#parts.now(),
      maxAge: this.#parts.policy.maxAge,
      source: datagram.source,
      sentTo: datagram.destination,
      nat: this.#parts.policy.nat,
      destination: this.#parts.policy.destinationRule ? datagram.destination : undefined,
      forwardedFor: invalidForwardedFor === undefined ? screened.forwardedFor : "unusable",
    });
    if (!authorization.allowed) {
      const { code, facts } = authorization.refusal;
      this.#refuse(packet, "authorize", code, facts, stanzas);
      return "next";
    }
    if (this.#replay.refusesUnkept(packet, candidate.digest, stanzas)) return "next";
    return this.#act(authorization.decision, packet);
  }

  /** Whether a packet of that time may open something. */
  #isTimely(timestamp: number): boolean {
    const { maxAge = Infinity } = this.#parts.policy;
    return Math.abs(this.#parts.now() - timestamp) <= maxAge && !this.#replay.forgot(timestamp);
  }

  #refuseUndecodable(
    { number }: Stanza,
    { packet }: Candidate,
    { error, detail }: SpaFailure,
  ): Verdict {
    const facts = error.startsWith("GPGME") && detail !== undefined ? { gpg: detail } : {};
    this.#refuse(packet, "authenticate", "undecodable", facts, [number], { error });
    return "next";
  }

  /** In test mode the next stanza has its turn, as in the C daemon (`docs/spec/server.md` 7, step 25). */
  #act(decision: Decision, packet: PacketFacts): Verdict {
    if (!this.#parts.policy.testMode) {
      this.#parts.act(decision, packet);
      return "end";
    }
    this.#refuse(packet, "act", "test-mode", testModeFacts(decision), [decision.stanza]);
    this.#parts.rehearse?.(decision, packet);
    return "next";
  }

  #isExpired(stanza: Stanza, packet: PacketFacts): boolean {
    // Asked of every stanza for every packet of junk: the clock only where it matters.
    if (stanza.expires === undefined) return false;
    const now = this.#parts.now();
    if (now <= stanza.expires) return false;
    if (!this.#toldExpired.has(stanza.number)) {
      this.#toldExpired.add(stanza.number);
      const facts = { seconds: now - stanza.expires };
      this.#refuse(packet, "stanza", "stanza-expired", facts, [stanza.number]);
    }
    return true;
  }

  #refuse(
    packet: PacketFacts,
    step: Step,
    code: RefusalCode,
    facts: RefusalFacts = {},
    stanzas: readonly number[] = [],
    { error, elsewhere = false }: { error?: Refusal["error"]; elsewhere?: boolean } = {},
  ): void {
    const refusal: Refusal = {
      step,
      code,
      packet,
      stanzas,
      facts,
      ...(error === undefined ? {} : { error }),
      ...(elsewhere ? { elsewhere } : {}),
    };
    this.#parts.observe({ kind: "refused", refusal });
  }
}

/** What would have been done. */
function testModeFacts(decision: Decision): RefusalFacts {
  const address = decision.address.text;
  if (decision.kind === "run") return { does: "run", address, command: decision.command };
  return {
    does: decision.kind === "cycle" ? "cycle" : "open",
    services: formatServices(decision.services),
    address,
    granted: decision.seconds,
  };
}
