/**
 * Computes what a host's nftables rules do to a packet, from `nft -j list ruleset`, as far as the rules are understood.
 *
 * @module
 */
import {
  allOf,
  anyOf,
  type ChainOutcome,
  DECIDED_ELSEWHERE,
  type Exit,
  exitsOf,
  type Match,
  NOT_UNDERSTOOD,
  opposite,
  outcomeBehind,
  type Step,
} from "../../../doctor/chain_walk.ts";
import { elementsOf, matchesExpression, matchesValue, valueOf } from "./condition.ts";
import { property } from "../listing.ts";
import type { NftChain, NftRuleset } from "../ruleset.ts";
import { NFT_TABLE } from "../schema.ts";
import { type Translating, translationsOf } from "./translation.ts";
import type { Packet } from "../../../doctor/packet.ts";

/** The priority of our own chains, which set the mark. */
const OWN_PRIORITY = -5;

/** Returns the base chains of a hook that packets of the family reach. */
export function chainsOfHook(policy: NftRuleset, hook: string, { family }: Packet): NftChain[] {
  const tables = family === 4 ? /^(inet|ip|netdev) / : /^(inet|ip6|netdev) /;
  return policy.chains.filter((chain) => chain.hook === hook && tables.test(chain.table));
}

/** Whether packets reach a chain, or a table of iptables, after our table marked them. */
export function seesMark({ priority = 0 }: { readonly priority?: number }): boolean {
  return priority > OWN_PRIORITY;
}

/**
 * Returns what one base chain does to a packet. Our own table counts, except for what it accepts of clients with a
 * grant.
 */
export function nftOutcomeAt(policy: NftRuleset, chain: NftChain, packet: Packet): ChainOutcome {
  const outcome = outcomeBehind(
    nftExitsAt(policy, chain, packet),
    chain.policy === "drop" ? "dropped" : "accepted",
  );
  // A table with flags may be dormant.
  return chain.mayRest === true && outcome !== "accepted" ? "unclear" : outcome;
}

/** Returns how a packet may leave a base chain. */
export function nftExitsAt(policy: NftRuleset, chain: NftChain, packet: Packet): ReadonlySet<Exit> {
  // Chains before our table see no mark.
  const met = { ...packet, marked: packet.marked === true && seesMark(chain) };
  const stepsOf = (wanted: string) =>
    policy.chains.filter((it) => it.table === chain.table && it.name === wanted)
      .flatMap((it) => it.rules.flatMap((rule) => steps(policy, it, rule, met)));
  return exitsOf(chain.name, stepsOf);
}

/** The steps of one rule, all of whose expressions must match. A map counts as one rule per element. */
function steps(
  policy: NftRuleset,
  { table, name }: NftChain,
  expressions: readonly unknown[],
  packet: Packet,
): readonly Step[] {
  const sets = (name: string) => policy.sets.get(`${table} ${name}`) ?? [];
  const match = allOf(expressions.map((it) => matchesExpression(it, packet, sets)));
  if (match === "no") return [];
  if (expressions.some((it) => ["queue", "synproxy", "tproxy"].some((name) => has(it, name)))) {
    return DECIDED_ELSEWHERE;
  }
  if (expressions.some(leadsAstray)) return NOT_UNDERSTOOD;
  const rule = `a rule of the chain ${name} of table ${table}`;
  const mapped = expressions.flatMap((it) => choices(it, sets, packet, rule) ?? []);
  const plain = expressions.map(effect).find((it) => it !== "nothing") ?? "nothing";
  const found: readonly Step[] = mapped.length > 0 ? mapped : [{ match: "yes", does: plain }];
  const leads = (target: string) =>
    policy.chains.some((chain) => chain.table === table && chain.name === target);
  if (!found.every(({ does }) => nextChain(does).every(leads))) return NOT_UNDERSTOOD;
  return found.map((it): Step => ({ does: it.does, match: allOf([match, it.match]) }))
    // Accepts of our table concern only clients with a grant.
    .filter((it) => table !== NFT_TABLE || it.match !== "maybe" || it.does === "dropped");
}

/** The possible effects of a map or a translating statement; `undefined` for any other expression. */
function choices(
  expression: unknown,
  sets: (name: string) => readonly unknown[],
  packet: Packet,
  rule: string,
): readonly Step[] | undefined {
  const translating = translationsOf(expression, rule);
  if (translating !== undefined) return chosen(translating, sets, packet);
  const map = property(expression, "vmap");
  return map === undefined ? undefined : chosen(
    {
      key: property(map, "key"),
      data: property(map, "data"),
      effectOf: effect,
    },
    sets,
    packet,
  );
}

/** One step per element; a packet that matches no element continues after the rule. */
function chosen(
  { key, data, effectOf, family }: Translating,
  sets: (name: string) => readonly unknown[],
  packet: Packet,
): readonly Step[] {
  if (family !== undefined && family !== packet.family) return [{ match: "no", does: "nothing" }];
  if (key === undefined) return [{ match: "yes", does: effectOf(data) }];
  const pairs = elementsOf(data, sets)
    .flatMap((pair) =>
      Array.isArray(pair) ? [{ right: valueOf(pair[0]), does: effectOf(pair[1]) }] : []
    );
  const named = pairs.filter(({ right }) => right !== ANYTHING_ELSE)
    .map(({ right, does }) => ({ match: matchesValue(key, [right], packet), does }));
  const others = pairs.filter(({ right }) => right === ANYTHING_ELSE)
    .map(({ does }) => ({ match: noneOf(named.map((it) => it.match)), does }));
  // A map without elements has no effect.
  return named.length + others.length === 0
    ? [{ match: "no", does: "nothing" }]
    : [...named, ...others];
}

/** The key of the map element for all values that no other element has. */
const ANYTHING_ELSE = "*";

function noneOf(matches: readonly Match[]): Match {
  return opposite(anyOf(matches));
}

function effect(expression: unknown): Step["does"] {
  if (has(expression, "accept")) return "accepted";
  if (has(expression, "drop") || has(expression, "reject")) return "dropped";
  if (has(expression, "return")) return "returned";
  for (const how of ["jump", "goto"] as const) {
    const target = property(property(expression, how), "target");
    if (target !== undefined) {
      return how === "jump" ? { jump: String(target) } : { goto: String(target) };
    }
  }
  return "nothing";
}

function nextChain(does: Step["does"]): string[] {
  if (typeof does !== "object") return [];
  return "jump" in does ? [does.jump] : "goto" in does ? [does.goto] : [];
}

/** Whether an expression changes where a packet goes other than by translation, or is not a known statement of nft. */
function leadsAstray(expression: unknown): boolean {
  if (["xt", "fwd"].some((name) => has(expression, name))) return true;
  const payload = property(property(property(expression, "mangle"), "key"), "payload");
  return payload !== undefined && !HARMLESS_FIELDS.has(String(property(payload, "field")));
}

/** Header fields that do not affect where packets go. */
const HARMLESS_FIELDS: ReadonlySet<string> = new Set([
  "dscp",
  "ecn",
  "ttl",
  "hoplimit",
  "flowlabel",
]);

/** `drop` and similar statements are members with the value `null`. */
function has(expression: unknown, name: string): boolean {
  return property(expression, name) !== undefined;
}

/** Returns the parts of a packet that a rule of another program may change, so that they are unknown afterwards. */
export function nftDoubts(policy: NftRuleset, packet: Packet): ReadonlySet<"mark" | "state"> {
  const doubts = new Set<"mark" | "state">();
  for (const { table, rules } of policy.chains) {
    if (table === NFT_TABLE) continue;
    const sets = (name: string) => policy.sets.get(`${table} ${name}`) ?? [];
    for (const rule of rules) {
      const untracks = rule.some((it) => has(it, "notrack"));
      const marks = rule.some((it) =>
        property(property(property(property(it, "mangle"), "key"), "meta"), "key") === "mark"
      );
      if (!untracks && !marks) continue;
      if (allOf(rule.map((it) => matchesExpression(it, packet, sets))) === "no") continue;
      doubts.add(untracks ? "state" : "mark");
      if (untracks && marks) doubts.add("mark");
    }
  }
  return doubts;
}
