/**
 * A refusal: why a packet got nothing. Log lines, the trace, `explain`, JSON, counters and rate limits are all made from
 * this one value and its row in `refusals.ts`.
 *
 * @module
 */
import type { PacketFacts } from "./describe_packet.ts";
import type { FactsOf, RefusalRow } from "./refusal_row.ts";
import { REFUSALS } from "./refusals.ts";
import type { Step } from "./step.ts";

/** Stable codes, documented in `docs/log-format.md`; scripts may rely on them. */
export type RefusalCode = keyof typeof REFUSALS;

/** The facts that matter for a code: how many seconds too old, which port was denied. */
export type RefusalFacts<C extends RefusalCode = RefusalCode> = {
  [K in RefusalCode]: FactsOf<typeof REFUSALS[K]["facts"]>;
}[C];

interface ReasonOf<C extends RefusalCode> {
  readonly step: Step;
  readonly code: C;
  readonly facts: RefusalFacts<C>;
}

/** Why a step refuses; not yet tied to a packet. */
export type Reason<C extends RefusalCode = RefusalCode> = { [K in C]: ReasonOf<K> }[C];

/** A reason, and what it is about. */
interface Tied {
  readonly packet: PacketFacts;
  /**
   * Numbers of the stanzas that refused for this very reason, in file order; empty before stanzas are looked at.
   * More than one only where HMACs do not match, so that a junk packet costs one value and not one per stanza.
   */
  readonly stanzas: readonly number[];
  /** Another stanza's key matched, so this mismatch is expected; only the per-stanza log reports it. */
  readonly elsewhere?: true;
}

/** Why a packet, or a stanza for a packet, was refused. */
export type Refusal<C extends RefusalCode = RefusalCode> = { [K in C]: ReasonOf<K> & Tied }[C];

/** The facts are left out where the code has none. */
type FactsArgument<C extends RefusalCode> = keyof RefusalFacts<C> extends never ? []
  : [facts: RefusalFacts<C>];

const NO_FACTS = {};

/** What a step returns to refuse. */
export function refuse<C extends RefusalCode>(
  code: C,
  ...[facts = NO_FACTS as RefusalFacts<C>]: FactsArgument<C>
): Reason<C> {
  return { step: REFUSALS[code].step, code, facts } as ReasonOf<C> as Reason<C>;
}

/** Ties a reason to its packet, and to the stanzas that refused for it. */
export function tie(
  reason: Reason,
  packet: PacketFacts,
  stanzas: readonly number[] = [],
): Refusal {
  return { ...reason, packet, stanzas };
}

const ROWS: { readonly [C in RefusalCode]: RefusalRow<RefusalFacts<C>> } = REFUSALS;

/** What the table says about the code of a reason. */
export function rowOf<C extends RefusalCode>({ code }: ReasonOf<C>): RefusalRow<RefusalFacts<C>> {
  return ROWS[code];
}
