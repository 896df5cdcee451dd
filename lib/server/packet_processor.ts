/**
 * The path of a packet, from screening to the decision: the file that joins the steps.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";
import type { Stanza } from "../config/stanza.ts";
import { formatServices } from "../net/service.ts";
import { openFullText } from "../spa/packet.ts";
import { restorePrefix } from "../spa/prefix.ts";
import { messageReplayDigest, packetReplayDigest } from "../spa/replay_digest.ts";
import { parseRequest } from "../spa/request.ts";
import { type ScreenedPacket, screenPacket } from "../spa/screen.ts";
import { authorize } from "./authorize.ts";
import type { Decision } from "./decision.ts";
import type { Observer } from "./event.ts";
import { HmacIndex, isFor } from "./hmac_index.ts";
import type { ServerPolicy } from "./policy.ts";
import type { PacketFacts, Refusal, RefusalCode, RefusalFacts, Step } from "./refusal.ts";
import type { ReplayCache } from "./replay_cache.ts";
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
}

/** What one stanza made of a packet: end of the road, or the next stanza's turn. */
type Verdict = "end" | "next";

/** A packet on its way through the stanzas. */
interface Candidate {
  readonly packet: PacketFacts;
  readonly datagram: Datagram;
  readonly screened: ScreenedPacket;
  readonly digest: string;
  /** Whether this packet is in the replay cache by now. */
  remembered: boolean;
}

/** Takes datagrams one by one. Bad input never throws: it ends in a refusal. */
export class PacketProcessor {
  readonly #parts: PacketProcessorParts;
  readonly #hmacs: HmacIndex;
  /** Stanzas whose expiry has been told: it is told once (`docs/spec/server.md` 7, step 10). */
  readonly #toldExpired = new Set<number>();
  /** Without an HMAC one message can have a second packet text, so messages are remembered too. */
  readonly #remembersMessages: boolean;

  constructor(parts: PacketProcessorParts) {
    this.#parts = parts;
    this.#hmacs = new HmacIndex(parts.stanzas);
    this.#remembersMessages = parts.stanzas.some((stanza) => stanza.hmac === undefined);
  }

  /**
   * Processes one datagram to its end, but for the act, which may finish later.
   *
   * @param number of the packet since the start, from 1.
   */
  process(datagram: Datagram, number: number): void {
    const packet = describe(datagram, number);
    const screened = screenPacket(datagram.payload, { http: this.#parts.policy.http });
    if (!screened.ok) {
      this.#refuse(packet, "screen", "not-spa", {}, [], screened.error);
      return;
    }
    const { invalidForwardedFor } = screened.value;
    if (invalidForwardedFor !== undefined) {
      this.#parts.observe({ kind: "bad-forwarded-for", packet, value: invalidForwardedFor });
    }
    if (!this.#parts.stanzas.some((stanza) => listContains(stanza.source, datagram.source))) {
      this.#refuse(packet, "source", "no-stanza-for-source");
      return;
    }
    const digest = packetReplayDigest(screened.value.text);
    if (this.#refuseReplay(packet, digest)) return;
    this.#tryStanzas({ packet, datagram, screened: screened.value, digest, remembered: false });
  }

  /** Stanzas in file order; runs of HMAC mismatches are told as one refusal. */
  #tryStanzas(candidate: Candidate): void {
    const { datagram, packet, screened } = candidate;
    const { source, destination } = datagram;
    const verified = this.#hmacs.verify(screened.text, "rijndael", source, destination);
    let mismatched: number[] = [];
    const tellMismatches = (): void => {
      if (mismatched.length === 0) return;
      this.#refuse(packet, "authenticate", "hmac-mismatch", {}, mismatched);
      mismatched = [];
    };
    for (const [index, stanza] of this.#parts.stanzas.entries()) {
      if (!isFor(stanza, source, destination)) continue;
      if (this.#isExpired(stanza, packet)) continue;
      const fullText = stanza.hmac === undefined
        ? restorePrefix(screened.text, "rijndael")
        : verified.get(index);
      if (fullText === undefined) {
        mismatched.push(stanza.number);
        continue;
      }
      tellMismatches();
      if (this.#tryStanza(stanza, fullText, candidate) === "end") return;
    }
    tellMismatches();
  }

  #tryStanza(stanza: Stanza, fullText: string, candidate: Candidate): Verdict {
    const { packet, screened, datagram } = candidate;
    const stanzas = [stanza.number];
    if (stanza.encryptionKey === undefined) {
      this.#refuse(packet, "authenticate", "no-cipher-match", { type: 1 }, stanzas);
      return "next";
    }
    const opened = openFullText(fullText, {
      encryptionKey: stanza.encryptionKey,
      mode: stanza.encryptionMode,
    });
    const request = opened.ok ? parseRequest(opened.value.message) : opened;
    if (!opened.ok || !request.ok) {
      const error = opened.ok ? undefined : opened.error;
      this.#refuse(packet, "authenticate", "undecodable", {}, stanzas, error);
      return "next";
    }
    const { message, encodedData } = opened.value;
    if (!this.#remember(candidate, encodedData, stanzas)) return "next";
    this.#parts.observe({
      kind: "decoded",
      packet,
      stanza,
      fields: opened.value,
      packetText: screened.text,
    });

    const authorization = authorize(stanza, message, request.value, {
      now: this.#parts.now(),
      maxAge: this.#parts.policy.maxAge,
      source: datagram.source,
      nat: this.#parts.policy.nat,
      destination: this.#parts.policy.destinationRule ? datagram.destination : undefined,
      forwardedFor: screened.forwardedFor,
    });
    if (!authorization.allowed) {
      const { code, facts } = authorization.refusal;
      this.#refuse(packet, "authorize", code, facts, stanzas);
      return "next";
    }
    return this.#act(authorization.decision, packet);
  }

  /** In test mode the next stanza has its turn, as in the C daemon (`docs/spec/server.md` 7, step 25). */
  #act(decision: Decision, packet: PacketFacts): Verdict {
    if (!this.#parts.policy.testMode) {
      this.#parts.act(decision, packet);
      return "end";
    }
    const facts = {
      services: formatServices(decision.services),
      address: decision.address.text,
      granted: decision.seconds,
    };
    this.#refuse(packet, "act", "test-mode", facts, [decision.stanza]);
    return "next";
  }

  /** Once per packet, and before any policy: from here on the packet is used up. */
  #remember(candidate: Candidate, encodedData: string, stanzas: readonly number[]): boolean {
    if (candidate.remembered) return true;
    const { packet } = candidate;
    const digests = [candidate.digest];
    if (this.#remembersMessages) {
      const digest = messageReplayDigest(encodedData);
      if (this.#refuseReplay(packet, digest)) return false;
      digests.push(digest);
    }
    const { protocol, source, sourcePort, destination, destinationPort } = packet;
    const entry = { protocol, source, sourcePort, destination, destinationPort };
    try {
      const time = this.#parts.now();
      for (const digest of digests) this.#parts.replay.add({ ...entry, digest, time });
      candidate.remembered = true;
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#refuse(packet, "remember", "not-remembered", { reason }, stanzas);
      return false;
    }
  }

  /** Whether the digest was seen before; if so, that is told. */
  #refuseReplay(packet: PacketFacts, digest: string): boolean {
    const before = this.#parts.replay.lookup(digest);
    if (before === undefined) return false;
    const { source, sourcePort, protocol, destinationPort, time } = before;
    const ago = this.#parts.now() - time;
    const facts = { source, sourcePort, protocol, destinationPort, time, ago };
    this.#refuse(packet, "seen", "replay", facts);
    return true;
  }

  #isExpired(stanza: Stanza, packet: PacketFacts): boolean {
    const now = this.#parts.now();
    if (stanza.expires === undefined || now <= stanza.expires) return false;
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

function describe(datagram: Datagram, number: number): PacketFacts {
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
