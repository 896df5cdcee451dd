/**
 * What a chain of rules does to one packet, as far as the rules can be understood: the part that iptables and nftables
 * have in common.
 *
 * @module
 */

/** What becomes of a connection; `unclear` where a condition that is not understood may decide. */
export type Fate = "accepted" | "dropped" | "unclear";

/** How a packet may leave a chain. */
export type Exit = "accepted" | "dropped" | "returned";

/** One rule as the packet meets it. */
export interface Step {
  /** `maybe`: there is a condition that is not understood, such as an address or an interface. */
  readonly match: "yes" | "no" | "maybe";
  readonly does:
    | Exit
    /** The next rule has its turn. */
    | "nothing"
    | { readonly jump: string }
    /** As a jump, and what comes back goes on behind the chain that holds this rule. */
    | { readonly goto: string };
}

/** Whether a condition holds that another one is the negation of. */
export function opposite(match: Step["match"]): Step["match"] {
  if (match === "maybe") return match;
  return match === "yes" ? "no" : "yes";
}

/** A rule that hands the packet to another program: what that one does with it cannot be seen here. */
export const DECIDED_ELSEWHERE: readonly Step[] = [
  { match: "maybe", does: "accepted" },
  { match: "maybe", does: "dropped" },
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
  depth = 0,
): ReadonlySet<Exit> {
  const exits = new Set<Exit>();
  if (depth > MAX_DEPTH) return exits.add("accepted").add("dropped").add("returned");
  for (const { match, does } of stepsOf(chain)) {
    if (match === "no" || does === "nothing") continue;
    const ends = typeof does === "string"
      ? new Set([does])
      : exitsOf("jump" in does ? does.jump : does.goto, stepsOf, depth + 1);
    const isJump = typeof does === "object" && "jump" in does;
    for (const end of ends) if (end !== "returned" || !isJump) exits.add(end);
    if (match === "yes" && !(isJump && ends.has("returned"))) return exits;
  }
  return exits.add("returned");
}

/** The fate where a packet that no rule decided about is treated by `policy`. */
export function fateBehind(exits: ReadonlySet<Exit>, policy: "accepted" | "dropped"): Fate {
  const ends = new Set([...exits].map((exit) => exit === "returned" ? policy : exit));
  const [end = policy] = ends;
  return ends.size > 1 ? "unclear" : end;
}

/** The fate of a packet that has to get past several chains. */
export function worstOf(fates: readonly Fate[]): Fate {
  if (fates.includes("dropped")) return "dropped";
  return fates.includes("unclear") ? "unclear" : "accepted";
}
