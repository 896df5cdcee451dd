/**
 * Judges whether hosts on the same link reach a Linux host's services by IPv6 when other hosts do not. Every interface
 * has a link-local address, even on hosts that seem to have IPv4 only.
 *
 * @module
 */
import { formatService, type Service } from "../../net/service.ts";
import { closing } from "./closing.ts";
import type { Finding } from "../../doctor/finding.ts";
import type { Ruleset } from "./ruleset.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { asStranger } from "./stranger.ts";
import { agreedOutcome, endsOf } from "./packet_path.ts";

/** Returns nothing if neighbours do not reach the service, or if the questions include IPv6 anyway. */
export function judgeNeighbours(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
): Finding | undefined {
  if (questions.ipv6 || questions.linkIpv6 !== true) return undefined;
  const outcome = agreedOutcome(
    ruleset,
    endsOf(ruleset, asStranger(questions, { service, family: 6 })),
  );
  if (outcome === "dropped") return undefined;
  const perhaps = outcome === "accepted" ? "" : "perhaps ";
  return {
    state: outcome === "accepted" ? "bad" : "unclear",
    text: `${formatService(service)} is ${perhaps}open over IPv6 to every host of the same ` +
      "link, by an address of this host that begins with fe80",
    repair: closing(questions, ruleset, service, 6),
  };
}
