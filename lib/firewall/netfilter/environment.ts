/**
 * Facts about a Linux host that its rules do not contain: its addresses, and the interfaces by which packets leave.
 *
 * @module
 */
import { type Address, parseAddress } from "../../net/address.ts";
import { property } from "../nft/listing.ts";
import type { Runner } from "../runner.ts";

/**
 * Returns the addresses of this host; `undefined` if they cannot be read.
 *
 * @param wrapper words before a program, such as `ip netns exec NAME`.
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

/** Largest number of addresses that are looked up. */
const MOST = 64;

/**
 * Returns the interface by which packets to each address leave, by the text of the address. Addresses whose interface
 * is unknown are left out.
 */
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
    // A host with its own routing rules may route by source or by mark.
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

/** Whether the rule is one that every host has. */
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
