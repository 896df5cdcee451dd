/**
 * Events of firewall rules that do not belong to one packet, as lines and objects.
 *
 * @module
 */
import { namedLine } from "./client_name.ts";
import { type LogLine, severalLines } from "./log_line.ts";
import { type FirewallEvent, unkeyed } from "../firewall/firewall.ts";

/** The line for an event, with the name of the client whose rule it is about. */
export function firewallLine(event: FirewallEvent): LogLine {
  const line = unnamedLine(event);
  return "rule" in event ? { ...line, text: namedLine(line.text, event.rule.name) } : line;
}

/** In the C daemon's words if the C daemon has such a line (`docs/spec/server.md` 9). */
function unnamedLine(event: FirewallEvent): LogLine {
  switch (event.type) {
    case "command":
      return severalLines("debug", event.text);
    case "removed": {
      const { chain, expires } = event.rule;
      const text = `Removed rule ${event.number} from ${chain} with expire time of ${expires}`;
      return { severity: "info", text };
    }
    case "vanished": {
      const { chain, address, service } = event.rule;
      const text = `Another program removed the rule for ${address} ${service} from ${chain}`;
      return { severity: "warning", text };
    }
    case "restored": {
      const { chain, address, service, expires } = event.rule;
      const text = `Put back the rule for ${address} ${service} in ${chain}, expires at ${expires}`;
      return { severity: "warning", text };
    }
    case "adopted": {
      const { chain, address, service, expires } = event.rule;
      const text = `Adopted the rule for ${address} ${service} in ${chain}, expires at ${expires}`;
      return { severity: "info", text };
    }
    case "jump":
      return {
        severity: "info",
        text: `Added jump rule from chain: ${event.from} to chain: ${event.chain}`,
      };
    default:
      return { severity: event.type, text: event.text };
  }
}

/** The object for an event about a rule; `undefined` for other events, which are plain lines of the log. */
export function firewallObject(event: FirewallEvent): Record<string, unknown> | undefined {
  switch (event.type) {
    case "removed":
    case "vanished":
    case "restored":
    case "adopted":
      return {
        event: event.type === "removed" ? "expired" : event.type,
        rule: unkeyed(event.rule),
      };
    default:
      return undefined;
  }
}
