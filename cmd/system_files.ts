/**
 * The files and accounts of this system, from which the configuration is read.
 *
 * @module
 */
import type { ConfigFiles } from "../lib/config/config_files.ts";
import { filesAndFolders } from "../lib/config/read_file.ts";
import { groupAccount, userAccount } from "../lib/daemon/accounts.ts";

/** Files, folders, users and groups of this system. */
export const systemFiles: ConfigFiles = {
  ...filesAndFolders,
  user: userAccount,
  group: groupAccount,
};
