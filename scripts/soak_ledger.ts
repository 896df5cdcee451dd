/**
 * What a soak expects of a firewall: each knock is granted, has exactly one rule while the grant lasts, and none
 * after that.
 *
 * Times are seconds of one monotonic clock.
 *
 * @module
 */

/** Seconds within which the rule of a knock must appear. */
const GRANT_PATIENCE = 3;
/** Seconds that a rule may be missing before its end, or be in force after it. */
const RULE_PATIENCE = 5;

/** The counters. */
export interface SoakCounts {
  sent: number;
  granted: number;
  /** Sent while the interface was away, and not granted. */
  excused: number;
  /** Rules that were in force longer than they should. */
  late: number;
  /** Rules that were in force twice. */
  doubled: number;
  /** Grants that the daemon reported and that were not in force, or not until their end. */
  notInForce: number;
}

interface Knock {
  readonly sent: number;
  readonly ends: number;
  readonly excused: boolean;
  told: boolean;
  granted: boolean;
  missingSince: number | undefined;
  readonly counted: Set<"late" | "doubled" | "notInForce">;
}

/** Tracks knocks by the address that each asks for. */
export class SoakLedger {
  readonly counts: SoakCounts = {
    sent: 0,
    granted: 0,
    excused: 0,
    late: 0,
    doubled: 0,
    notInForce: 0,
  };
  readonly #knocks = new Map<string, Knock>();

  /** @param timeout seconds that a grant lasts. */
  constructor(readonly timeout: number) {}

  /** A knock for that address is sent now; `excused` if it cannot arrive. */
  knock(address: string, now: number, excused: boolean): void {
    this.counts.sent++;
    this.#knocks.set(address, {
      sent: now,
      ends: now + this.timeout,
      excused,
      told: false,
      granted: false,
      missingSince: undefined,
      counted: new Set(),
    });
  }

  /** The daemon reported a grant for that address. */
  told(address: string): void {
    const knock = this.#knocks.get(address);
    if (knock !== undefined) knock.told = true;
  }

  /** A listing of the firewall: the addresses of all rules, an address once for each rule. */
  look(rules: readonly string[], now: number): void {
    const counts = new Map<string, number>();
    for (const address of rules) counts.set(address, (counts.get(address) ?? 0) + 1);
    for (const [address, knock] of this.#knocks) {
      this.#judge(knock, counts.get(address) ?? 0, now);
      if (now > knock.ends + 4 * RULE_PATIENCE) this.#forget(address, knock);
    }
  }

  #judge(knock: Knock, rules: number, now: number): void {
    if (rules > 1) this.#count(knock, "doubled");
    if (rules > 0) {
      if (!knock.granted) this.counts.granted++;
      knock.granted = true;
      knock.missingSince = undefined;
      if (now > knock.ends + GRANT_PATIENCE + RULE_PATIENCE) this.#count(knock, "late");
    } else if ((knock.granted || knock.told) && now < knock.ends - 1) {
      knock.missingSince ??= now;
      if (now - knock.missingSince > RULE_PATIENCE) this.#count(knock, "notInForce");
    }
  }

  #forget(address: string, knock: Knock): void {
    this.#knocks.delete(address);
    if (!knock.granted && knock.excused) this.counts.excused++;
    if (!knock.granted && knock.told) this.#count(knock, "notInForce");
  }

  #count(knock: Knock, what: "late" | "doubled" | "notInForce"): void {
    if (knock.counted.has(what)) return;
    knock.counted.add(what);
    this.counts[what]++;
  }
}

/** One sample of a process. */
export interface ProcessSample {
  /** Seconds since the start. */
  readonly at: number;
  /** Resident bytes, including pages mapped from the binary, which the kernel may drop at any time. */
  readonly resident: number;
  /** The anonymous part of it. */
  readonly anonymous: number;
  readonly descriptors: number;
}

/** Slope of a line through points by least squares, per hour; NaN with fewer than two. */
export function slopePerHour(
  points: readonly (readonly [seconds: number, value: number])[],
): number {
  const count = points.length;
  const mean = (index: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[index], 0) / count;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  if (count < 2 || over === 0) return NaN;
  return points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / over * 3600;
}
