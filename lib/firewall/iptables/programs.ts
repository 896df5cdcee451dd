/**
 * Which programs of the iptables family belong to FIREWALL_EXE.
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import type { AddressFamily } from "../../net/address.ts";
import type { Helper } from "../plan.ts";
import { RESTORE_HANDSHAKE } from "./handshake.ts";

/** How one address family is reached. */
export interface IptablesProgram {
  /** Words before the arguments: `/usr/sbin/iptables -w 5`. */
  readonly single: readonly string[];
  /** `iptables-restore`, kept open; absent where its name cannot be told. */
  readonly helper?: Helper;
}

/** The families that can be reached. */
export type IptablesPrograms = Readonly<Partial<Record<AddressFamily, IptablesProgram>>>;

/** Seconds to wait for another program's lock: less than the runner's patience. */
const SINGLE_WAIT = "5";
const HELPER_WAIT = "1";

/**
 * The programs for both families from FIREWALL_EXE, which is a command and may hold blanks
 * (`docs/spec/firewalls.md` 1.1): `/usr/sbin/iptables-legacy` has `/usr/sbin/iptables-legacy-restore` and
 * `/usr/sbin/ip6tables-legacy` beside it. A program of another name is taken for IPv4, without a helper.
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
