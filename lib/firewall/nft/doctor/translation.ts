/**
 * Finds where the statements `dnat` and `redirect` of nftables send a packet.
 *
 * @module
 */
import type { AddressFamily } from "../../../net/address.ts";
import type { Step } from "../../../doctor/chain_walk.ts";
import { property } from "../listing.ts";
import { readAddress, readPort, type Translation } from "../../../doctor/translation.ts";

/** A statement with one effect, or with one for each element of a map. */
export interface Translating {
  /** The part of the packet that selects the element; absent if `data` is the only effect. */
  readonly key?: unknown;
  /** Elements, the name of a set, or the one effect. */
  readonly data: unknown;
  readonly effectOf: (value: unknown) => Step["does"];
  /** The only family that it translates; absent: any. */
  readonly family?: AddressFamily;
}

/**
 * Reads one expression; `undefined` if it translates no destination.
 *
 * @param rule description of the rule, for the translation.
 */
export function translationsOf(expression: unknown, rule: string): Translating | undefined {
  const redirect = property(expression, "redirect");
  if (redirect !== undefined) return portBy(property(redirect, "port"), "here", rule);
  const dnat = property(expression, "dnat");
  if (dnat === undefined) return undefined;
  const [address, port] = [property(dnat, "addr"), property(dnat, "port")];
  if (address === undefined) return portBy(port, "same", rule);
  const fixed = port === undefined ? "same" : readPort(port);
  const named = property(dnat, "family");
  const family = named === "ip" ? 4 : named === "ip6" ? 6 : undefined;
  const effectOf = (value: unknown): Translation => {
    const parts = property(value, "concat");
    return Array.isArray(parts)
      ? { to: readAddress(parts[0]), port: readPort(parts[1]), rule }
      : { to: readAddress(value), port: fixed, rule };
  };
  return { ...byMap(address, effectOf), ...(family === undefined ? {} : { family }) };
}

function portBy(port: unknown, to: "here" | "same", rule: string): Translating {
  return byMap(port, (value) => ({
    to,
    port: value === undefined ? "same" : readPort(value),
    rule,
  }));
}

function byMap(value: unknown, effectOf: Translating["effectOf"]): Translating {
  const map = property(value, "map");
  return map === undefined
    ? { data: value, effectOf }
    : { key: property(map, "key"), data: property(map, "data"), effectOf };
}
