/**
 * What the rules of a Linux host do not say: which addresses are its own, and by which interface packets leave.
 *
 * @module
 */
import { type Address, parseAddress } from "../../net/address.ts";
import { property } from "../nft/listing.ts";
import type { Runner } from "../runner.ts";

/**
 * The addresses of this host; `undefined` where they cannot be read.
 *
 * @param wrapper what stands before a program, such as `ip netns exec NAME`.
 */
export async function readAddresses(
  runner: Runner,
  wrapper: readonly string[],
): Promise<readonly Address[] | undefined> {
  const { code, stdout } = await runner.run({ words: [...wrapper, "ip", "-j", "address", "show"] });
  const links = code === 0 ? parseList(stdout) : undefined;
  return links?.flatMap((link) => {
    const infos = property(link, "addr_info");
    return Array.isArray(infos) ? infos : [];
  }).flatMap((info) => parseAddress(String(property(info, "local"))) ?? []);
}

/** Most addresses that are asked about. */
const MOST = 64;

/** The interface by which packets to each address leave, by its text; without those that cannot be told. */
export async function readDevices(
  runner: Runner,
  wrapper: readonly string[],
  addresses: readonly Address[],
): Promise<ReadonlyMap<string, string>> {
  const devices = new Map<string, string>();
  const ask = async (...words: string[]) => {
    const { code, stdout } = await runner.run({ words: [...wrapper, "ip", "-j", ...words] });
    return code === 0 ? parseList(stdout) : undefined;
  };
  for (const family of [4, 6] as const) {
    const asked = addresses.filter((address) => address.family === family).slice(0, MOST);
    if (asked.length === 0) continue;
    // With rules of its own a host may route by the source, or by a mark.
    const rules = await ask(`-${family}`, "rule", "show");
    if (rules === undefined || !rules.every(isUsual)) continue;
    for (const { text } of asked) {
      const [route] = await ask("route", "get", text) ?? [];
      const device = property(route, "dev");
      if (typeof device === "string") devices.set(text, device);
    }
  }
  return devices;
}

/** Whether every host has that rule. */
function isUsual(rule: unknown): boolean {
  return property(rule, "src") === "all" &&
    /^(local|main|default)$/.test(String(property(rule, "table"))) &&
    Object.keys(rule ?? {}).every((name) => ["priority", "src", "table"].includes(name));
}

function parseList(text: string): readonly unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}
