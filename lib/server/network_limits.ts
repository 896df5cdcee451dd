/**
 * Limits how much of the processor the packets of one network get, before any key is tried. Below the limit nothing
 * changes. A flood from everywhere is not limited here: it has no network to limit.
 *
 * @module
 */
import type { Stanza } from "../config/stanza.ts";
import type { Address } from "../net/address.ts";
import { addressKey } from "../net/address_key.ts";

/** Share of one processor that the checks of one network's packets may take. */
const SHARE = 0.25;

/** Microseconds that a packet of a client without a key costs (`deno task bench`). */
const COST = {
  packet: 5,
  /** For each key of an HMAC with SHA-256, and with another digest. */
  sha256: 0.1,
  otherDigest: 6,
  /** For each stanza without HMAC: derive the key and decrypt. */
  unprotected: 50,
} as const;

/** What a network may send at once after it was quiet: so many milliseconds of its limit, or so many packets. */
const BURST = { milliseconds: 500, packets: 50 } as const;

/** Networks that are followed at once. If forged sources fill the table, further networks have no limit. */
export const MOST_NETWORKS = 4096;

/** Addresses with a limit of their own, because one of their packets was accepted in the last hour. */
const MOST_PROVEN = 1024;
const PROVEN_FOR = 3_600_000;

/** Milliseconds between two searches of a full table for networks that are quiet again. */
const SWEEP_INTERVAL = 100;

/** The packets a second of one network that these stanzas can check. */
export function networkRate(stanzas: readonly Stanza[]): number {
  let cost: number = COST.packet;
  for (const { hmac } of stanzas) {
    if (hmac === undefined) cost += COST.unprotected;
    else cost += hmac.type === "sha256" ? COST.sha256 : COST.otherDigest;
  }
  return Math.max(1, Math.floor(SHARE * 1e6 / cost));
}

/** A limit for each network: an IPv4 /24, an IPv6 /48. */
export class NetworkLimits {
  /** Packets a second of one network. A reload may change it. */
  rate: number;
  readonly #steady: () => number;
  /** By network, or by address for proven ones: when its packets so far are paid for, by the steady clock. */
  readonly #paid = new Map<number | string, number>();
  /** By address: until when it has a limit of its own. Oldest first. */
  readonly #proven = new Map<number | string, number>();
  #swept = -Infinity;

  /**
   * @param rate packets a second of one network.
   * @param steady milliseconds of a clock that only goes forward.
   */
  constructor(rate: number, steady: () => number) {
    this.rate = rate;
    this.#steady = steady;
  }

  /** Whether a packet of this source may be checked now; counts it if so. */
  admits(source: Address): boolean {
    const now = this.#steady();
    const key = this.#isProven(source, now) ? addressKey(source) : networkKey(source);
    const paid = this.#paid.get(key);
    if (paid === undefined && this.#paid.size >= MOST_NETWORKS && !this.#sweep(now)) return true;
    const price = 1000 / this.rate;
    const next = Math.max(paid ?? now, now) + price;
    if (next - now > Math.max(BURST.milliseconds, BURST.packets * price)) return false;
    this.#paid.set(key, next);
    return true;
  }

  /** Notes that a packet of this source was accepted: what others in its network send no longer counts for it. */
  prove(source: Address): void {
    const key = addressKey(source);
    this.#proven.delete(key);
    this.#proven.set(key, this.#steady() + PROVEN_FOR);
    const [oldest = key] = this.#proven.keys();
    if (this.#proven.size > MOST_PROVEN) this.#proven.delete(oldest);
  }

  #isProven(source: Address, now: number): boolean {
    if (this.#proven.size === 0) return false;
    const until = this.#proven.get(addressKey(source));
    return until !== undefined && until > now;
  }

  /** Makes room in a full table. Returns whether there is room now. */
  #sweep(now: number): boolean {
    if (now - this.#swept >= SWEEP_INTERVAL) {
      this.#swept = now;
      for (const [key, paid] of this.#paid) if (paid <= now) this.#paid.delete(key);
    }
    return this.#paid.size < MOST_NETWORKS;
  }
}

/** The network of an address, as a prefix in text. */
export function networkOf({ family, bytes }: Address): string {
  if (family === 4) return `${bytes.subarray(0, 3).join(".")}.0/24`;
  const groups = [0, 2, 4].map((index) =>
    ((bytes[index] ?? 0) << 8 | (bytes[index + 1] ?? 0)).toString(16)
  );
  return `${groups.join(":")}::/48`;
}

/** Differs from every {@link addressKey}: below zero for IPv4, a prefix for IPv6. */
function networkKey(source: Address): number | string {
  const { family, bytes } = source;
  if (family === 6) return networkOf(source);
  const [a = 0, b = 0, c = 0] = bytes;
  return -1 - (a << 16 | b << 8 | c);
}
