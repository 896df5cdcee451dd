/**
 * Looks host names up by DNS alone, on systems without a C library (Windows).
 *
 * @module
 */
import { NameLookupError } from "../../ffi/name_lookup.ts";
import { parseAddress } from "../net/address.ts";

/**
 * Does what `lookUpName` does. IPv6 addresses come first, as RFC 6724 prefers them.
 *
 * @throws {NameLookupError} when the name has no address.
 */
export async function lookUpByDns(host: string, family: 0 | 4 | 6): Promise<Uint8Array[]> {
  const records = await Promise.all([
    family === 4 ? [] : ask(host, "AAAA"),
    family === 6 ? [] : ask(host, "A"),
  ]);
  const found = records.flat().flatMap((text) => parseAddress(text)?.bytes ?? []);
  if (found.length === 0) throw new NameLookupError("no address by that name in the DNS");
  return found;
}

async function ask(host: string, type: "A" | "AAAA"): Promise<string[]> {
  try {
    return await Deno.resolveDns(host, type);
  } catch {
    // The other family may have an address. If it has none either, the caller reports that.
    return [];
  }
}
