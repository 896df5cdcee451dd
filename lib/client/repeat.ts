/**
 * Holding a grant open: knocking again before it ends.
 *
 * @module
 */
import { parseAddress } from "../net/address.ts";
import type { KnockKeys } from "./keys.ts";
import type { OwnAddresses } from "./own_addresses.ts";
import type { KnockRequest } from "./request.ts";
import type { KeySource } from "../config/client_values.ts";
import type { KnockPlan } from "./plan.ts";

/**
 * The plan of the knocks after the first: no key is asked for, no address looked up and no port drawn again, so that each
 * opens what the first has opened. The user name, the time and the random value are new in each.
 */
export function settledPlan(plan: KnockPlan, request: KnockRequest, keys: KnockKeys): KnockPlan {
  const { encryptionKey, hmac } = keys;
  return {
    ...plan,
    admission: { kind: "address", text: request.admitted },
    ask: { ...plan.ask, outsidePort: request.randomNatPort ?? plan.ask.outsidePort },
    keys: {
      ...plan.keys,
      key: encryptionKey.length === 0 ? plan.keys.key : keySource("KEY", encryptionKey),
      hmac: hmac && { key: keySource("HMAC_KEY", hmac.key), digest: hmac.type },
    },
  };
}

/** What a new address of this host means for the knocks to come. */
export type Move =
  /** The address to admit was looked up, and has to be again, with this plan. */
  | { readonly kind: "look up"; readonly plan: KnockPlan }
  /** The address to admit was this host's and is not any more. */
  | { readonly kind: "left"; readonly admitted: string }
  /** The packet's own source is admitted, or an address that was never this host's own. */
  | { readonly kind: "none" };

/**
 * Compares the addresses of this host as they were at the last knock with those of now. Nothing that happens behind an
 * address translation is seen here.
 *
 * @param plan that of the first knock. @param settled that of the last one.
 */
export function weighMove(
  { admission }: KnockPlan,
  settled: KnockPlan,
  before: OwnAddresses,
  now: OwnAddresses,
): Move {
  if (before.source.text === now.source.text) return { kind: "none" };
  if (admission.kind === "look up") return { kind: "look up", plan: { ...settled, admission } };
  const admitted = settled.admission.kind === "address"
    ? parseAddress(settled.admission.text)?.text
    : undefined;
  const isOne = ({ source, all }: OwnAddresses): boolean =>
    [source, ...all].some(({ text }) => text === admitted);
  return admitted !== undefined && isOne(before) && !isOne(now)
    ? { kind: "left", admitted }
    : { kind: "none" };
}

function keySource(variable: string, bytes: Uint8Array): KeySource {
  return { kind: "bytes", bytes, variable, written: "" };
}
