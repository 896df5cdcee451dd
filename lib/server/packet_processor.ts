/**
 * The path of a packet, from screening to the decision: the file that joins the steps.
 *
 * @module
 */
import { copyDatagram, type Datagram } from "../capture/datagram.ts";
import type { GpgSettings, Stanza } from "../config/stanza.ts";
import { SERVER_ENVIRONMENT } from "../gpg/environment.ts";
import { openGpgText, stanzaOptions } from "../gpg/open.ts";
import type { GpgSignature } from "../gpg/signature.ts";
import { signerMissingFrom } from "../gpg/signer_list.ts";
import { GpgQueue } from "../gpg/work_queue.ts";
import { formatServices } from "../net/service.ts";
import type { SpaFailure } from "../spa/error.ts";
import { type OpenedPacket, openFullText } from "../spa/packet.ts";
import { type Cipher, guessCipher, restorePrefix } from "../spa/prefix.ts";
import { packetReplayDigest } from "../spa/replay_digest.ts";
import { parseRequest } from "../spa/request.ts";
import { type ScreenedPacket, screenPacket } from "../spa/screen.ts";
import { authorize } from "./authorize.ts";
import type { Decision } from "./decision.ts";
import type { Observer } from "./event.ts";
import { HmacIndex, isFor } from "./hmac_index.ts";
import { HmacMismatches } from "./hmac_mismatches.ts";
import type { ServerPolicy } from "./policy.ts";
import type { PacketFacts, Refusal, RefusalCode, RefusalFacts, Step } from "./refusal.ts";
import type { ReplayCache } from "./replay_cache.ts";
import { ReplayGate } from "./replay_gate.ts";
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
}

/** What one stanza made of a packet: end of the road (or gpg's turn, which goes on later), or the next stanza's. */
type Verdict = "end" | "next";

/** Full texts by the stanza's index: those whose HMAC key covers them. */
type Verified = ReadonlyMap<number, string>;

/** What a stanza is to open: the packet's text as each cipher completes it, where nothing speaks against it. */
type FullTexts = Readonly<Record<Cipher, string | undefined>>;

/** A packet on its way through the stanzas. */
interface Candidate {
  readonly packet: PacketFacts;
  datagram: Datagram;
  readonly screened: ScreenedPacket;
  readonly digest: string;
  readonly verified: Verified;
  /** Absent: the packet is too short for GnuPG, or no stanza uses it. */
  readonly verifiedGpg: Verified | undefined;
  readonly mismatches: HmacMismatches;
  /** Whether this packet is in the replay cache by now. */
  remembered: boolean;
  /** Other packets may have come in between: gpg has had its turn. */
  waited: boolean;
}

/** Takes datagrams one by one. Bad input never throws: it ends in a refusal. */
export class PacketProcessor {
  readonly #parts: PacketProcessorParts;
  readonly #hmacs: HmacIndex;
  /** Stanzas whose expiry has been told: it is told once (`docs/spec/server.md` 7, step 10). */
  readonly #toldExpired = new Set<number>();
  readonly #replay: ReplayGate;
  readonly #usesGpg: boolean;
  readonly #gpg: GpgQueue;

  constructor(parts: PacketProcessorParts) {
    this.#parts = parts;
    this.#gpg = parts.gpg ?? new GpgQueue();
    this.#usesGpg = parts.stanzas.some((stanza) => stanza.gpg !== undefined);
    this.#hmacs = new HmacIndex(parts.stanzas);
    this.#replay = new ReplayGate({
      replay: parts.replay,
      now: parts.now,
      // Without an HMAC one message can have a second packet text.
      remembersMessages: parts.stanzas.some((stanza) => stanza.hmac === undefined),
      refuse: (...refusal) => this.#refuse(...refusal),
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
      this.#refuse(packet, "screen", "not-spa", {}, [], screened.error);
      return;
    }
    if (!this.#parts.stanzas.some((stanza) => listContains(stanza.source, datagram.source))) {
      this.#refuse(packet, "source", "no-stanza-for-source");
      return;
    }
    const { text } = screened.value;
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
      verifiedGpg: this.#usesGpg && guessCipher(text.length) === "gpg" ? verify("gpg") : undefined,
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
    const tell = (numbers: readonly number[], code: RefusalCode, facts: RefusalFacts): void =>
      this.#refuse(packet, "authenticate", code, facts, numbers);
    for (let index = first; index < stanzas.length; index++) {
      const stanza = stanzas[index];
      if (stanza === undefined || !isFor(stanza, datagram.source, datagram.destination)) continue;
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
    mismatches.tell(tell);
  }

  /** Tries every cipher the stanza has a key for (`docs/spec/server.md` 16, row 27). */
  #tryStanza(stanza: Stanza, texts: FullTexts, candidate: Candidate, next: number): Verdict {
    const { encryptionKey, encryptionMode: mode, gpg } = stanza;
    const opened = encryptionKey === undefined || texts.rijndael === undefined
      ? undefined
      : openFullText(texts.rijndael, { encryptionKey, mode });
    if (opened?.ok === true) return this.#judge(stanza, opened.value, candidate);
    if (gpg !== undefined && texts.gpg !== undefined) {
      return this.#askGpg(stanza, gpg, texts.gpg, candidate, next);
    }
    if (opened !== undefined) this.#refuseUndecodable(stanza, candidate, opened);
    else {
      const { packet } = candidate;
      this.#refuse(packet, "authenticate", "no-cipher-match", { type: 1 }, [stanza.number]);
    }
    return "next";
  }

  /** Hands the packet to gpg; when that has spoken, it goes on from here, or from the stanza with index `next`. */
  #askGpg(
    stanza: Stanza,
    gpg: GpgSettings,
    fullText: string,
    candidate: Candidate,
    next: number,
  ): Verdict {
    const { packet } = candidate;
    if (!candidate.waited) candidate.datagram = copyDatagram(candidate.datagram);
    candidate.waited = true;
    const run = async (): Promise<void> => {
      // A copy of it may have been taken meanwhile; that is worth no program.
      if (this.#isTakenMeanwhile(candidate)) return;
      const opened = await openGpgText(fullText, stanzaOptions(gpg, SERVER_ENVIRONMENT));
      const verdict = opened.ok
        ? this.#judge(stanza, opened.value, candidate, { signature: opened.value.signature })
        : this.#refuseUndecodable(stanza, candidate, opened);
      if (verdict === "next") this.#tryStanzas(candidate, next);
    };
    if (this.#gpg.add({ authenticated: stanza.hmac !== undefined, run })) return "end";
    this.#refuse(packet, "authenticate", "gpg-busy", {}, [stanza.number]);
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
    if (this.#isTakenMeanwhile(candidate)) return "end";
    // Once per packet, and before any policy: from here on the packet is used up.
    candidate.remembered ||= this.#replay.remember(packet, candidate.digest, opened, stanzas);
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
    if (this.#refuseSigner(stanza, gpg?.signature, packet)) return "next";

    const authorization = authorize(stanza, message, request.value, {
      now: this.#parts.now(),
      maxAge: this.#parts.policy.maxAge,
      source: datagram.source,
      sentTo: datagram.destination,
      nat: this.#parts.policy.nat,
      destination: this.#parts.policy.destinationRule ? datagram.destination : undefined,
      forwardedFor: screened.forwardedFor,
    });
    if (!authorization.allowed) {
      const { code, facts } = authorization.refusal;
      this.#refuse(packet, "authorize", code, facts, stanzas);
      return "next";
    }
    if (this.#replay.refusesTime(packet, message.timestamp, stanzas)) return "next";
    return this.#act(authorization.decision, packet);
  }

  #refuseUndecodable(
    { number }: Stanza,
    { packet }: Candidate,
    { error, detail }: SpaFailure,
  ): Verdict {
    const facts = error.startsWith("GPGME") && detail !== undefined ? { gpg: detail } : {};
    this.#refuse(packet, "authenticate", "undecodable", facts, [number], error);
    return "next";
  }

  /** Whether the signer is not among those the stanza names. */
  #refuseSigner(
    { gpg, number }: Stanza,
    signature: GpgSignature | undefined,
    packet: PacketFacts,
  ): boolean {
    if (gpg === undefined || signature === undefined) return false;
    const list = signerMissingFrom(signature, gpg);
    if (list === undefined) return false;
    const { id, fingerprint = "" } = signature;
    this.#refuse(packet, "authorize", "gpg-signer", { id, fingerprint, list }, [number]);
    return true;
  }

  /** Whether another copy of the packet was accepted while this one waited for gpg; if so, that is told. */
  #isTakenMeanwhile({ waited, remembered, packet, digest }: Candidate): boolean {
    return waited && !remembered && this.#replay.refuses(packet, digest);
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
    error?: Refusal["error"],
  ): void {
    const refusal = {
      step,
      code,
      packet,
      stanzas,
      facts,
      ...(error === undefined ? {} : { error }),
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

/** What the headers of a datagram say. */
export function describePacket(datagram: Datagram, number: number): PacketFacts {
  return {
    number,
    protocol: datagram.protocol,
    source: datagram.source.text,
    sourcePort: datagram.sourcePort,
    destination: datagram.destination.text,
    destinationPort: datagram.destinationPort,
    length: datagram.payload.length,
  };
}
