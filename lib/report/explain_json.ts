/**
 * The objects that `explain --json` prints: those of the log and three more kinds (`docs/log-format.md`).
 *
 * @module
 */
import type { ExplainEvent } from "../server/event.ts";
import { stanzaMembers } from "./client_name.ts";
import { decisionText } from "./decision_text.ts";
import { explainFinding } from "./finding_text.ts";
import { eventObject, packetMembers } from "./json_reporter.ts";

/** The object for an event; `undefined` for events that have none. */
export function explainObject(event: ExplainEvent): Record<string, unknown> | undefined {
  switch (event.kind) {
    case "decided":
      return {
        event: "decided",
        ...packetMembers(event.packet),
        ...stanzaMembers(event.decision),
        text: decisionText(event.decision),
      };
    case "finding": {
      const { finding, name } = event;
      const { fact, hint } = explainFinding(finding, name);
      return {
        event: "finding",
        ...packetMembers(event.packet),
        ...finding,
        ...(name === undefined ? {} : { name }),
        text: fact,
        hint,
      };
    }
    case "decoded": {
      const { username, timestamp, message, natAccess, clientTimeout } = event.fields.message;
      return {
        event: "decoded",
        ...packetMembers(event.packet),
        ...stanzaMembers({ ...event.stanza, stanza: event.stanza.number }),
        message: { username, timestamp, message, natAccess, clientTimeout },
      };
    }
    case "refused":
      return event.refusal.elsewhere ? undefined : eventObject(event);
    default:
      return eventObject(event);
  }
}
