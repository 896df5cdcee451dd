/**
 * Makes our chains and the jumps to them.
 *
 * @module
 */
import type { Chain } from "../../config/chain.ts";
import { type FoundTable, isJump } from "./view.ts";

/** Returns the lines that make what is missing in one table, or the reason why that is not possible. */
export function prepareTable(
  { table, chains: listing }: FoundTable,
  chains: readonly Chain[],
  flush: boolean,
): { lines: string[]; jumps: { from: string; chain: string }[] } | string {
  const lines: string[] = [];
  const jumps: { from: string; chain: string }[] = [];
  const lengths = new Map([...listing].map(([name, rules]) => [name, rules.length]));
  for (const { name, from, jumpPosition, table: own } of chains) {
    if (own !== table) continue;
    const present = (listing.get(from) ?? []).filter((rule) => isJump(rule, name)).length;
    if (!listing.has(name)) lines.push(`-N ${name}`);
    else if (flush) {
      for (let count = 0; count < present; count++) lines.push(`-D ${from} -j ${name}`);
      lines.push(`-F ${name}`);
      lengths.set(from, (lengths.get(from) ?? 0) - present);
    }
    if (present > 0 && !flush) continue;
    const length = lengths.get(from) ?? 0;
    if (jumpPosition > length + 1) {
      return `The jump rule to ${name} cannot be placed at position ${jumpPosition}: ` +
        `${from} has ${length} rule${length === 1 ? "" : "s"}`;
    }
    lines.push(`-I ${from} ${jumpPosition} -j ${name}`);
    lengths.set(from, length + 1);
    jumps.push({ from, chain: name });
  }
  return { lines, jumps };
}
