/**
 * What a host's pf rules do to a packet, from `pfctl -s rules`, as far as they can be understood without packets: the
 * last rule that matches decides, unless one that is `quick` did before, and without any the packet passes (pf.conf(5)).
 *
 * @module
 */
import {
  type Exit,
  type Fate,
  fateBehind,
  type Step,
  worstOf,
} from "../../../doctor/chain_walk.ts";
import { matchesPf, type PfPacket, pfWords } from "./condition.ts";

/** A rule that may decide. */
export interface PfRule {
  /** As it is listed. */
  readonly text: string;
  /** An anchor that is not printed in place may do either. */
  readonly does: "accepted" | "dropped" | "either";
  /** The name of such an anchor. */
  readonly anchor?: string;
  readonly quick: boolean;
  /** What stands behind the action; in an anchor printed in place, behind its conditions. */
  readonly words: readonly string[];
}

/** Rules that rewrite, normalize or classify say nothing about who comes in. */
const ACTIONS: ReadonlyMap<string, PfRule["does"]> = new Map([
  ["pass", "accepted"],
  ["block", "dropped"],
  ["anchor", "either"],
]);

/** Reads `pfctl -s rules`. Anchors without a name are printed in place, in braces (pfctl(8)). */
export function parsePfRules(listing: string): PfRule[] {
  const rules: PfRule[] = [];
  const around: (readonly string[])[] = [];
  for (const line of listing.split("\n")) {
    const text = line.trim();
    const [action = "", ...words] = pfWords(text);
    if (action === "}") around.pop();
    const does = ACTIONS.get(action);
    if (does === undefined) continue;
    if (words.at(-1) === "{") {
      around.push(words);
      continue;
    }
    const outer = around.flat();
    // Such an anchor is left for good behind its last rule, and not at the first that matches.
    const final = outer.includes("quick");
    const name = does === "either" ? words.shift()?.replaceAll('"', "") : undefined;
    rules.push({
      text,
      does: final ? "either" : does,
      quick: words.includes("quick"),
      words: [...outer, ...words],
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
export function pfFateOf(rules: readonly PfRule[], packet: PfPacket, own: string): Fate {
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
      if (match === "yes") return worstOf([fateBehind(ends, "accepted")]);
    } else last = match === "yes" ? new Set([does]) : new Set([...last, does]);
  }
  return worstOf([fateBehind(new Set([...ends, ...last]), "accepted")]);
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

/** The rule with which a packet ends before it comes to an anchor. */
export interface EarlyEnd {
  readonly rule: PfRule;
  /** `maybe`: it does where it comes by the interface that the rule names. */
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
    if (rule.anchor === anchor) {
      if (match !== "no") return early ?? "open";
    } else if (rule.quick && rule.does !== "either") {
      if (match === "yes") return { rule, match };
      const anywhere = matchesPf(withoutInterface(rule.words), packet) === "yes";
      if (anywhere && rule.does === "dropped") early ??= { rule, match: "maybe" };
    }
  }
  return "unnamed";
}

function withoutInterface(words: readonly string[]): string[] {
  return words.filter((word, at) => word !== "on" && words[at - 1] !== "on");
}
