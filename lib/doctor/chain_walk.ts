/**
 * Follows one packet through a chain of rules, as far as the doctor understands the rules. All firewalls with such
 * rules share this part.
 *
 * @module
 */
import type { Translation } from "./translation.ts";

/** What happens to a packet; `unclear`: a condition that the doctor does not understand may decide. */
export type PacketOutcome = "accepted" | "dropped" | "unclear";

/** What one chain does to a packet; `astray`: a rule may send the packet where later chains do not decide about it. */
export type ChainOutcome = PacketOutcome | "astray";

/** How a packet may leave a chain; `lost`: the doctor cannot follow it. */
export type Exit = "accepted" | "dropped" | "returned" | "lost" | Translation;

/** Whether a packet meets a condition; `maybe`: it depends on facts that are not known, such as an address. */
export type Match = "yes" | "no" | "maybe";

/** What one rule does to the packet. */
export interface Step {
  readonly match: Match;
  readonly does:
    | Exit
    /** The packet goes on to the next rule. */
    | "nothing"
    | { readonly jump: string }
    /** As a jump, but a packet that returns continues after the chain that holds this rule. */
    | { readonly goto: string };
}

/** The match of the negated condition. */
export function opposite(match: Match): Match {
  if (match === "maybe") return match;
  return match === "yes" ? "no" : "yes";
}

/** Whether the packet meets all conditions. */
export function allOf(matches: readonly Match[]): Match {
  if (matches.includes("no")) return "no";
  return matches.includes("maybe") ? "maybe" : "yes";
}

/** Whether the packet meets one of the conditions. */
export function anyOf(matches: readonly Match[]): Match {
  if (matches.includes("yes")) return "yes";
  return matches.includes("maybe") ? "maybe" : "no";
}

/** The match of a condition that is known for certain. */
export function decided(holds: boolean): "yes" | "no" {
  return holds ? "yes" : "no";
}

/**
 * A rule that hands the packet to another program, such as a proxy. The doctor cannot see what that program decides. If
 * it lets the packet pass, the packet reaches later chains unchanged.
 */
export const DECIDED_ELSEWHERE: readonly Step[] = [
  { match: "maybe", does: "accepted" },
  { match: "maybe", does: "dropped" },
];

/** A rule whose action the doctor does not understand. */
export const NOT_UNDERSTOOD: readonly Step[] = [
  ...DECIDED_ELSEWHERE,
  { match: "maybe", does: "lost" },
];

/** Deeper nesting is not followed, so every exit is possible then. Kernels forbid loops. */
const MAX_DEPTH = 16;

/**
 * Every exit by which the packet may leave the chain. A condition that is not understood is followed both ways. If both
 * lead to the same end, there is one exit.
 *
 * @param stepsOf the rules of a chain in order; empty if there is no such chain.
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

/** The outcome of a chain, if `policy` treats the packets that no rule decided about. */
export function outcomeBehind(
  exits: ReadonlySet<Exit>,
  policy: "accepted" | "dropped",
): ChainOutcome {
  const ends = new Set<ChainOutcome>([...exits].map((exit) => {
    if (exit === "returned") return policy;
    return exit === "accepted" || exit === "dropped" ? exit : "astray";
  }));
  if (ends.has("astray")) return "astray";
  const [end = policy] = ends;
  return ends.size > 1 ? "unclear" : end;
}

/** The outcome of a packet that must pass several chains. */
export function worstOf(outcomes: readonly ChainOutcome[]): PacketOutcome {
  if (outcomes.includes("astray")) return "unclear";
  if (outcomes.includes("dropped")) return "dropped";
  return outcomes.includes("unclear") ? "unclear" : "accepted";
}
