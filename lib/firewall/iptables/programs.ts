/**
 * Finds the programs of the iptables family that belong to FIREWALL_EXE.
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import type { AddressFamily } from "../../net/address.ts";
import type { Helper } from "../plan.ts";
import { RESTORE_HANDSHAKE } from "./handshake.ts";

/** The programs for one address family. */
export interface IptablesProgram {
  /** Words before the arguments: `/usr/sbin/iptables -w 5`. */
  readonly single: readonly string[];
  /** `iptables-restore` as a helper process; absent if its name is unknown. */
  readonly helper?: Helper;
}

/** The programs by family; a family without programs is absent. */
export type IptablesPrograms = Readonly<Partial<Record<AddressFamily, IptablesProgram>>>;

/** Seconds to wait for the lock of another program: less than the runner's time limit. */
const SINGLE_WAIT = "5";
const HELPER_WAIT = "1";

/**
 * Returns the programs for both families from FIREWALL_EXE, a command that may hold blanks (`docs/spec/firewalls.md`
 * 1.1): for `/usr/sbin/iptables-legacy` also `/usr/sbin/iptables-legacy-restore` and `/usr/sbin/ip6tables-legacy`. A
 * program with another name is used for IPv4 only, without a helper process.
 */
export function iptablesPrograms(command: string): IptablesPrograms {
  const words = commandWords(command);
  const program = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const match = /^(.*\/)?iptables(-[a-z]+)?$/.exec(program);
  if (match === null) return { 4: { single: [...words, "-w", SINGLE_WAIT] } };
  const [, folder = "", variant = ""] = match;
  const family = (name: string): IptablesProgram => {
    const path = `${folder}${name}${variant}`;
    return {
      single: [...before, path, "-w", SINGLE_WAIT],
      helper: {
        words: [...before, `${path}-restore`, "-w", HELPER_WAIT, "--noflush", "-v"],
        handshake: RESTORE_HANDSHAKE,
      },
    };
  };
  return { 4: family("iptables"), 6: family("ip6tables") };
}
