/**
 * Users and groups of this system, for the configuration.
 *
 * @module
 */
import { lookUpGroup, lookUpUser, prepareAccounts } from "../../ffi/account.ts";
import type { GroupAccount, UserAccount } from "../config/access_kinds.ts";

/** The user of that name, from any source that the system uses, or `undefined`. */
export function userAccount(name: string): UserAccount | undefined {
  const numbers = lookUpUser(name);
  return numbers && { name, ...numbers };
}

/** The group of that name, or `undefined`. */
export function groupAccount(name: string): GroupAccount | undefined {
  const gid = lookUpGroup(name);
  return gid === undefined ? undefined : { name, gid };
}

/** Prepares both for a reload, when the `ffi` permission is gone. */
export { prepareAccounts };
