/**
 * Where the rules of grants stand in iptables.
 *
 * @module
 */
import type { Chain } from "../../config/chain.ts";
import { isJump } from "../iptables/view.ts";
import { FIREWALLD_TABLE } from "../firewalld/commands.ts";
import { type Policy, withRule } from "../iptables/doctor/policy.ts";
import type { Ruleset } from "./ruleset.ts";
import type { Packet } from "../../doctor/packet.ts";
import type { NetfilterQuestions } from "./questions.ts";

/** The index in its chain of the jump to our rules; `undefined`: the server has not made it. */
export function jumpIndex({ chains }: Policy, { from, name }: Chain): number | undefined {
  const index = (chains.get(from) ?? []).findIndex((rule) => isJump(rule, name));
  return index < 0 ? undefined : index;
}

/**
 * The policy as somebody meets it who knocked: our chain lets him in. A jump that is not there yet is put where the
 * server will put it.
 */
export function grantingPolicy(policy: Policy, own: Chain): Policy {
  const { target, table, from, name, jumpPosition } = own;
  if (table !== "filter" || !policy.chains.has(from)) return policy;
  const jumping = jumpIndex(policy, own) !== undefined
    ? policy
    : withRule(policy, from, jumpPosition - 1, ["-j", name]);
  return withRule(jumping, name, 0, ["-j", target]);
}

/** The chain that a packet's grant stands in: firewalld has such ones with one of its two backends. */
export function ownChain(
  { kind, chains }: NetfilterQuestions,
  { nft }: Ruleset,
  { hook = "input" }: Packet,
): Chain | undefined {
  const isRich = kind === "firewalld" &&
    nft?.chains.some(({ table }) => table === FIREWALLD_TABLE) === true;
  return kind === "nft" || isRich ? undefined : chains?.[hook];
}
