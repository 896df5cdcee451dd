/**
 * Says in one phrase what a decision does.
 *
 * @module
 */
import { formatService } from "../net/service.ts";
import type { Decision, NatHost } from "../server/decision.ts";
import type { GrantedEvent } from "../server/event.ts";
import { oneLine } from "../one_line.ts";

/** `open tcp/22 for 192.0.2.44, 30 s`. */
export function decisionText(decision: Decision): string {
  if (decision.kind === "run") return `run ${oneLine(decision.command)}`;
  const services = decision.services.map(formatService).join(", ");
  const rest = `for ${decision.address.text}, ${decision.seconds} s`;
  switch (decision.kind) {
    case "open":
      return `open ${services} ${rest}`;
    case "cycle":
      return `open ${services} by CMD_CYCLE_OPEN ${rest}`;
    case "local-nat":
      return `redirect ${services} to ${hostText(decision.target)} ${rest}`;
    case "forward": {
      const what = decision.everything ? "everything" : services;
      const { target } = decision;
      return `forward ${what}${target === undefined ? "" : ` to ${hostText(target)}`} ${rest}`;
    }
  }
}

/** As {@link decisionText}, for a grant that is in force: a name is replaced by the address that it resolved to. */
export function grantText({ decision, target }: GrantedEvent): string {
  if (decision.kind === "open" || target === undefined) return decisionText(decision);
  const { address: host, port } = target;
  return decisionText({ ...decision, target: { host, port } });
}

function hostText({ host, port }: NatHost): string {
  if (typeof host === "string") return `${oneLine(host)} port ${port}`;
  return port === 0 ? host.text : `${host.text} port ${port}`;
}
