/**
 * What a host's pf rules do to a packet, from `pfctl -s rules`, as far as they can be understood without packets: the
 * last rule that matches decides, unless one that is `quick` did before, and without any the packet passes (pf.conf(5)).
 *
 * @module
 */
import {
  type Exit,
  outcomeBehind,
  type PacketOutcome,
  type Step,
  worstOf,
} from "../../../doctor/chain_walk.ts";
import { matchesPf, type PfPacket, pfWords } from "./condition.ts";

/** A rule that may decide. */
export interface PfRule {
  /** As it is listed. */
  readonly text: string;
  /** An anchor may do either: no anchor is looked into. */
  readonly does: "accepted" | "dropped" | "either";
  /** The name of an anchor that has one. */
  readonly anchor?: string;
  readonly quick: boolean;
  /** What stands behind the action, and behind the name of an anchor. */
  readonly words: readonly string[];
}

/** Rules that rewrite, normalize or classify say nothing about who comes in. */
const ACTIONS: ReadonlyMap<string, PfRule["does"]> = new Map([
  ["pass", "accepted"],
  ["block", "dropped"],
  ["anchor", "either"],
]);

/**
 * Reads `pfctl -s rules`. An anchor whose rules are printed in place, in braces (pfctl(8)), is one rule here: when pf
 * leaves such an anchor was never tried.
 */
export function parsePfRules(listing: string): PfRule[] {
  const rules: PfRule[] = [];
  let depth = 0;
  for (const line of listing.split("\n")) {
    const text = line.trim();
    const [action = "", ...words] = pfWords(text);
    const isInside = depth > 0;
    const opens = words.at(-1) === "{";
    if (opens) {
      words.pop();
      depth++;
    } else if (action === "}" && isInside) depth--;
    const does = ACTIONS.get(action);
    if (does === undefined || isInside) continue;
    const isNamed = does === "either" && words[0]?.startsWith('"') === true;
    const name = isNamed ? words.shift()?.replaceAll('"', "") : undefined;
    rules.push({
      text,
      does,
      quick: words.includes("quick"),
      words,
      ...(name === undefined ? {} : { anchor: name.replace(/^\//, "") }),
    });
  }
  return rules;
}

/**
 * What becomes of a packet of somebody who did not knock.
 *
 * @param own the anchor of our grants, whose rules say nothing about anybody else.
 */
export function pfOutcomeOf(
  rules: readonly PfRule[],
  packet: PfPacket,
  own: string,
): PacketOutcome {
  const ends = new Set<Exit>();
  let last: ReadonlySet<Exit> = new Set<Exit>(["accepted"]);
  for (const { does, anchor, quick, words } of rules) {
    if (anchor === own) continue;
    const match = matchesPf(words, packet);
    if (match === "no") continue;
    // What stands in it may be final.
    if (does === "either") return "unclear";
    if (quick) {
      ends.add(does);
      if (match === "yes") return worstOf([outcomeBehind(ends, "accepted")]);
    } else last = match === "yes" ? new Set([does]) : new Set([...last, does]);
  }
  return worstOf([outcomeBehind(new Set([...ends, ...last]), "accepted")]);
}

/**
 * Whether a rule may send a packet elsewhere before the filter rules see it.
 *
 * @param listing what `pfctl -s nat` printed.
 * @param own the anchor of our grants.
 */
export function mayRedirect(listing: string, packet: PfPacket, own: string): boolean {
  return listing.split("\n").some((line) => {
    const [action = "", ...words] = pfWords(line.trim());
    if (action === "rdr-anchor") return words[0]?.replaceAll('"', "") !== own;
    if (action !== "rdr" && action !== "binat") return false;
    // Such a rule lets in whatever it sends on, to any port.
    if (words[0] === "pass") return true;
    const arrow = words.indexOf("->");
    return matchesPf(arrow < 0 ? words : words.slice(0, arrow), packet) !== "no";
  });
}

/** The first rule with which a packet ends, or may end, before it comes to an anchor. */
export interface EarlyEnd {
  readonly rule: PfRule;
  /** `maybe`: a condition or an anchor that is not understood decides. */
  readonly match: Exclude<Step["match"], "no">;
}

/** Whether packets come to an anchor: `unnamed` where no rule is about it and them. */
export function wayToAnchor(
  rules: readonly PfRule[],
  packet: PfPacket,
  anchor: string,
): "open" | "unnamed" | EarlyEnd {
  let early: EarlyEnd | undefined;
  for (const rule of rules) {
    const match = matchesPf(rule.words, packet);
    if (match === "no") continue;
    if (rule.anchor === anchor) return early ?? "open";
    if (rule.does === "either") early ??= { rule, match: "maybe" };
    else if (rule.quick && match === "yes") return { rule, match };
    else if (rule.quick && rule.does === "dropped") early ??= { rule, match };
  }
  return "unnamed";
}
