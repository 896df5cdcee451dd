/**
 * What the doctor says of ports that Docker publishes: they never pass INPUT.
 *
 * @module
 */
import { formatService, sameService, type Service } from "../net/service.ts";
import type { Finding } from "./finding.ts";
import type { Ruleset } from "./linux_ruleset.ts";
import { fateIn, type Policy } from "./iptables_policy.ts";
import type { Packet } from "./packet.ts";

/** A port that Docker publishes: it is rewritten before INPUT and never passes it. */
export interface PublishedPort {
  /** As strangers see it. */
  readonly outside: Service;
  /** As the container sees it, and as the rules of FORWARD see it. */
  readonly inside: Service;
}

/** The ports in the chain `DOCKER` of the table nat, but for those that only this host itself can reach. */
function dockerPorts(nat: Policy): PublishedPort[] {
  return (nat.chains.get("DOCKER") ?? []).flatMap(({ words }) => {
    const value = (option: string) => {
      const at = words.indexOf(option);
      return at < 0 ? undefined : words[at + 1];
    };
    const protocol = value("-p");
    const port = Number(value("--dport") ?? NaN);
    const [, target] = /:([0-9]+)$/.exec(value("--to-destination") ?? "") ?? [];
    if (value("-j") !== "DNAT" || (protocol !== "tcp" && protocol !== "udp")) return [];
    if (!Number.isInteger(port) || value("-d")?.startsWith("127.")) return [];
    const outside: Service = { protocol, port };
    const inside: Service = { protocol, port: target === undefined ? port : Number(target) };
    return [{ outside, inside }];
  });
}

/** The ports that Docker publishes as a service, under the number strangers see or under the container's. */
export function publishedPorts({ nat }: Ruleset, service: Service): PublishedPort[] {
  return nat === undefined ? [] : dockerPorts(nat)
    .filter(({ outside, inside }) => sameService(outside, service) || sameService(inside, service));
}

/** A port that Docker publishes passes FORWARD, which is told of elsewhere. */
export function isPublished(ruleset: Ruleset, { service, family }: Packet): boolean {
  return family === 4 &&
    publishedPorts(ruleset, service).some(({ outside }) => sameService(outside, service));
}

/** Whether strangers reach it over IPv4. */
export function judgePublished({ filter }: Ruleset, { outside, inside }: PublishedPort): Finding {
  const name = formatService(outside);
  // The chain that Docker leaves to the administrator.
  const fate = filter[4] === undefined ? "accepted" : fateIn(
    filter[4],
    "DOCKER-USER",
    { service: inside, established: false, family: 4 },
    "accepted",
  );
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
