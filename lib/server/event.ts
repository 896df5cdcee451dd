/**
 * What the server reports about a packet and its consequences, as data for the reporters.
 *
 * @module
 */
import type { NamedIdentity } from "../command/command_runner.ts";
import type { CommandOutcome } from "../command/execute_command.ts";
import type { NatTarget } from "../firewall/grant.ts";
import type { KeyedRule, RuleSummary } from "../firewall/firewall.ts";
import type { GpgSignature } from "../gpg/signature.ts";
import type { OpenedPacket } from "../spa/packet.ts";
import type { Stanza } from "../config/stanza.ts";
import type { AccessDecision, CommandDecision, Cycle, Decision } from "./decision.ts";
import type { PacketFinding } from "./finding.ts";
import type { PacketFacts } from "./describe_packet.ts";
import type { Refusal } from "./refusal.ts";

/** One stanza or all stanzas refused a packet. */
export interface RefusedEvent {
  readonly kind: "refused";
  readonly refusal: Refusal;
}

/** Refusals that were held back because an equal one was reported before. */
export interface RepeatedEvent {
  readonly kind: "repeated";
  /** The reported one; `undefined` if the refusals differ in kind or source. */
  readonly refusal: Refusal | undefined;
  readonly count: number;
  /** How long they were held back, in seconds. */
  readonly seconds: number;
}

/** An X-Forwarded-For header does not hold one address. A message that names an address does not need the header. */
export interface BadForwardedForEvent {
  readonly kind: "bad-forwarded-for";
  readonly packet: PacketFacts;
  /** As received, untrusted: quote it before you print it. */
  readonly value: string;
}

/** A stanza's key made the packet; the fields of the packet are known. */
export interface DecodedEvent {
  readonly kind: "decoded";
  readonly packet: PacketFacts;
  readonly stanza: Stanza;
  readonly fields: OpenedPacket;
  readonly packetText: string;
  /** Set if gpg decrypted the packet; the signature is absent if the stanza requires none. */
  readonly gpg?: { readonly signature: GpgSignature | undefined };
}

/** The firewall has acknowledged the grant. */
export interface GrantedEvent {
  readonly kind: "granted";
  readonly packet: PacketFacts;
  readonly decision: AccessDecision;
  /** The target of NAT, with its name resolved; absent if connections are not redirected. */
  readonly target?: NatTarget;
  readonly rules: readonly KeyedRule[];
  /** Rules that were there already. */
  readonly present: readonly RuleSummary[];
}

/** A command is about to run for a packet. */
export interface RunningEvent {
  readonly kind: "running";
  readonly packet: PacketFacts;
  readonly decision: CommandDecision | Cycle;
  /** Its words joined by blanks. A client may have written them: quote it before you print it. */
  readonly command: string;
  /** The user that the command runs as; absent: the user of this process. */
  readonly identity?: NamedIdentity;
}

/** The command of a packet has ended. */
export interface RanEvent {
  readonly kind: "ran";
  readonly packet: PacketFacts;
  readonly decision: CommandDecision | Cycle;
  readonly command: string;
  readonly outcome: CommandOutcome;
  /** The close command that will follow, and in how many seconds. */
  readonly close?: { readonly command: string; readonly seconds: number };
}

/** One report about a packet. */
export type PacketEvent =
  | RefusedEvent
  | RepeatedEvent
  | BadForwardedForEvent
  | DecodedEvent
  | GrantedEvent
  | RunningEvent
  | RanEvent;

/** Receives every event, in order. Must not throw. */
export type Observer = (event: PacketEvent) => void;

/** What the server would do; only `explain` stops before it is done. */
export interface DecidedEvent {
  readonly kind: "decided";
  readonly packet: PacketFacts;
  readonly decision: Decision;
}

/** A fact beyond a refusal. */
export interface FindingEvent {
  readonly kind: "finding";
  readonly packet: PacketFacts;
  readonly finding: PacketFinding;
  /** NAME of the stanza that the finding is about. */
  readonly name?: string;
}

/** What `explain` reports: the server's reports and more. */
export type ExplainEvent = PacketEvent | DecidedEvent | FindingEvent;
