/**
 * What each of a Linux host's chains does to a packet: it must get past all of them.
 *
 * @module
 */
import { type Fate, worstOf } from "./chain_walk.ts";
import { FIREWALLD_TABLE } from "./firewalld.ts";
import { hookChain, iptablesFateOf } from "./iptables_policy.ts";
import type { Ruleset } from "./linux_ruleset.ts";
import { nftVerdicts } from "./nft_policy.ts";
import { NFT_TABLE } from "../firewall/nft_schema.ts";
import type { Packet } from "./packet.ts";
import type { Place } from "./place.ts";

/** What one chain does. */
export interface Verdict {
  readonly place: Place;
  readonly fate: Fate;
}

/** The chains that a packet comes to, those of iptables first. */
export function verdictsOf({ filter, nft, commands }: Ruleset, packet: Packet): Verdict[] {
  const policy = filter[packet.family];
  const byIptables: Verdict[] = policy === undefined ? [] : [{
    place: {
      command: commands[packet.family],
      table: "filter",
      chain: hookChain(packet),
      // A chain that firewalld makes where its backend is iptables.
      ...(policy.chains.has("INPUT_ZONES") ? { owner: "firewalld" } : {}),
    },
    fate: iptablesFateOf(policy, packet),
  }];
  const byNft = nft === undefined ? [] : nftVerdicts(nft, packet);
  return [
    ...byIptables,
    ...byNft.map(({ chain: { table, name, priority }, fate }): Verdict => {
      const owner = OWNERS.get(table);
      const place = { command: "nft", table, chain: name, priority };
      return { place: owner === undefined ? place : { ...place, owner }, fate };
    }),
  ];
}

/** Whose rules no others should be put into. */
const OWNERS: ReadonlyMap<string, NonNullable<Place["owner"]>> = new Map([
  [FIREWALLD_TABLE, "firewalld"],
  [NFT_TABLE, "fwknop"],
]);

/** What becomes of the packet at last. */
export function fateOf(verdicts: readonly Verdict[]): Fate {
  return worstOf(verdicts.map(({ fate }) => fate));
}

/** The places where it does not get past for certain. */
export function hurdles(verdicts: readonly Verdict[]): Place[] {
  return verdicts.filter(({ fate }) => fate !== "accepted").map(({ place }) => place);
}
