/**
 * Removes everything of ours.
 *
 * @module
 */
import { CHAIN_ROLES, DEFAULT_CHAINS, parseChain } from "../../config/chain.ts";
import type { Extent } from "../adapter.ts";
import type { TableListing } from "./listing.ts";
import { recogniseRule } from "./rule.ts";
import { type FoundTable, isJump, type RoleChain } from "./view.ts";

/** No chain jumps to it, so no packet passes it: probes use it in place of the live policy. */
export const PROBE_CHAIN = "FWKNOP_PROBE";

/**
 * Returns the lines that remove everything of ours from one table: the configured chains, chains with default names
 * that an earlier configuration left, chains that hold only `_exp_` rules, and single `_exp_` rules in other chains.
 */
export function tearDownTable(
  { family, table, chains: listing }: FoundTable,
  chains: readonly RoleChain[],
  extent: Extent,
  whole: boolean,
): string[] {
  const configured = new Set(
    chains.flatMap(({ chain }) => chain.table === table ? [chain.name] : []),
  );
  const names = new Set(configured);
  for (const role of extent === "configured" ? [] : CHAIN_ROLES) {
    const { value: chain } = parseChain(DEFAULT_CHAINS[role]);
    if (chain?.table === table) names.add(chain.name);
  }
  names.add(PROBE_CHAIN);
  const lines: string[] = [];
  const emptied: string[] = [];
  for (const [name, listed] of listing) {
    if (extent === "configured" && !names.has(name)) continue;
    if (extent === "elsewhere" && configured.has(name)) continue;
    const ours = listed.filter(({ words }) =>
      recogniseRule({ family, table, chain: name }, words) !== undefined
    );
    const isOurs = names.has(name) || (ours.length > 0 && ours.length === listed.length);
    if (whole && names.has(name)) lines.push(`-F ${name}`);
    else for (const { text } of ours) lines.push(`-D ${name} ${text}`);
    if (!isOurs || (!(whole && names.has(name)) && ours.length < listed.length)) continue;
    for (const { from } of jumpsTo(listing, name)) {
      lines.push(`-D ${from} -j ${name}`);
    }
    emptied.push(name);
  }
  for (const name of emptied) {
    if (!BUILT_IN.has(name) && !hasOtherReference(listing, name)) lines.push(`-X ${name}`);
  }
  return lines;
}

/** The unconditional jumps to a chain, by the chain that holds them. */
function jumpsTo(chains: TableListing, name: string): { from: string }[] {
  return [...chains.values()].flat().filter((rule) => isJump(rule, name))
    .map(({ chain }) => ({ from: chain }));
}

function isReferredTo(chains: TableListing, name: string): boolean {
  return [...chains.values()].flat().some(({ words }) =>
    words.some((word, index) => word === name && /^-[jg]$/.test(words[index - 1] ?? ""))
  );
}

const BUILT_IN: ReadonlySet<string> = new Set(
  ["INPUT", "OUTPUT", "FORWARD", "PREROUTING", "POSTROUTING"],
);

/** Whether a conditional jump of another program keeps a chain in use. */
function hasOtherReference(chains: TableListing, name: string): boolean {
  const rest = new Map(
    [...chains].map(([chain, rules]) =>
      [chain, rules.filter((rule) => !isJump(rule, name))] as const
    ),
  );
  return isReferredTo(rest, name);
}
