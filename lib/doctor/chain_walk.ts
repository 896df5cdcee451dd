/**
 * What a chain of rules does to one packet, as far as the rules can be understood: the part that iptables and nftables
 * have in common.
 *
 * @module
 */
import type { Translation } from "./translation.ts";

/** What becomes of a connection; `unclear` where a condition that is not understood may decide. */
export type Fate = "accepted" | "dropped" | "unclear";

/** The same of one chain; `astray`: a rule may take the packet where later chains say nothing about it. */
export type ChainFate = Fate | "astray";

/** How a packet may leave a chain; `lost` where it cannot be followed. */
export type Exit = "accepted" | "dropped" | "returned" | "lost" | Translation;

/** Whether a packet meets a condition; `maybe`: the condition is not understood, such as one about an address. */
export type Match = "yes" | "no" | "maybe";

/** One rule as the packet meets it. */
export interface Step {
  readonly match: Match;
  readonly does:
    | Exit
    /** The next rule has its turn. */
    | "nothing"
    | { readonly jump: string }
    /** As a jump, and what comes back goes on behind the chain that holds this rule. */
    | { readonly goto: string };
}

/** Whether a condition holds that another one is the negation of. */
export function opposite(match: Match): Match {
  if (match === "maybe") return match;
  return match === "yes" ? "no" : "yes";
}

/** Whether all conditions hold. */
export function allOf(matches: readonly Match[]): Match {
  if (matches.includes("no")) return "no";
  return matches.includes("maybe") ? "maybe" : "yes";
}

/** Whether one of the conditions holds. */
export function anyOf(matches: readonly Match[]): Match {
  if (matches.includes("yes")) return "yes";
  return matches.includes("maybe") ? "maybe" : "no";
}

/** What is known for certain. */
export function decided(holds: boolean): "yes" | "no" {
  return holds ? "yes" : "no";
}

/**
 * A rule that hands the packet to another program, such as a proxy: what that one does with it cannot be seen here. Where
 * it lets the packet go on, that meets later chains as it was.
 */
export const DECIDED_ELSEWHERE: readonly Step[] = [
  { match: "maybe", does: "accepted" },
  { match: "maybe", does: "dropped" },
];

/** A rule that does something not understood. */
export const NOT_UNDERSTOOD: readonly Step[] = [
  ...DECIDED_ELSEWHERE,
  { match: "maybe", does: "lost" },
];

/** Deeper nesting is not followed, so anything may come of it; kernels forbid loops. */
const MAX_DEPTH = 16;

/**
 * Every way in which the packet may leave the chain. Conditions that are not understood let both cases go on, so where
 * they lead to one end there is one way out.
 *
 * @param stepsOf the rules of a chain in order; none where there is no such chain.
 */
export function exitsOf(
  chain: string,
  stepsOf: (chain: string) => readonly Step[],
): ReadonlySet<Exit> {
  const known = new Map<string, ReadonlySet<Exit>>();
  const walk = (name: string, depth: number): ReadonlySet<Exit> => {
    const before = known.get(name);
    if (before !== undefined) return before;
    if (depth > MAX_DEPTH) return new Set<Exit>(["accepted", "dropped", "returned", "lost"]);
    const exits = exitsOfSteps(stepsOf(name), (next) => walk(next, depth + 1));
    known.set(name, exits);
    return exits;
  };
  return walk(chain, 0);
}

function exitsOfSteps(
  steps: readonly Step[],
  follow: (chain: string) => ReadonlySet<Exit>,
): ReadonlySet<Exit> {
  const exits = new Set<Exit>();
  for (const { match, does } of steps) {
    if (match === "no" || does === "nothing") continue;
    const isJump = typeof does === "object" && "jump" in does;
    const ends = isJump
      ? follow(does.jump)
      : typeof does === "object" && "goto" in does
      ? follow(does.goto)
      : new Set([does]);
    for (const end of ends) if (end !== "returned" || !isJump) exits.add(end);
    if (match === "yes" && !(isJump && ends.has("returned"))) return exits;
  }
  return exits.add("returned");
}

/** The fate where a packet that no rule decided about is treated by `policy`. */
export function fateBehind(exits: ReadonlySet<Exit>, policy: "accepted" | "dropped"): ChainFate {
  const ends = new Set<ChainFate>([...exits].map((exit) => {
    if (exit === "returned") return policy;
    return exit === "accepted" || exit === "dropped" ? exit : "astray";
  }));
  if (ends.has("astray")) return "astray";
  const [end = policy] = ends;
  return ends.size > 1 ? "unclear" : end;
}

/** The fate of a packet that has to get past several chains. */
export function worstOf(fates: readonly ChainFate[]): Fate {
  if (fates.includes("astray")) return "unclear";
  if (fates.includes("dropped")) return "dropped";
  return fates.includes("unclear") ? "unclear" : "accepted";
}
