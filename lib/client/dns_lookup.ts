/**
 * Host names to addresses by DNS alone, where there is no C library to ask (Windows).
 *
 * @module
 */
import { NameLookupError } from "../../ffi/name_lookup.ts";
import { parseAddress } from "../net/address.ts";

/**
 * As `lookUpName`: IPv6 addresses first, as RFC 6724 prefers them.
 *
 * @throws {NameLookupError} when there is none.
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
    // The other family may have one; if not, there is nothing better to say than that there is none.
    return [];
  }
}
