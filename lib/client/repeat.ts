/**
 * Keeps a grant open: the client knocks again before it ends.
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
 * The plan of every knock after the first. It asks for no key, looks up no address and draws no port again, so each
 * knock opens what the first one opened. The user name, the time and the random value are new in each.
 */
export function settledPlan(plan: KnockPlan, request: KnockRequest, keys: KnockKeys): KnockPlan {
  const { encryptionKey, hmac } = keys;
  return {
    ...plan,
    admission: { kind: "address", text: request.admitted },
    request: {
      ...plan.request,
      outsidePort: request.randomNatPort ?? plan.request.outsidePort,
    },
    keys: {
      ...plan.keys,
      key: encryptionKey.length === 0 ? plan.keys.key : keySource("KEY", encryptionKey),
      hmac: hmac && { key: keySource("HMAC_KEY", hmac.key), digest: hmac.type },
    },
  };
}

/** What a new address of this host means for the next knocks. */
export type Move =
  /** The address to admit was looked up. It must be looked up again, with this plan. */
  | { readonly kind: "look up"; readonly plan: KnockPlan }
  /** The address to admit belonged to this host and does not any more. */
  | { readonly kind: "left"; readonly admitted: string }
  /** The packet admits its own source, or an address that never belonged to this host. */
  | { readonly kind: "none" };

/**
 * Compares the addresses that this host had at the last knock with the present ones. It cannot see changes behind an
 * address translation.
 *
 * @param plan the plan of the first knock. @param settled the plan of the last knock.
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
