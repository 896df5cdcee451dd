/**
 * Holding a grant open: knocking again before it ends.
 *
 * @module
 */
import type { KnockKeys } from "./keys.ts";
import type { KnockRequest } from "./request.ts";
import type { KeySource, Settings } from "./settings.ts";

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

function keySource(variable: string, bytes: Uint8Array): KeySource {
  return { kind: "bytes", bytes, variable, written: "" };
}
