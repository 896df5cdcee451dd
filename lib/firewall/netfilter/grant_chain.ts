/**
 * The position of the rules of grants in iptables.
 *
 * @module
 */
import type { Chain } from "../../config/chain.ts";
import { isJump } from "../iptables/view.ts";
import { FIREWALLD_TABLE } from "../firewalld/commands.ts";
import { type IptablesPolicy, withRule } from "../iptables/doctor/policy.ts";
import type { Ruleset } from "./ruleset.ts";
import type { Packet } from "../../doctor/packet.ts";
import type { NetfilterQuestions } from "./questions.ts";

/** Returns the index of the jump to our rules in its chain; `undefined` if the server has not made it. */
export function jumpIndex({ chains }: IptablesPolicy, { from, name }: Chain): number | undefined {
  const index = (chains.get(from) ?? []).findIndex((rule) => isJump(rule, name));
  return index < 0 ? undefined : index;
}

/**
 * Returns the policy for a client that has a grant: our chain accepts its packets. A missing jump is added where the
 * server will add it.
 */
export function grantingPolicy(policy: IptablesPolicy, own: Chain): IptablesPolicy {
  const { target, table, from, name, jumpPosition } = own;
  if (table !== "filter" || !policy.chains.has(from)) return policy;
  const jumping = jumpIndex(policy, own) !== undefined
    ? policy
    : withRule(policy, from, jumpPosition - 1, ["-j", name]);
  return withRule(jumping, name, 0, ["-j", target]);
}

/** Returns the chain that holds the grant for a packet. firewalld has such chains with only one of its two backends. */
export function ownChain(
  { kind, chains }: NetfilterQuestions,
  { nft }: Ruleset,
  { hook = "input" }: Packet,
): Chain | undefined {
  const isRich = kind === "firewalld" &&
    nft?.chains.some(({ table }) => table === FIREWALLD_TABLE) === true;
  return kind === "nft" || isRich ? undefined : chains?.[hook];
}
