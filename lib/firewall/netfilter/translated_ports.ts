/**
 * Collects the ports that rules which change destinations match.
 *
 * @module
 */
import { parsePort } from "../../net/service.ts";
import { readRule } from "../iptables/doctor/words.ts";
import type { Ruleset } from "./ruleset.ts";

/** Largest number of ports that are examined one by one. */
const MOST = 256;

/** Returns every port named in the tables of nat: the ends of ranges, and also some numbers that are not ports. */
export function portsOfTranslations({ others = [], nft }: Ruleset): readonly number[] {
  const ports = new Set<number>();
  const add = (text: string) => {
    const port = parsePort(text);
    if (port !== undefined) ports.add(port);
  };
  for (const { name, policy } of others) {
    if (name !== "nat") continue;
    for (const { words } of [...policy.chains.values()].flat()) {
      for (const { option, value } of readRule(words).conditions) {
        if (option === "--dport" || option === "--dports") value.split(/[,:]/).forEach(add);
      }
    }
  }
  const tables = new Set(
    nft?.chains.filter(({ type }) => type === "nat").map(({ table }) => table),
  );
  const texts = [
    ...nft?.chains.filter(({ table }) => tables.has(table)).map(({ rules }) => rules) ?? [],
    ...[...nft?.sets ?? []].filter(([name]) => tables.has(name.split(" ").slice(0, 2).join(" ")))
      .map(([, elements]) => elements),
  ].map((part) => JSON.stringify(part));
  for (const [number] of texts.join(" ").matchAll(/(?<![.\w"])[0-9]{1,5}(?![.\w"])/g)) add(number);
  return [...ports].slice(0, MOST);
}
