/**
 * Explains the path of one captured packet step by step. Where a step failed, it says what would have been right. It
 * changes neither rules nor the replay file.
 *
 * @module
 */
import type { Datagram } from "../capture/datagram.ts";
import type { Stanza } from "../config/stanza.ts";
import { placeByNumber } from "../firewall/address_place.ts";
import type { Address } from "../net/address.ts";
import { isNoHost } from "../net/host_range.ts";
import { packetReplayDigest } from "../spa/replay_digest.ts";
import { screenPacket } from "../spa/screen.ts";
import type { NatPolicy } from "./authorize_nat.ts";
import type { Decision } from "./decision.ts";
import { describePacket, type PacketFacts } from "./describe_packet.ts";
import { diagnoseCipher, diagnoseHmac } from "./diagnose_keys.ts";
import type { ExplainEvent, PacketEvent } from "./event.ts";
import type { PacketFinding } from "./finding.ts";
import { PacketProcessor } from "./packet_processor.ts";
import type { ServerPolicy } from "./policy.ts";
import { namesOf, type RefusalCode, type StanzaNames, tie } from "./refusal.ts";
import { ReplayCache } from "./replay_cache.ts";
import { nameToLookUp, settleNat } from "./settle_nat.ts";
import { listContains } from "./source_match.ts";

/** What an explainer needs. */
export interface ExplainParts {
  readonly stanzas: readonly Stanza[];
  readonly policy: ServerPolicy;
  /** What the server remembers. Explained packets are added, as the server would add them. */
  readonly replay: ReplayCache;
  readonly observe: (event: ExplainEvent) => void;
}

/** Seconds between the capture of a packet and the server's record of it. */
const RECORD_DELAY = 2;
/** Refusals of a packet that was seen before. */
const SEEN: readonly RefusalCode[] = ["replay", "duplicate"];
/** Refusals of a packet for its age. */
const AGED: readonly RefusalCode[] = ["too-old", "too-new"];
/** If ages are not checked, report an age above this many seconds: the default of MAX_SPA_PACKET_AGE. */
const NOTABLE_AGE = 120;
/** A clock in the wrong time zone is off by a multiple of half an hour, with this tolerance in seconds. */
const ZONE_TOLERANCE = 300;
const HALF_HOUR = 1800;

/** Explains packets one after the other. The second copy of a packet is a replay, as in the server. */
export class Explainer {
  readonly #parts: ExplainParts;
  /** Digests of the packets explained so far. */
  readonly #explained = new Set<string>();

  constructor(parts: ExplainParts) {
    const names = namesOf(parts.stanzas);
    const observe: ExplainParts["observe"] = (event) => parts.observe(withName(event, names));
    this.#parts = { ...parts, observe };
  }

  /**
   * Reports everything about one packet. After a refusal for its age or as a replay, it also reports what would have
   * happened without that refusal.
   *
   * @param now seconds since 1970 UTC at which the packet is judged.
   * @returns whether the server would do what the packet asks.
   */
  async explain(datagram: Datagram, number: number, now: number): Promise<boolean> {
    const { observe, policy, stanzas, replay } = this.#parts;
    const packet = describePacket(datagram, number);
    const report = (finding: PacketFinding): void => observe({ kind: "finding", packet, finding });
    const recorded = this.#ownRecord(datagram, now);
    if (recorded !== undefined) report(recorded);
    const memory = recorded === undefined ? replay : new ReplayCache({});
    const events = await pass(datagram, number, now, { ...this.#parts, replay: memory });
    reportAll(events, observe, otherAddresses(stanzas, datagram));
    for (const finding of diagnose(events, datagram, now, this.#parts)) report(finding);
    if (events.some(({ kind }) => kind === "decided")) return true;

    const refusal = events.find((event) => isRefused(event, [...SEEN, ...AGED]));
    if (refusal === undefined) return false;
    const again = await pass(datagram, number, now, {
      ...this.#parts,
      policy: { ...policy, maxAge: undefined },
      replay: new ReplayCache({}),
    });
    const reported = new Set(events.map(identify));
    const more = again.filter((event) => !reported.has(identify(event)));
    if (more.length === 0) return false;
    report({ kind: "apart-from-that" });
    const isNew = isRefused(refusal, SEEN);
    reportAll(more, observe, isNew ? otherAddresses(stanzas, datagram) : []);
    return false;
  }

  /** The server's own record of this packet, which must not count as a replay of it. */
  #ownRecord(datagram: Datagram, now: number): PacketFinding | undefined {
    const { policy, replay } = this.#parts;
    const screened = screenPacket(datagram.payload, { http: policy.http });
    if (!screened.ok) return undefined;
    const digest = packetReplayDigest(screened.value.text);
    const entry = this.#explained.has(digest) ? undefined : replay.lookup(digest);
    this.#explained.add(digest);
    const isOwn = entry !== undefined && entry.source === datagram.source.text &&
      entry.sourcePort === datagram.sourcePort && entry.sourcePort !== 0 &&
      Math.abs(entry.time - now) <= RECORD_DELAY;
    return isOwn ? { kind: "recorded", entry } : undefined;
  }
}

/** The event; a finding about a stanza gets the stanza's NAME. */
function withName(event: ExplainEvent, names: StanzaNames): ExplainEvent {
  if (event.kind !== "finding" || !("stanza" in event.finding)) return event;
  const name = names.get(event.finding.stanza);
  return name === undefined ? event : { ...event, name };
}

type PassEvent = PacketEvent | Extract<ExplainEvent, { kind: "decided" }>;

/** Runs the packet through the processor once. */
async function pass(
  datagram: Datagram,
  number: number,
  now: number,
  { stanzas, policy, replay }: ExplainParts,
): Promise<PassEvent[]> {
  const events: PassEvent[] = [];
  const processor = new PacketProcessor({
    stanzas,
    policy: { ...policy, testMode: false },
    replay,
    now: () => now,
    observe: (event) => events.push(event),
    act: (decision: Decision, packet: PacketFacts) =>
      events.push(
        settle(decision, packet, { stanzas, nat: policy.nat, here: datagram.destination }),
      ),
  });
  processor.process(datagram, number);
  await processor.settle();
  return events.some(({ kind }) => kind === "decoded") ? events.map(asElsewhere) : events;
}

/** Marks a refusal of a packet that another stanza decoded. A stanza without HMAC cannot know that by itself. */
function asElsewhere(event: PassEvent): PassEvent {
  return event.kind === "refused" && event.refusal.step === "authenticate"
    ? { kind: "refused", refusal: { ...event.refusal, elsewhere: true } }
    : event;
}

/**
 * What the server would do, or why it would refuse. `explain` may run on another host than the server: it takes only
 * the packet's destination for an address of the server, and looks no names up.
 */
function settle(
  decision: Decision,
  packet: PacketFacts,
  { stanzas, nat, here }: {
    readonly stanzas: readonly Stanza[];
    readonly nat: NatPolicy;
    readonly here: Address;
  },
): PassEvent {
  const stanza = stanzas.find(({ number }) => number === decision.stanza);
  const isCommand = decision.kind === "run" || decision.kind === "cycle";
  if (isCommand || stanza === undefined || nameToLookUp(decision) !== undefined) {
    return { kind: "decided", packet, decision };
  }
  const own = isNoHost(here) ? [] : [here];
  const settled = settleNat(decision, undefined, {
    stanza,
    nat,
    placeOf: (address) => placeByNumber(address, own),
  });
  if (settled.allowed) return { kind: "decided", packet, decision: settled.grant };
  const names = namesOf([stanza]);
  return { kind: "refused", refusal: tie(settled.refusal, packet, [stanza.number], names) };
}

/** Reports the events, and the stanzas that were skipped silently before the first event about a stanza. */
function reportAll(
  events: readonly PassEvent[],
  observe: ExplainParts["observe"],
  skipped: readonly PacketFinding[],
): void {
  let isReported = false;
  for (const event of events) {
    if (!isReported && isAboutStanza(event)) {
      for (const finding of skipped) {
        observe({ kind: "finding", packet: packetOf(event), finding });
      }
      isReported = true;
    }
    observe(event);
  }
}

function isAboutStanza(event: PassEvent): boolean {
  return event.kind === "decoded" || event.kind === "refused" && event.refusal.stanzas.length > 0;
}

function packetOf(event: PassEvent): PacketFacts {
  if (event.kind === "refused") return event.refusal.packet;
  if (event.kind === "repeated") throw new TypeError("A single pass repeats nothing");
  return event.packet;
}

function isRefused(event: PassEvent, codes: readonly RefusalCode[]): boolean {
  return event.kind === "refused" && codes.includes(event.refusal.code);
}

/** An identity that is equal for events that report the same. */
function identify(event: PassEvent): string {
  if (event.kind === "refused") return JSON.stringify([event.refusal.code, event.refusal.stanzas]);
  return JSON.stringify([event.kind, event.kind === "decoded" ? event.stanza.number : ""]);
}

function otherAddresses(stanzas: readonly Stanza[], datagram: Datagram): PacketFinding[] {
  return stanzas.flatMap((stanza): PacketFinding[] => {
    const lists = [
      ["SOURCE", stanza.source, datagram.source],
      ["DESTINATION", stanza.destination, datagram.destination],
    ] as const;
    const failed = lists.find(([, list, address]) => !listContains(list, address));
    if (failed === undefined) return [];
    const [list, , address] = failed;
    return [{ kind: "other-addresses", stanza: stanza.number, list, address: address.text }];
  });
}

/** Explains the refusals of a packet that no key opened, or the time of a packet that a key opened. */
function diagnose(
  events: readonly PassEvent[],
  datagram: Datagram,
  now: number,
  { stanzas, policy }: ExplainParts,
): PacketFinding[] {
  const decoded = events.find((event) => event.kind === "decoded");
  if (decoded?.kind === "decoded") {
    return diagnoseTime(events, now - decoded.fields.message.timestamp, policy);
  }
  const refusals = events.flatMap((event) => event.kind === "refused" ? [event.refusal] : []);
  if (refusals.some(({ code }) => code === "not-spa")) return diagnoseShape(datagram, policy);
  const screened = screenPacket(datagram.payload, { http: policy.http });
  if (!screened.ok) return [];
  const { text } = screened.value;
  const failed = refusals.find(({ code, stanzas: numbers }) =>
    code === "undecodable" || code === "no-cipher-match" &&
      stanzas.some(({ number, hmac }) => hmac === undefined && numbers.includes(number))
  );
  const stanza = stanzas.find(({ number }) => failed?.stanzas[0] === number);
  const findings = stanza === undefined
    ? []
    : diagnoseCipher(text, stanza, stanzas.filter((other) => other !== stanza));
  if (findings.length > 0) return findings;
  const isRightHmac = stanza?.hmac !== undefined;
  if (isRightHmac || refusals.some(({ code }) => SEEN.includes(code))) return [];
  const tried = refusals.flatMap(({ code, stanzas: numbers }) =>
    code === "hmac-mismatch" || code === "no-cipher-match" ? numbers : []
  );
  return diagnoseHmac(
    text,
    stanzas.filter(({ number }) => tried.includes(number)),
    stanzas.filter(({ number }) => !tried.includes(number)),
  );
}

function diagnoseTime(
  events: readonly PassEvent[],
  age: number,
  { maxAge }: ServerPolicy,
): PacketFinding[] {
  const distance = Math.abs(age);
  if (maxAge === undefined) {
    return distance > NOTABLE_AGE ? [{ kind: "age-unchecked", seconds: age }] : [];
  }
  if (!events.some((event) => isRefused(event, AGED))) return [];
  const halves = Math.round(distance / HALF_HOUR);
  const isZone = halves > 0 && halves <= 28 &&
    Math.abs(distance - halves * HALF_HOUR) <= ZONE_TOLERANCE;
  return isZone ? [{ kind: "time-zone", hours: Math.sign(age) * halves / 2 }] : [];
}

function diagnoseShape({ payload }: Datagram, { http }: ServerPolicy): PacketFinding[] {
  const lenient = { anyUserAgent: true, forwardedFor: false };
  if (http === undefined && screenPacket(payload, { http: lenient }).ok) {
    return [{ kind: "http-disabled" }];
  }
  const screened = screenPacket(payload, { http });
  return screened.ok || screened.detail === undefined
    ? []
    : [{ kind: "shape", detail: screened.detail }];
}
