/**
 * What a host's ipfw rules do to a packet, from `ipfw list`, as far as they can be understood without packets: the first
 * rule that matches decides (ipfw(8)).
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

/** A rule that is not one of our grants. */
export interface IpfwRule {
  readonly number: number;
  /** As it is listed, without the number. */
  readonly text: string;
  /** `either`: an action that is not understood, such as a jump or a diversion. */
  readonly does: "accepted" | "dropped" | "nothing" | "either";
  /** Whether the action is left to chance. */
  readonly chance: boolean;
  /** Whether packets of the connections of our grants are let in here, whatever the rule is about. */
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

/** Reads `ipfw list`, which shows no set that is switched off. What our grants admit says nothing about strangers. */
export function parseIpfwPolicy(listing: string): IpfwRule[] {
  return parseIpfwRules(listing).filter(({ comment }) => !comment.startsWith("_exp_"))
    .map(({ number, body }) => {
      const all = body.split(/ +/);
      const chance = all[0] === "prob";
      const words = chance ? all.slice(2) : all;
      const does = ACTIONS.get(words[0] ?? "") ?? "either";
      const knowsStates = looksUpStates(words);
      return { number, text: body, does, chance, knowsStates, words: conditions(words) };
    });
}

/** The rule that looks up the states of our grants, which have no name, where there is no other one before it. */
export const CHECK_STATE = "check-state";

/** `check-state`, and what keeps states of its own, look among those that stand, whoever made them. */
function looksUpStates(words: readonly string[]): boolean {
  if (!words.some((word) => [CHECK_STATE, "keep-state", "limit"].includes(word))) return false;
  const names = words.filter((word) => word.startsWith(":"));
  return names.length === 0 || names.some((name) => name === ":default" || name === ":any");
}

/** From the protocol on: how many words an action has is not needed then. */
function conditions(words: readonly string[]): readonly string[] {
  const from = words.indexOf("from");
  if (from < 0) return [];
  let start = Math.max(0, from - 1);
  if (words[start]?.endsWith("}") === true) {
    while (start > 0 && words[start]?.startsWith("{") !== true) start--;
  }
  return words.slice(words[start - 1] === "not" ? start - 1 : start);
}

/** What becomes of a packet of somebody who has no grant, or whose grant is over. */
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

/** The first rule that certainly drops a packet or lets it in. */
export function deciderOf(rules: readonly IpfwRule[], packet: IpfwPacket): IpfwRule | undefined {
  return rules.find((rule) =>
    (rule.does === "accepted" || rule.does === "dropped") && matchOf(rule, packet) === "yes"
  );
}

/** The first rule that drops a packet, or does where a condition holds that is not understood. */
export function dropperOf(rules: readonly IpfwRule[], packet: IpfwPacket): IpfwRule | undefined {
  return rules.find((rule) => rule.does === "dropped" && matchOf(rule, packet) !== "no");
}

/** Whether rules that are not understood may keep a packet from what stands behind them. */
export function mayEnd(rules: readonly IpfwRule[], packet: IpfwPacket): boolean {
  return rules.some((rule) =>
    (rule.does === "dropped" || rule.does === "either") && matchOf(rule, packet) !== "no"
  );
}
