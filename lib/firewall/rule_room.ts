/**
 * Whether a stanza may have more rules in force (MAX_RULES).
 *
 * @module
 */
import type { Rule } from "./adapter.ts";
import type { Grant } from "./grant.ts";
import type { Ledger } from "./ledger.ts";

/** Which rules have to go for the new ones, or that there is no room. */
export type RuleRoom = { readonly retired: readonly Rule[] } | "full";

/**
 * Room for rules that are not in force yet. With as many rules in force as the stanza may have, an address can still
 * renew what it has: the rules that end earlier give way, so that the number does not grow.
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

/** Who may reach what by the rule, whenever it ends. */
function accessOf({ family, table, summary }: Rule): string {
  const { kind, chain, address, destination, service } = summary;
  return JSON.stringify([family, table, kind, chain, address, destination, service]);
}
