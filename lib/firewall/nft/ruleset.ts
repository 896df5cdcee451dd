/**
 * Parses `nft -j list ruleset`: chains with their rules, sets and maps.
 *
 * @module
 */
import { parseObjects, property } from "./listing.ts";
import { NFT_TABLE } from "./schema.ts";

/** Whether the table of the nft adapter exists. */
export function hasOwnTable(ruleset: string): boolean {
  return parseNftRuleset(ruleset).chains.some(({ table }) => table === NFT_TABLE);
}

/** Whether the nf_tables variant of iptables made the chain; the listing of iptables shows it better. */
export function isCompatible({ table, name }: NftChain): boolean {
  const isOf = /^ip6? (filter|nat|mangle|raw|security)$/.test(table);
  return isOf && /^(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING)$/.test(name);
}

/** Whether another program filters incoming packets, other than with iptables. */
export function hasInputHook(ruleset: string): boolean {
  return parseNftRuleset(ruleset).chains.some(({ table, name, hook, type }) =>
    table !== NFT_TABLE && hook === "input" && type === "filter" && !isOfIptables(table, name)
  );
}

/** iptables-nft keeps its tables here too, and leaves them when they are empty: `ip filter` with `INPUT` and so on. */
function isOfIptables(table: string, chain: string): boolean {
  return /^ip6? (filter|mangle|raw|security|nat)$/.test(table) && /^[A-Z]+$/.test(chain);
}

/** One chain and its rules in order. */
export interface NftChain {
  /** `inet filter`. */
  readonly table: string;
  readonly name: string;
  /** Absent for a chain that others jump to. */
  readonly hook?: string;
  readonly type?: string;
  readonly priority: number;
  /** Interfaces of a chain that sees their packets before any other chain. */
  readonly devices?: readonly string[];
  readonly policy: string;
  /** Whether its table has flags, which some versions of nft print wrongly: it may be dormant. */
  readonly mayRest?: boolean;
  /** The expressions of each rule. */
  readonly rules: unknown[][];
}

/** A ruleset with the parts that the doctor uses. */
export interface NftRuleset {
  readonly chains: readonly NftChain[];
  /** Elements of named sets and maps: `inet filter services` → expressions, or pairs of them. */
  readonly sets: ReadonlyMap<string, readonly unknown[]>;
}

/** Whether the text is the complete output of `nft -j`. */
export function isNftListing(text: string): boolean {
  return parseObjects(text) !== undefined;
}

/** Reads `nft -j list ruleset`; any other text is a ruleset without chains. */
export function parseNftRuleset(text: string): NftRuleset {
  const chains: NftChain[] = [];
  const sets = new Map<string, readonly unknown[]>();
  const flagged = new Set<string>();
  for (const object of parseObjects(text) ?? []) {
    const table = property(object, "table");
    if (property(table, "flags") !== undefined) {
      flagged.add(`${String(property(table, "family"))} ${String(property(table, "name"))}`);
    }
    const chain = property(object, "chain");
    if (chain !== undefined) {
      chains.push({
        table: tableOf(chain),
        name: String(property(chain, "name")),
        ...optionalText(chain, "hook"),
        ...optionalText(chain, "type"),
        priority: Number(property(chain, "prio") ?? 0),
        ...(property(chain, "dev") === undefined
          ? {}
          : { devices: [property(chain, "dev")].flat().map(String) }),
        ...(flagged.has(tableOf(chain)) ? { mayRest: true } : {}),
        policy: String(property(chain, "policy") ?? "accept"),
        rules: [],
      });
    }
    const set = property(object, "set") ?? property(object, "map");
    const elements = property(set, "elem");
    if (set !== undefined) {
      const name = `${tableOf(set)} ${String(property(set, "name"))}`;
      sets.set(name, Array.isArray(elements) ? elements : []);
    }
    const rule = property(object, "rule");
    const expressions = property(rule, "expr");
    const holder = chains.find(({ table, name }) =>
      table === tableOf(rule) && name === property(rule, "chain")
    );
    if (Array.isArray(expressions)) holder?.rules.push(expressions);
  }
  return { chains, sets };
}

function tableOf(object: unknown): string {
  // Chains and rules name their table and its family in two members.
  return `${String(property(object, "family"))} ${String(property(object, "table"))}`;
}

function optionalText<K extends string>(object: unknown, key: K): { [P in K]?: string } {
  const value = property(object, key);
  return typeof value === "string" ? { [key]: value } as { [P in K]: string } : {};
}
