/**
 * Whether hosts of the same link reach a Linux host's services by IPv6, where nobody else does: each interface has an
 * address for them, on hosts too that are thought to have IPv4 only.
 *
 * @module
 */
import { formatService, type Service } from "../../net/service.ts";
import { closing } from "./closing.ts";
import type { Finding } from "../../doctor/finding.ts";
import type { Ruleset } from "./ruleset.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { asStranger } from "./stranger.ts";
import { endsOf, fateAmong } from "./way.ts";

/** Nothing where they do not reach it, or all the world is asked about. */
export function judgeNeighbours(
  questions: NetfilterQuestions,
  ruleset: Ruleset,
  service: Service,
): Finding | undefined {
  if (questions.ipv6 || questions.linkIpv6 !== true) return undefined;
  const fate = fateAmong(ruleset, endsOf(ruleset, asStranger(questions, { service, family: 6 })));
  if (fate === "dropped") return undefined;
  const perhaps = fate === "accepted" ? "" : "perhaps ";
  return {
    state: fate === "accepted" ? "bad" : "unclear",
    text: `${formatService(service)} is ${perhaps}open over IPv6 to every host of the same ` +
      "link, by an address of this host that begins with fe80",
    repair: closing(questions, ruleset, service, 6),
  };
}
