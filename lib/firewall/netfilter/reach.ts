/**
 * Which services of a Linux host strangers reach, as data: for a program that decides how to close them.
 *
 * @module
 */
import type { PacketOutcome } from "../../doctor/chain_walk.ts";
import type { DoctorQuestions, DrivenFirewall } from "../../doctor/questions.ts";
import type { AddressFamily } from "../../net/address.ts";
import type { Service } from "../../net/service.ts";
import { type NetfilterKind, netfilterQuestions } from "./questions.ts";
import { readRuleset } from "./ruleset.ts";
import { outcomeOver } from "./services.ts";

/** What happens to a stranger's packet to one service over one family. */
export interface Reach {
  readonly service: Service;
  readonly family: AddressFamily;
  readonly end: PacketOutcome;
}

/** The rules of a host, as far as closing a service depends on them. */
export interface HostReach {
  /** Every service over every family by which other hosts reach this host, also those of the same link only. */
  readonly reach: readonly Reach[];
  /** Whether nft lists its rules. */
  readonly hasNft: boolean;
  /** The families whose program of iptables lists its rules. */
  readonly iptables: readonly AddressFamily[];
}

/** Follows a stranger's packets through the rules of this host. Changes nothing. */
export async function readReach(
  kind: NetfilterKind,
  questions: DoctorQuestions,
  driven: DrivenFirewall,
): Promise<HostReach> {
  const asked = netfilterQuestions(kind, questions, driven);
  const ruleset = await readRuleset(asked);
  if ("outcomes" in ruleset) return { reach: [], hasNft: false, iptables: [] };
  const families: readonly AddressFamily[] = asked.ipv6 || asked.linkIpv6 === true ? [4, 6] : [4];
  return {
    reach: asked.services.flatMap((service) =>
      families.map((family) => ({
        service,
        family,
        end: outcomeOver(asked, ruleset, service, family).end,
      }))
    ),
    hasNft: ruleset.nft !== undefined,
    iptables: FAMILIES.filter((family) => ruleset.filter[family] !== undefined),
  };
}

const FAMILIES: readonly AddressFamily[] = [4, 6];
