/**
 * Decides whether a stanza may have more rules in force (MAX_RULES).
 *
 * @module
 */
import type { Rule } from "./adapter.ts";
import type { Grant } from "./grant.ts";
import type { Ledger } from "./ledger.ts";

/** The rules that must be removed for the new ones, or `full` if there is no room. */
export type RuleRoom = { readonly retired: readonly Rule[] } | "full";

/**
 * Finds room for rules that are not in force yet. If the stanza has its full number of rules, an address can still renew
 * the access that it has: its older rules are removed, so that the number does not grow.
 */
export function roomFor(grant: Grant, fresh: readonly Rule[], ledger: Ledger): RuleRoom {
  const { stanza, mostRules = Infinity } = grant;
  const growth = fresh.filter(({ key }) => ledger.get(key) === undefined);
  if (ledger.countOf(stanza) + growth.length <= mostRules) return { retired: [] };
  const wanted = new Set(growth.map(accessOf));
  const former = ledger.all().filter((rule) =>
    rule.summary.stanza === stanza && wanted.has(accessOf(rule))
  );
  const renewed = new Set(former.map(accessOf));
  return [...wanted].every((access) => renewed.has(access)) ? { retired: former } : "full";
}

/** Which address may reach which service by the rule, regardless of its expiry. */
function accessOf({ family, table, summary }: Rule): string {
  const { kind, chain, address, destination, service } = summary;
  return JSON.stringify([family, table, kind, chain, address, destination, service]);
}
