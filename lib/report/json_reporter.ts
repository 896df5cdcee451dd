/**
 * The log as JSON: one object per decision. `docs/log-format.md` documents it.
 *
 * @module
 */
import { formatService } from "../net/service.ts";
import type { PacketEvent } from "../server/event.ts";
import type { PacketFacts } from "../server/describe_packet.ts";
import type { RefusalFacts } from "../server/refusal.ts";
import { outcomeObject } from "./command_report.ts";
import { explainRefusal } from "./explanation.ts";

/** The object for an event; `undefined` for events that decide nothing. */
export function eventObject(event: PacketEvent): Record<string, unknown> | undefined {
  switch (event.kind) {
    case "decoded":
    case "bad-forwarded-for":
      return undefined;
    case "repeated": {
      const { refusal, count, seconds } = event;
      return {
        event: "repeated",
        ...(refusal === undefined
          ? {}
          : { source: refusal.packet.source, code: refusal.code, stanzas: refusal.stanzas }),
        count,
        seconds,
      };
    }
    case "refused": {
      const { packet, step, code, stanzas, facts } = event.refusal;
      return {
        event: "refused",
        ...packetMembers(packet),
        step,
        code,
        stanzas,
        ...factMembers(facts),
        text: explainRefusal(event.refusal).fact,
      };
    }
    case "running": {
      const { packet, decision, command, identity } = event;
      return {
        event: "running",
        ...packetMembers(packet),
        stanza: decision.stanza,
        address: decision.address.text,
        command,
        ...(identity && { identity }),
      };
    }
    case "ran": {
      const { packet, decision, command, outcome, close } = event;
      return {
        event: "ran",
        ...packetMembers(packet),
        stanza: decision.stanza,
        address: decision.address.text,
        command,
        ...outcomeObject(outcome),
        ...(close && { close }),
      };
    }
    case "granted": {
      const { packet, decision, target, rules, present } = event;
      return {
        event: "granted",
        ...packetMembers(packet),
        stanza: decision.stanza,
        address: decision.address.text,
        services: decision.services.map(formatService),
        seconds: decision.seconds,
        ...(target && { target: { address: target.address.text, port: target.port } }),
        rules,
        present,
      };
    }
  }
}

/** The members for the headers of a packet. */
export function packetMembers(packet: PacketFacts): Record<string, unknown> {
  return {
    packet: packet.number,
    source: packet.source,
    sourcePort: packet.sourcePort,
    destination: packet.destination,
    destinationPort: packet.destinationPort,
    protocol: packet.protocol,
    length: packet.length,
  };
}

/** The members for facts; the decoder's error is a separate member. */
function factMembers(facts: RefusalFacts): Record<string, unknown> {
  if (!("error" in facts)) return { facts };
  const { error, ...rest } = facts;
  return { error, facts: rest };
}
