/**
 * Offsets of the time stamp, for a client or a server whose clock is wrong.
 *
 * @module
 */
import type { Dialect } from "../dialect.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };
const MAX_COUNT = 65536;

/**
 * Seconds from `60`, `60s`, `5m`, `2h` or `1d` (units may be spelt out), or `undefined`. At most 8 digits and at most
 * 65536 before the unit is applied.
 *
 * The C client is lax (`docs/spec/client.md` 12): the first `m`, `h` or `d` anywhere ends the number and gives its
 * unit; every other character is skipped, so `1.5h` is 15 hours.
 */
export function parseTimeOffset(text: string, dialect: Dialect): number | undefined {
  const { digits, unit } = dialect === "native" ? splitStrictly(text) : splitLaxly(text);
  if (digits.length < 1 || digits.length > 8 || Number(digits) > MAX_COUNT) return undefined;
  return Number(digits) * (UNITS[unit] ?? 1);
}

/** TIME_OFFSET of the rc file: the same, and a leading minus means the past. */
export function parseSignedTimeOffset(text: string, dialect: Dialect): number | undefined {
  const past = text.startsWith("-");
  const seconds = parseTimeOffset(past ? text.slice(1) : text, dialect);
  // Not -seconds: that of 0 is -0, which is another value than what is written for it.
  return seconds === undefined ? undefined : past ? 0 - seconds : seconds;
}

function splitStrictly(text: string): { digits: string; unit: string } {
  const pattern =
    /^([0-9]+)(?:(s)(?:ec(?:ond)?s?)?|(m)(?:in(?:ute)?s?)?|(h)(?:ours?)?|(d)(?:ays?)?)?$/i;
  const [, digits = "", ...units] = pattern.exec(text) ?? [];
  return { digits, unit: units.find((unit) => unit !== undefined)?.toLowerCase() ?? "s" };
}

function splitLaxly(text: string): { digits: string; unit: string } {
  const [, before = "", unit = "s"] = /^([^mhd]*)([mhd])?/i.exec(text) ?? [];
  return { digits: before.replace(/[^0-9]/g, ""), unit: unit.toLowerCase() };
}
