/**
 * Matches addresses against the SOURCE and DESTINATION lists of stanzas (`docs/spec/server.md` 5.5).
 *
 * @module
 */
import type { AddressList } from "../config/access_kinds.ts";
import type { Address } from "../net/address.ts";
import { prefixContains } from "../net/prefix.ts";

/** Whether the address is on the list. */
export function listContains(list: AddressList, address: Address): boolean {
  return list === "any" || list.some((prefix) => prefixContains(prefix, address));
}
