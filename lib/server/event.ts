/**
 * What the server tells about a packet and its consequences, as data for the reporters.
 *
 * @module
 */
import type { NamedIdentity } from "../command/command_runner.ts";
import type { CommandOutcome } from "../command/run_command.ts";
import type { NatTarget } from "../firewall/grant.ts";
import type { RuleSummary } from "../firewall/firewall.ts";
import type { GpgSignature } from "../gpg/signature.ts";
import type { OpenedPacket } from "../spa/packet.ts";
import type { Stanza } from "../config/stanza.ts";
import type { AccessGrant, Cycle, Decision, RunCommand } from "./decision.ts";
import type { Finding } from "./finding.ts";
import type { PacketFacts } from "./describe_packet.ts";
import type { Refusal } from "./refusal.ts";

/** A stanza refused a packet, or all did. */
export interface RefusedEvent {
  readonly kind: "refused";
  readonly refusal: Refusal;
}

/** Refusals equal to one told before, held back since then. */
export interface RepeatedEvent {
  readonly kind: "repeated";
  /** The one that was told; `undefined` for refusals of many kinds or sources together. */
  readonly refusal: Refusal | undefined;
  readonly count: number;
  /** How long they were held back. */
  readonly seconds: number;
}

/** An X-Forwarded-For header that does not hold one address; a message that names an address does without. */
export interface BadForwardedForEvent {
  readonly kind: "bad-forwarded-for";
  readonly packet: PacketFacts;
  /** As received: whatever anybody sent. Quote it before it goes anywhere. */
  readonly value: string;
}

/** A stanza whose key made the packet, and what the packet says. */
export interface DecodedEvent {
  readonly kind: "decoded";
  readonly packet: PacketFacts;
  readonly stanza: Stanza;
  readonly fields: OpenedPacket;
  readonly packetText: string;
  /** gpg decrypted it; the signature is absent where none was asked for. */
  readonly gpg?: { readonly signature: GpgSignature | undefined };
}

/** The firewall has acknowledged the grant. */
export interface GrantedEvent {
  readonly kind: "granted";
  readonly packet: PacketFacts;
  readonly decision: AccessGrant;
  /** Where NAT sends the connections, a name resolved; absent where nothing is sent anywhere else. */
  readonly target?: NatTarget;
  readonly rules: readonly RuleSummary[];
  /** Rules that stood already. */
  readonly present: readonly RuleSummary[];
}

/** A command is about to run for a packet. */
export interface RunningEvent {
  readonly kind: "running";
  readonly packet: PacketFacts;
  readonly decision: RunCommand | Cycle;
  /** Its words joined by blanks; a client may have written them. Quote it before it goes anywhere. */
  readonly command: string;
  /** Who it runs as; absent: as this process. */
  readonly identity?: NamedIdentity;
}

/** The command of a packet has ended. */
export interface RanEvent {
  readonly kind: "ran";
  readonly packet: PacketFacts;
  readonly decision: RunCommand | Cycle;
  readonly command: string;
  readonly outcome: CommandOutcome;
  /** The close command to come, and in how many seconds. */
  readonly close?: { readonly command: string; readonly seconds: number };
}

/** One thing worth telling about a packet. */
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

/** What would be done; only `explain` stops here. */
export interface DecidedEvent {
  readonly kind: "decided";
  readonly packet: PacketFacts;
  readonly decision: Decision;
}

/** What was found out beyond a refusal. */
export interface FindingEvent {
  readonly kind: "finding";
  readonly packet: PacketFacts;
  readonly finding: Finding;
}

/** What `explain` tells: all that a server does, and more. */
export type ExplainEvent = PacketEvent | DecidedEvent | FindingEvent;
