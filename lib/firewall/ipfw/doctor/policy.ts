/**
 * Computes what a host's ipfw rules do to a packet, from `ipfw list`, as far as the rules are understood. The first
 * matching rule decides (ipfw(8)).
 *
 * @module
 */
import {
  exitsOf,
  outcomeBehind,
  type PacketOutcome,
  type Step,
  worstOf,
} from "../../../doctor/chain_walk.ts";
import { type IpfwPacket, matchesIpfw } from "./condition.ts";
import { parseIpfwRules } from "../listing.ts";
import { EXPIRY_PREFIX } from "../../rule_comment.ts";

/** A rule that is not one of our grants. */
export interface IpfwRule {
  readonly number: number;
  /** The rule as listed, without its number. */
  readonly text: string;
  /** `either` for an action that is not understood, such as a jump or a diversion. */
  readonly does: "accepted" | "dropped" | "nothing" | "either";
  /** Whether the action depends on a probability. */
  readonly chance: boolean;
  /** Whether the rule accepts packets of connections of our grants, whatever its conditions. */
  readonly knowsStates: boolean;
  readonly words: readonly string[];
}

const ACTIONS: ReadonlyMap<string, IpfwRule["does"]> = new Map([
  ...["allow", "accept", "pass", "permit"].map((word) => [word, "accepted"] as const),
  ...["deny", "drop", "reject", "reset", "reset6", "abort", "abort6", "unreach", "unreach6"]
    .map((word) => [word, "dropped"] as const),
  ...["count", "check-state", "setfib", "setdscp", "tcp-setmss"]
    .map((word) => [word, "nothing"] as const),
]);

/**
 * Reads `ipfw list`, which does not list disabled sets. Rules of our grants are left out: they do not concern
 * strangers.
 */
export function parseIpfwPolicy(listing: string): IpfwRule[] {
  return parseIpfwRules(listing).filter(({ comment }) => !comment.startsWith(EXPIRY_PREFIX))
    .map(({ number, body }) => {
      const all = body.split(/ +/);
      const chance = all[0] === "prob";
      const words = chance ? all.slice(2) : all;
      const does = ACTIONS.get(words[0] ?? "") ?? "either";
      const knowsStates = looksUpStates(words);
      return { number, text: body, does, chance, knowsStates, words: conditions(words) };
    });
}

/** The rule that looks up the states of our grants, which have no name, unless another rule does so before it. */
export const CHECK_STATE = "check-state";

/** `check-state`, and rules that keep states, look up all states, whichever rule made them. */
function looksUpStates(words: readonly string[]): boolean {
  if (!words.some((word) => [CHECK_STATE, "keep-state", "limit"].includes(word))) return false;
  const names = words.filter((word) => word.startsWith(":"));
  return names.length === 0 || names.some((name) => name === ":default" || name === ":any");
}

/** The words from the protocol on; so the length of the action does not matter. */
function conditions(words: readonly string[]): readonly string[] {
  const from = words.indexOf("from");
  if (from < 0) return [];
  let start = Math.max(0, from - 1);
  if (words[start]?.endsWith("}") === true) {
    while (start > 0 && words[start]?.startsWith("{") !== true) start--;
  }
  return words.slice(words[start - 1] === "not" ? start - 1 : start);
}

/** The outcome of a packet of a client without a grant, or whose grant has ended. */
export function ipfwOutcomeOf(rules: readonly IpfwRule[], packet: IpfwPacket): PacketOutcome {
  const steps = rules.flatMap((rule): Step[] => {
    if (packet.established && rule.knowsStates) return [{ match: "yes", does: "accepted" }];
    const match = matchOf(rule, packet);
    if (match === "no") return [];
    return rule.does !== "either" ? [{ match, does: rule.does }] : [
      { match: "maybe", does: "accepted" },
      { match: "maybe", does: "dropped" },
    ];
  });
  return worstOf([outcomeBehind(exitsOf("", () => steps), "accepted")]);
}

function matchOf({ words, chance }: IpfwRule, packet: IpfwPacket): Step["match"] {
  const match = matchesIpfw(words, packet);
  return match === "yes" && chance ? "maybe" : match;
}

/** The first rule that certainly drops or accepts a packet. */
export function deciderOf(rules: readonly IpfwRule[], packet: IpfwPacket): IpfwRule | undefined {
  return rules.find((rule) =>
    (rule.does === "accepted" || rule.does === "dropped") && matchOf(rule, packet) === "yes"
  );
}

/** The first rule that drops a packet, or may drop it by a condition that is not understood. */
export function dropperOf(rules: readonly IpfwRule[], packet: IpfwPacket): IpfwRule | undefined {
  return rules.find((rule) => rule.does === "dropped" && matchOf(rule, packet) !== "no");
}

/** Whether rules that are not understood may stop a packet before the rules after them. */
export function mayEnd(rules: readonly IpfwRule[], packet: IpfwPacket): boolean {
  return rules.some((rule) =>
    (rule.does === "dropped" || rule.does === "either") && matchOf(rule, packet) !== "no"
  );
}
