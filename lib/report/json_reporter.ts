/**
 * The log as JSON: one object per decision. `docs/log-format.md` documents it.
 *
 * @module
 */
import { formatService } from "../net/service.ts";
import type { PacketEvent } from "../server/event.ts";
import type { PacketFacts } from "../server/describe_packet.ts";
import type { Refusal, RefusalFacts } from "../server/refusal.ts";
import { stanzaMembers } from "./client_name.ts";
import { outcomeObject } from "./command_report.ts";
import { unkeyed } from "../firewall/firewall.ts";
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
        ...(refusal === undefined ? {} : {
          source: refusal.packet.source,
          code: refusal.code,
          ...refuserMembers(refusal),
        }),
        count,
        seconds,
      };
    }
    case "refused": {
      const { packet, step, code, facts } = event.refusal;
      return {
        event: "refused",
        ...packetMembers(packet),
        step,
        code,
        ...refuserMembers(event.refusal),
        ...factMembers(facts),
        text: explainRefusal(event.refusal).fact,
      };
    }
    case "running": {
      const { packet, decision, command, identity } = event;
      return {
        event: "running",
        ...packetMembers(packet),
        ...stanzaMembers(decision),
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
        ...stanzaMembers(decision),
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
        ...stanzaMembers(decision),
        address: decision.address.text,
        services: decision.services.map(formatService),
        seconds: decision.seconds,
        ...(target && { target: { address: target.address.text, port: target.port } }),
        rules: rules.map(unkeyed),
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

/** The stanzas that refused and, if one of them has a NAME, the names in the same order. */
function refuserMembers({ stanzas, names }: Refusal): Record<string, unknown> {
  const found = stanzas.map((number) => names?.get(number) ?? null);
  return { stanzas, ...(found.every((name) => name === null) ? {} : { names: found }) };
}

/** The members for facts; the decoder's error is a separate member. */
function factMembers(facts: RefusalFacts): Record<string, unknown> {
  if (!("error" in facts)) return { facts };
  const { error, ...rest } = facts;
  return { error, facts: rest };
}
