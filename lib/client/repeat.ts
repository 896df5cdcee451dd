/**
 * Holding a grant open: knocking again before it ends.
 *
 * @module
 */
import { parseAddress } from "../net/address.ts";
import type { KnockKeys } from "./keys.ts";
import type { OwnAddresses } from "./own_addresses.ts";
import type { KnockRequest } from "./request.ts";
import type { KeySource } from "../config/client_level.ts";
import type { Settings } from "./settings.ts";

/** Seconds of a grant where the client does not ask for a time (FW_ACCESS_TIMEOUT, `docs/spec/server.md` 5). */
const USUAL_GRANT = 30;

/** Seconds between two knocks: a packet may get lost and the next still come in time. */
export function repeatInterval({ repeat, timeout }: Settings): number {
  if (repeat !== undefined && repeat > 0) return repeat;
  const grant = timeout === undefined || timeout === 0 ? USUAL_GRANT : timeout;
  return Math.max(1, Math.floor(grant * 2 / 5));
}

/**
 * Settings of the knocks after the first: no key is asked for, no address looked up and no port drawn again, so that each
 * opens what the first has opened. The user name, the time and the random value are new in each.
 */
export function settledSettings(
  settings: Settings,
  request: KnockRequest,
  keys: KnockKeys,
): Settings {
  const { resolve: _, natRandomPort: _port, ...rest } = settings;
  const text = request.message.slice(0, request.message.indexOf(","));
  return {
    ...rest,
    allow: { kind: "address", text },
    ...(request.randomNatPort === undefined ? {} : { natPort: request.randomNatPort }),
    ...(keys.encryptionKey.length === 0 ? {} : { key: keySource("KEY", keys.encryptionKey) }),
    ...(keys.hmac === undefined ? {} : { hmacKey: keySource("HMAC_KEY", keys.hmac.key) }),
  };
}

/** What a new address of this host means for the knocks to come. */
export type Move =
  /** The address to admit was looked up, and has to be again, with these settings. */
  | { readonly kind: "look up"; readonly settings: Settings }
  /** The address to admit was this host's and is not any more. */
  | { readonly kind: "left"; readonly admitted: string }
  /** The packet's own source is admitted, or an address that was never this host's own. */
  | { readonly kind: "none" };

/**
 * Compares the addresses of this host as they were at the last knock with those of now. Nothing that happens behind an
 * address translation is seen here.
 *
 * @param settings as the user gave them. @param settled those of the last knock.
 */
export function weighMove(
  settings: Settings,
  settled: Settings,
  before: OwnAddresses,
  now: OwnAddresses,
): Move {
  if (before.source.text === now.source.text) return { kind: "none" };
  const { allow, ...rest } = settled;
  if (settings.resolve) return { kind: "look up", settings: { ...rest, resolve: true } };
  const admitted = allow?.kind === "address" ? parseAddress(allow.text)?.text : undefined;
  const isOne = ({ source, all }: OwnAddresses): boolean =>
    [source, ...all].some(({ text }) => text === admitted);
  return admitted !== undefined && isOne(before) && !isOne(now)
    ? { kind: "left", admitted }
    : { kind: "none" };
}

function keySource(variable: string, bytes: Uint8Array): KeySource {
  return { kind: "bytes", bytes, variable, written: "" };
}
