/**
 * What the doctor says of ports that Docker publishes: they never pass INPUT.
 *
 * @module
 */
import { formatService, sameService, type Service } from "../net/service.ts";
import type { Finding } from "./finding.ts";
import type { Ruleset } from "./linux_ruleset.ts";
import { dockerPorts, dockerUserFate, type PublishedPort } from "./iptables_policy.ts";

/** The ports that Docker publishes as a service, under the number strangers see or under the container's. */
export function publishedPorts({ nat }: Ruleset, service: Service): PublishedPort[] {
  return nat === undefined ? [] : dockerPorts(nat)
    .filter(({ outside, inside }) => sameService(outside, service) || sameService(inside, service));
}

/** Whether strangers reach it over IPv4. */
export function judgePublished({ filter }: Ruleset, { outside, inside }: PublishedPort): Finding {
  const name = formatService(outside);
  const fate = filter[4] === undefined ? "accepted" : dockerUserFate(filter[4], inside);
  switch (fate) {
    case "dropped":
      return {
        state: "good",
        text: `${name}, which Docker publishes, is dropped in DOCKER-USER`,
      };
    case "unclear":
      return {
        state: "unclear",
        text:
          `Docker publishes ${name}: rules with other conditions decide about it in DOCKER-USER`,
      };
    case "accepted":
      return {
        state: "bad",
        text: `Docker publishes ${name}: its traffic never passes INPUT`,
        mend:
          `docker run -p 127.0.0.1:${outside.port}:${inside.port} … (or drop it in the chain DOCKER-USER)`,
      };
  }
}
