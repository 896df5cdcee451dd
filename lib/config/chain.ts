/**
 * The chain variables of `fwknopd.conf`: IPT_INPUT_ACCESS and its five siblings.
 *
 * @module
 */

import { failure, type Result, success } from "../errors/result.ts";
import { nearestWord } from "./did_you_mean.ts";

/** The roles of chains, in the order in which the adapter handles them (`docs/spec/firewalls.md` 1.2). */
export const CHAIN_ROLES = ["input", "output", "forward", "dnat", "snat", "masquerade"] as const;

/** The role of a chain. */
export type ChainRole = typeof CHAIN_ROLES[number];

/** A chain of ours and the jump that leads to it. */
export interface Chain {
  /** Target of its rules, as for `iptables -j`: `ACCEPT`. */
  readonly target: string;
  /** Its table: `filter`. */
  readonly table: string;
  /** The chain that holds the jump: `INPUT`. */
  readonly from: string;
  /** Position of the jump in {@link from}, counted from 1. */
  readonly jumpPosition: number;
  /** Name of our chain: `FWKNOP_INPUT`. */
  readonly name: string;
}

/** Built-in targets of iptables (iptables-extensions(8)). */
const TARGETS: readonly string[] = [
  ..."ACCEPT DROP RETURN QUEUE REJECT LOG MARK CONNMARK SNAT DNAT MASQUERADE REDIRECT".split(" "),
  ..."NETMAP NFQUEUE NFLOG TPROXY CLASSIFY SET TEE CT AUDIT SECMARK SYNPROXY".split(" "),
];

/** Returns the known target that is nearest to a misspelt one; a known target is returned unchanged. */
export function knownTarget(target: string): string | undefined {
  return nearestWord(target, TARGETS);
}

/** The defaults (`docs/spec/firewalls.md` 1.2). */
export const DEFAULT_CHAINS: Readonly<Record<ChainRole, string>> = {
  input: "ACCEPT, filter, INPUT, 1, FWKNOP_INPUT, 1",
  output: "ACCEPT, filter, OUTPUT, 1, FWKNOP_OUTPUT, 1",
  forward: "ACCEPT, filter, FORWARD, 1, FWKNOP_FORWARD, 1",
  dnat: "DNAT, nat, PREROUTING, 1, FWKNOP_PREROUTING, 1",
  snat: "SNAT, nat, POSTROUTING, 1, FWKNOP_POSTROUTING, 1",
  masquerade: "MASQUERADE, nat, POSTROUTING, 1, FWKNOP_MASQUERADE, 1",
};

/** iptables refuses a longer chain name (XT_EXTENSION_MAXNAMELEN); the C daemon cuts at 63. */
const MAX_CHAIN_NAME = 28;
const MAX_POSITION = 65536;

/**
 * Parses `Target, Table, From_chain, Jump_rule_position, To_chain, Rule_position`, or the seven fields of the perl
 * server, whose second one (`src`, `dst`, `both`) is dropped (`docs/spec/firewalls.md` 1.2).
 *
 * Blanks are ignored; names consist of letters, digits and `_`. Stricter than the C daemon: a jump position of 0, which
 * iptables refuses, and names that iptables cannot hold are errors at once. `Rule_position` is checked and otherwise
 * has no effect, as in the C daemon.
 */
export function parseChain(text: string): Result<Chain, string> {
  const fields = text.replace(/[ \t]/g, "").split(",");
  if (fields.length === 7) {
    const direction = fields.splice(1, 1)[0] ?? "";
    if (!/^(src|dst|both)$/.test(direction)) {
      return failure(`Expected src, dst or both as the second of seven fields, not "${direction}"`);
    }
  }
  if (fields.length !== 6) {
    return failure(`Expected six comma-separated fields, not ${fields.length}`);
  }
  const [target = "", table = "", from = "", jump = "", name = "", position = ""] = fields;
  const names = { target, table, from, name };
  for (const [field, value] of Object.entries(names)) {
    if (!/^[A-Za-z0-9_]+$/.test(value) || value.length > MAX_CHAIN_NAME) {
      const label = field === "from" ? "from_chain" : field === "name" ? "to_chain" : field;
      return failure(
        `The ${label} "${value}" must be 1 to ${MAX_CHAIN_NAME} letters, digits or "_"`,
      );
    }
  }
  const jumpPosition = parsePosition(jump);
  if (jumpPosition === undefined || jumpPosition < 1) {
    return failure(`The jump rule position "${jump}" must be a number from 1 to ${MAX_POSITION}`);
  }
  if (parsePosition(position) === undefined) {
    return failure(`The to_chain rule position "${position}" must be 0 to ${MAX_POSITION}`);
  }
  if (from === name) return failure(`The chain "${name}" cannot jump to itself`);
  return success({ target, table, from, jumpPosition, name });
}

function parsePosition(text: string): number | undefined {
  if (!/^[0-9]{1,5}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= MAX_POSITION ? value : undefined;
}
