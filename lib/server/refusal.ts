/**
 * A refusal: why a packet opened nothing. Log lines, the trace, `explain`, JSON, counters and rate limits are all made
 * from this value and its row in `refusals.ts`.
 *
 * @module
 */
import type { Stanza } from "../config/stanza.ts";
import type { PacketFacts } from "./describe_packet.ts";
import type { FactsOf, RefusalRow } from "./refusal_row.ts";
import { REFUSALS } from "./refusals.ts";
import type { PacketStep } from "./step.ts";

/** Stable codes, documented in `docs/log-format.md`; scripts may rely on them. */
export type RefusalCode = keyof typeof REFUSALS;

/** The facts of a code, for example the age in seconds or the denied port. */
export type RefusalFacts<C extends RefusalCode = RefusalCode> = {
  [K in RefusalCode]: FactsOf<typeof REFUSALS[K]["facts"]>;
}[C];

interface ReasonOf<C extends RefusalCode> {
  readonly step: PacketStep;
  readonly code: C;
  readonly facts: RefusalFacts<C>;
}

/** Why a step refuses, without the packet. */
export type Reason<C extends RefusalCode = RefusalCode> = { [K in C]: ReasonOf<K> }[C];

/** NAMEs by the number of the stanza. */
export type StanzaNames = ReadonlyMap<number, string>;

/** What a reason applies to. */
interface Tied {
  readonly packet: PacketFacts;
  /**
   * Numbers of the stanzas that refused for this reason, in file order; empty if no stanza was tried yet. Only HMAC
   * mismatches have more than one, so that a junk packet costs one value and not one per stanza.
   */
  readonly stanzas: readonly number[];
  /** NAMEs by the number of the stanza, of all stanzas that have one; absent if {@link stanzas} is empty. */
  readonly names?: StanzaNames;
  /** Another stanza's key matched, so this mismatch is expected; only the per-stanza log reports it. */
  readonly elsewhere?: true;
}

/** Why a packet was refused, by one or more stanzas or before any stanza. */
export type Refusal<C extends RefusalCode = RefusalCode> = { [K in C]: ReasonOf<K> & Tied }[C];

/** The argument is omitted for codes without facts. */
type FactsArgument<C extends RefusalCode> = keyof RefusalFacts<C> extends never ? []
  : [facts: RefusalFacts<C>];

const NO_FACTS = {};

/** Makes the reason that a step returns to refuse. */
export function refuse<C extends RefusalCode>(
  code: C,
  ...[facts = NO_FACTS as RefusalFacts<C>]: FactsArgument<C>
): Reason<C> {
  return { step: REFUSALS[code].step, code, facts } as ReasonOf<C> as Reason<C>;
}

/** Makes a refusal of a reason, its packet and the stanzas that refused for it. */
export function tie(
  reason: Reason,
  packet: PacketFacts,
  stanzas: readonly number[] = [],
  names?: StanzaNames,
): Refusal {
  const isNamed = names !== undefined && names.size > 0 && stanzas.length > 0;
  return { ...reason, packet, stanzas, ...(isNamed ? { names } : {}) };
}

/** The NAMEs of the stanzas that have one. */
export function namesOf(stanzas: readonly Stanza[]): StanzaNames {
  return new Map(
    stanzas.flatMap(({ number, name }) => name === undefined ? [] : [[number, name] as const]),
  );
}

const ROWS: { readonly [C in RefusalCode]: RefusalRow<RefusalFacts<C>> } = REFUSALS;

/** The row of the table for the code of a reason. */
export function rowOf<C extends RefusalCode>({ code }: ReasonOf<C>): RefusalRow<RefusalFacts<C>> {
  return ROWS[code];
}
