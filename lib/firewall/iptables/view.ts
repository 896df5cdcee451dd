/**
 * Finds our rules and chains in the listed tables of iptables.
 *
 * @module
 */
import type { Chain, ChainRole } from "../../config/chain.ts";
import type { AddressFamily } from "../../net/address.ts";
import type { Extent, Rule, Scope, View } from "../adapter.ts";
import type { RuleSummary } from "../firewall.ts";
import { RULE_NAMES } from "./grant_rules.ts";
import type { ListedRule, TableListing } from "./listing.ts";
import { type IptablesRule, recogniseRule, ruleKey } from "./rule.ts";

/** The contents of the tables of iptables. */
export interface IptablesView extends View {
  readonly tables: readonly FoundTable[];
}

/** One table and its chains. */
export interface FoundTable {
  readonly family: AddressFamily;
  readonly table: string;
  readonly chains: TableListing;
}

/** A chain in use and its role. */
export interface RoleChain {
  readonly role: ChainRole;
  readonly chain: Chain;
}

/** Interprets the tables: which rules are ours, and whether our chains and jumps exist. */
export function viewTables(
  tables: readonly FoundTable[],
  chains: readonly RoleChain[],
  { families, extent }: Scope,
): IptablesView {
  return {
    tables,
    ...findOurs(tables, chains, extent),
    intact: isIntact(tables, chains, families),
  };
}

/** Whether a rule is an unconditional jump to the chain. */
export function isJump({ words }: ListedRule, name: string): boolean {
  return words.length === 2 && words[0] === "-j" && words[1] === name;
}

function isIntact(
  tables: readonly FoundTable[],
  chains: readonly RoleChain[],
  families: ReadonlySet<AddressFamily>,
): boolean {
  return tables.filter(({ family }) => families.has(family)).every((found) =>
    chains.filter(({ chain }) => chain.table === found.table).every(({ chain }) =>
      found.chains.has(chain.name) &&
      (found.chains.get(chain.from) ?? []).some((rule) => isJump(rule, chain.name))
    )
  );
}

/** Finds rules with an `_exp_` comment within the extent. */
function findOurs(
  tables: readonly FoundTable[],
  chains: readonly RoleChain[],
  extent: Extent,
): Pick<View, "rules" | "broken" | "present"> {
  const rules: Rule[] = [];
  const broken: Rule[] = [];
  const present = new Set<AddressFamily>();
  for (const { family, table, chains: listing } of tables) {
    for (const [name, listed] of listing) {
      const own = chains.find(({ chain }) => chain.table === table && chain.name === name);
      if (own !== undefined) present.add(family);
      const isAsked = own === undefined ? extent !== "configured" : extent !== "elsewhere";
      const stray = own === undefined ? { stray: true } as const : {};
      for (const { words, text } of isAsked ? listed : []) {
        // Our rules contain no line break, and documents are read line by line.
        if (text.includes("\n")) continue;
        const found = recogniseRule({ family, table, chain: name }, words);
        if (found === undefined) continue;
        const summary = summarise(own?.role, name, family, found.rule, found.expires ?? 0);
        const key = found.rule === undefined
          ? `ipv${family} ${table} ${name} ${text}`
          : ruleKey(found.rule);
        (found.expires === undefined ? broken : rules).push({
          key,
          family,
          table,
          text,
          summary,
          ...stray,
        });
      }
    }
  }
  return { rules, broken, present };
}

function summarise(
  role: ChainRole | undefined,
  chain: string,
  family: AddressFamily,
  rule: IptablesRule | undefined,
  expires: number,
): RuleSummary {
  const kind = role === undefined ? "other" : RULE_NAMES[role];
  const output = role === "output";
  const port = output ? rule?.sourcePort : rule?.destinationPort;
  const service = rule?.protocol === undefined || port === undefined
    ? "*/*"
    : `${rule.protocol}/${port}`;
  const anywhere = family === 6 ? "::/0" : "0.0.0.0/0";
  return {
    kind: rule !== undefined && service === "*/*" ? `${kind} ALL` : kind,
    chain,
    address: (output ? rule?.destination : rule?.source) ?? anywhere,
    destination: (output ? rule?.source : rule?.destination) ?? anywhere,
    services: service,
    service,
    expires,
    ...(rule?.stanza === undefined ? {} : { stanza: rule.stanza }),
    ...(rule?.name === undefined ? {} : { name: rule.name }),
  };
}
