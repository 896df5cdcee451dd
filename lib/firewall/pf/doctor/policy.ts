/**
 * Computes what a host's pf rules do to a packet, from `pfctl -s rules`, as far as the rules are understood. The last
 * matching rule decides, unless an earlier one is `quick`; without a matching rule the packet passes (pf.conf(5)).
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
  /** The rule as listed. */
  readonly text: string;
  /** `either` for an anchor: its rules are not examined. */
  readonly does: "accepted" | "dropped" | "either";
  /** The name of a named anchor. */
  readonly anchor?: string;
  readonly quick: boolean;
  /** The words after the action and the name of the anchor. */
  readonly words: readonly string[];
}

/** Rules that rewrite, normalize or classify packets do not decide who gets in. */
const ACTIONS: ReadonlyMap<string, PfRule["does"]> = new Map([
  ["pass", "accepted"],
  ["block", "dropped"],
  ["anchor", "either"],
]);

/**
 * Reads `pfctl -s rules`. An anchor whose rules are printed inline, in braces (pfctl(8)), counts as one rule. When pf
 * leaves such an anchor was never tested.
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
 * The outcome of a stranger's packet.
 *
 * @param own the anchor of our grants, whose rules do not concern strangers.
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
    // A rule inside the anchor may be final.
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
 * @param listing output of `pfctl -s nat`.
 * @param own the anchor of our grants.
 */
export function mayRedirect(listing: string, packet: PfPacket, own: string): boolean {
  return listing.split("\n").some((line) => {
    const [action = "", ...words] = pfWords(line.trim());
    if (action === "rdr-anchor") return words[0]?.replaceAll('"', "") !== own;
    if (action !== "rdr" && action !== "binat") return false;
    // Such a rule accepts every packet that it sends elsewhere, on any port.
    if (words[0] === "pass") return true;
    const arrow = words.indexOf("->");
    return matchesPf(arrow < 0 ? words : words.slice(0, arrow), packet) !== "no";
  });
}

/** The first rule that ends, or may end, a packet's path before an anchor. */
export interface EarlyEnd {
  readonly rule: PfRule;
  /** `maybe` if a condition or an anchor that is not understood decides. */
  readonly match: Exclude<Step["match"], "no">;
}

/** Whether packets reach an anchor; `unnamed` if no rule names the anchor for them. */
export function pathToAnchor(
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
