/**
 * The iptables adapter: chains of our own, `_exp_` comments, documents for `iptables-restore`
 * (`docs/spec/firewalls.md` 1 and 7.1).
 *
 * @module
 */
import type { AddressFamily } from "../net/address.ts";
import type { Adapter, Preparation, Probe, Rule, Scope, View } from "./adapter.ts";
import { type Chain, CHAIN_ROLES, type ChainRole, DEFAULT_CHAINS, parseChain } from "./chain.ts";
import type { RuleSummary } from "./firewall.ts";
import { type Chains, grantRules, KINDS } from "./iptables_grant.ts";
import { type ListedRule, type Listing, parseListing, splitWords } from "./iptables_listing.ts";
import { iptablesPrograms } from "./iptables_programs.ts";
import { type IptablesRule, recogniseRule, ruleArguments, ruleKey } from "./iptables_rule.ts";
import {
  type Command,
  describeOutcome,
  type Outcome,
  type Plan,
  programName,
  type Transaction,
} from "./plan.ts";

/** What `fwknopd.conf` says about iptables. */
export interface IptablesSettings {
  /** FIREWALL_EXE: a command, which may hold blanks. */
  readonly command: string;
  readonly chains: Chains;
  /** ENABLE_RULE_PREPEND. */
  readonly prepend: boolean;
  /** ENABLE_IPT_COMMENT_CHECK. */
  readonly commentCheck: boolean;
}

/** What was found in the tables of iptables. */
export interface IptablesView extends View {
  readonly tables: readonly FoundTable[];
}

interface FoundTable {
  readonly family: AddressFamily;
  readonly table: string;
  readonly chains: Listing;
}

/** Never jumped to, so no packet passes it: what the kernel can do is tried there, not in the live policy. */
const PROBE_CHAIN = "FWKNOP_PROBE";
/** Documents stay small enough that each is applied well within the runner's patience. */
const LINES_PER_DOCUMENT = 250;

/** The adapter for `iptables` and `ip6tables`, whether of the nf_tables or the legacy variant. */
export function iptablesAdapter(settings: IptablesSettings): Adapter<IptablesView> {
  const programs = iptablesPrograms(settings.command);
  const chains = CHAIN_ROLES.flatMap((role) => {
    const chain = settings.chains[role];
    return chain === undefined ? [] : [{ role, chain }];
  });
  const families = ([4, 6] as const).filter((family) => programs[family] !== undefined);

  /** One document for one table, and the same as single commands. */
  function transactions(family: AddressFamily, table: string, lines: readonly string[]): Plan {
    const program = programs[family];
    if (program === undefined || lines.length === 0) return [];
    const plan: Transaction[] = [];
    for (let start = 0; start < lines.length; start += LINES_PER_DOCUMENT) {
      const part = lines.slice(start, start + LINES_PER_DOCUMENT);
      plan.push({
        ...(program.helper === undefined ? {} : { helper: program.helper }),
        document: [`*${table}`, ...part, "COMMIT", ""].join("\n"),
        commands: part.map((line) => ({
          words: [...program.single, "-t", table, ...(splitWords(toArguments(line)) ?? [])],
        })),
      });
    }
    return plan;
  }

  /** Rules by table, keeping the order in which the tables first occur. */
  function byTable(rules: readonly Rule[], line: (rule: Rule) => string): Map<string, TableLines> {
    const groups = new Map<string, TableLines>();
    for (const rule of rules) {
      const { family, table } = rule;
      const group = groups.get(`${family} ${table}`) ?? { family, table, lines: [], chains: [] };
      groups.set(`${family} ${table}`, group);
      group.lines.push(line(rule));
      group.chains.push(rule.summary.chain);
    }
    return groups;
  }

  function tablesOf(scope: Scope): { family: AddressFamily; table: string }[] {
    const tables = new Set(chains.map(({ chain }) => chain.table));
    if (scope.everywhere) { for (const table of ["filter", "nat"]) tables.add(table); }
    return families.filter((family) => scope.families.has(family))
      .flatMap((family) => [...tables].map((table) => ({ family, table })));
  }

  function read(scope: Scope, outcomes: readonly Outcome[]): IptablesView | string {
    const tables: FoundTable[] = [];
    for (const [index, { family, table }] of tablesOf(scope).entries()) {
      const outcome = outcomes[index];
      const listing = outcome?.code === 0 ? parseListing(outcome.stdout) : undefined;
      const needed = chains.filter(({ chain }) => chain.table === table);
      if (outcome === undefined || listing === undefined || listing.size === 0) {
        // A table nothing of ours is configured for may well not exist.
        if (needed.length === 0) continue;
        return describeFailure(outcome);
      }
      const lost = needed.find(({ chain }) => !listing.has(chain.from));
      if (lost !== undefined) {
        return `There is no chain ${lost.chain.from} in table ${table}, which is to jump to ${lost.chain.name}`;
      }
      tables.push({ family, table, chains: listing });
    }
    return {
      tables,
      ...findOurs(tables, chains),
      intact: isIntact(tables, chains, scope.families),
    };
  }

  return {
    name: "iptables",
    families,
    renewal: "separate",
    readsFirst: false,

    rules(grant, features) {
      const datestop = features.has(`datestop${grant.address.family}`);
      const granted = grantRules(grant, settings.chains, datestop);
      if (typeof granted === "string") return granted;
      return granted.map(({ rule, summary }) => toRule(rule, summary));
    },

    look: (scope) =>
      tablesOf(scope).map(({ family, table }) => ({
        words: [...programs[family]?.single ?? [], "-t", table, "-S"],
      })),

    read,

    probes(family) {
      const probe = (match: string): Plan => [
        ...transactions(family, "filter", [
          `:${PROBE_CHAIN} - [0:0]`,
          `-A ${PROBE_CHAIN} ${match} -j RETURN`,
        ]),
        ...transactions(family, "filter", [`-F ${PROBE_CHAIN}`, `-X ${PROBE_CHAIN}`]),
      ];
      const name = family === 4 ? "iptables" : "ip6tables";
      const probes: Probe[] = [{
        feature: `datestop${family}`,
        plan: probe("-m time --datestop 2038-01-01T00:00:00"),
        failure: `The ${name} match 'time' is not available: rules are closed by this program only`,
      }];
      if (settings.commentCheck) {
        probes.unshift({
          feature: `comment${family}`,
          plan: probe("-m comment --comment __TMPCOMMENT__"),
          success: `${name} 'comment' match is available`,
          failure: "Warning: Could not use the 'comment' match",
          hint: "Load the kernel module xt_comment, or set ENABLE_IPT_COMMENT_CHECK N",
        });
      }
      return probes;
    },

    prepare(view, scope, flush) {
      const plan: Transaction[] = [];
      const jumps: { from: string; chain: string }[] = [];
      for (const found of view.tables) {
        if (!scope.families.has(found.family)) continue;
        const made = prepareTable(found, chains.map(({ chain }) => chain), flush);
        if (typeof made === "string") return { error: made, hint: JUMP_HINT };
        plan.push(...transactions(found.family, found.table, made.lines));
        jumps.push(...made.jumps);
      }
      return { plan, jumps } satisfies Preparation;
    },

    add(rules) {
      const command = settings.prepend ? "-I" : "-A";
      const groups = byTable(rules, ({ summary, text }) => `${command} ${summary.chain} ${text}`);
      return [...groups.values()].flatMap((group) =>
        transactions(group.family, group.table, [...guards(group, chains), ...group.lines])
      );
    },

    remove(rules) {
      const groups = byTable(rules, ({ summary, text }) => `-D ${summary.chain} ${text}`);
      return [...groups.values()].flatMap(({ family, table, lines }) =>
        transactions(family, table, lines)
      );
    },

    dismantle: (view, scope, whole) =>
      view.tables.flatMap((found) =>
        transactions(
          found.family,
          found.table,
          dismantleTable(found, chains, scope.everywhere, whole),
        )
      ),

    show(all): readonly Command[] {
      const single = programs[4]?.single ?? [];
      return chains.map(({ chain }) => ({
        words: all
          ? [...single, "-t", chain.table, "-v", "-n", "-L", "--line-numbers"]
          : [...single, "-t", chain.table, "-L", chain.name, "-n", "--line-numbers"],
      }));
    },
  };
}

interface TableLines {
  readonly family: AddressFamily;
  readonly table: string;
  readonly lines: string[];
  /** Names of the chains the lines go to. */
  readonly chains: string[];
}

interface RoleChain {
  readonly role: ChainRole;
  readonly chain: Chain;
}

/** `:CHAIN - [0:0]`, which makes or empties a chain, is for documents only; as an argument it is `-N`. */
function toArguments(line: string): string {
  return line.replace(/^:(\S+) - \[0:0\]$/, "-N $1");
}

const JUMP_HINT = "Correct the jump rule position in the IPT_ variable of that chain";

/** A document fails as a whole if the jump to one of its chains is gone: a rule nobody reaches opens nothing. */
function guards(group: TableLines, chains: readonly RoleChain[]): string[] {
  return chains
    .filter(({ chain }) => chain.table === group.table && group.chains.includes(chain.name))
    .map(({ chain }) => `-C ${chain.from} -j ${chain.name}`);
}

function toRule(rule: IptablesRule, summary: RuleSummary): Rule {
  const { family, table } = rule;
  return { key: ruleKey(rule), family, table, text: ruleArguments(rule).join(" "), summary };
}

/** The unconditional jumps to a chain, by the chain that holds them. */
function jumpsTo(chains: Listing, name: string): { from: string }[] {
  return [...chains.values()].flat().filter((rule) => isJump(rule, name))
    .map(({ chain }) => ({ from: chain }));
}

function isJump({ words }: ListedRule, name: string): boolean {
  return words.length === 2 && words[0] === "-j" && words[1] === name;
}

function isReferredTo(chains: Listing, name: string): boolean {
  return [...chains.values()].flat().some(({ words }) =>
    words.some((word, index) => word === name && /^-[jg]$/.test(words[index - 1] ?? ""))
  );
}

function isIntact(
  tables: readonly FoundTable[],
  chains: readonly RoleChain[],
  families: ReadonlySet<AddressFamily>,
): boolean {
  return tables.filter(({ family }) => families.has(family)).every((found) =>
    chains.filter(({ chain }) => chain.table === found.table).every(({ chain }) =>
      found.chains.has(chain.name) &&
      (found.chains.get(chain.from) ?? []).some((rule) => isJump(rule, chain.name))
    )
  );
}

/** The lines that make what is missing in one table, or what stands in the way. */
function prepareTable(
  { table, chains: listing }: FoundTable,
  chains: readonly Chain[],
  flush: boolean,
): { lines: string[]; jumps: { from: string; chain: string }[] } | string {
  const lines: string[] = [];
  const jumps: { from: string; chain: string }[] = [];
  const lengths = new Map([...listing].map(([name, rules]) => [name, rules.length]));
  for (const { name, from, jumpPosition, table: own } of chains) {
    if (own !== table) continue;
    const present = (listing.get(from) ?? []).filter((rule) => isJump(rule, name)).length;
    if (!listing.has(name)) lines.push(`-N ${name}`);
    else if (flush) {
      for (let count = 0; count < present; count++) lines.push(`-D ${from} -j ${name}`);
      lines.push(`-F ${name}`);
      lengths.set(from, (lengths.get(from) ?? 0) - present);
    }
    if (present > 0 && !flush) continue;
    const length = lengths.get(from) ?? 0;
    if (jumpPosition > length + 1) {
      return `The jump rule to ${name} cannot be placed at position ${jumpPosition}: ` +
        `${from} has ${length} rule${length === 1 ? "" : "s"}`;
    }
    lines.push(`-I ${from} ${jumpPosition} -j ${name}`);
    lengths.set(from, length + 1);
    jumps.push({ from, chain: name });
  }
  return { lines, jumps };
}

/** Rules with an `_exp_` comment, wherever they are. */
function findOurs(
  tables: readonly FoundTable[],
  chains: readonly RoleChain[],
): Pick<View, "rules" | "broken" | "present"> {
  const rules: Rule[] = [];
  const broken: Rule[] = [];
  const present = new Set<AddressFamily>();
  for (const { family, table, chains: listing } of tables) {
    for (const [name, listed] of listing) {
      const own = chains.find(({ chain }) => chain.table === table && chain.name === name);
      if (own !== undefined) present.add(family);
      for (const { words, text } of own === undefined ? [] : listed) {
        const found = recogniseRule({ family, table, chain: name }, words);
        if (found === undefined) continue;
        const summary = summarise(own?.role, name, family, found.rule, found.expires ?? 0);
        const key = found.rule === undefined
          ? `ipv${family} ${table} ${name} ${text}`
          : ruleKey(found.rule);
        (found.expires === undefined ? broken : rules).push({ key, family, table, text, summary });
      }
    }
  }
  return { rules, broken, present };
}

function summarise(
  role: ChainRole | undefined,
  chain: string,
  family: AddressFamily,
  rule: IptablesRule | undefined,
  expires: number,
): RuleSummary {
  const kind = role === undefined ? "other" : KINDS[role];
  const output = role === "output";
  const port = output ? rule?.sourcePort : rule?.destinationPort;
  const service = rule?.protocol === undefined || port === undefined
    ? "*/*"
    : `${rule.protocol}/${port}`;
  const anywhere = family === 6 ? "::/0" : "0.0.0.0/0";
  return {
    kind: rule !== undefined && service === "*/*" ? `${kind} ALL` : kind,
    chain,
    address: (output ? rule?.destination : rule?.source) ?? anywhere,
    destination: (output ? rule?.source : rule?.destination) ?? anywhere,
    services: service,
    service,
    expires,
  };
}

/**
 * The lines that take ours out of one table: the configured chains and, `everywhere`, chains with the default
 * names that an earlier configuration left behind, chains that hold nothing but `_exp_` rules, and single
 * `_exp_` rules in any other.
 */
function dismantleTable(
  { family, table, chains: listing }: FoundTable,
  chains: readonly RoleChain[],
  everywhere: boolean,
  whole: boolean,
): string[] {
  const names = new Set(chains.flatMap(({ chain }) => chain.table === table ? [chain.name] : []));
  for (const role of everywhere ? CHAIN_ROLES : []) {
    const { chain } = parseChain(DEFAULT_CHAINS[role]);
    if (chain?.table === table) names.add(chain.name);
  }
  if (table === "filter") names.add(PROBE_CHAIN);
  const lines: string[] = [];
  const emptied: string[] = [];
  for (const [name, listed] of listing) {
    if (!everywhere && !names.has(name)) continue;
    const ours = listed.filter(({ words }) =>
      recogniseRule({ family, table, chain: name }, words) !== undefined
    );
    const isOurs = names.has(name) || (ours.length > 0 && ours.length === listed.length);
    if (whole && names.has(name)) lines.push(`-F ${name}`);
    else for (const { text } of ours) lines.push(`-D ${name} ${text}`);
    if (!isOurs || (!(whole && names.has(name)) && ours.length < listed.length)) continue;
    for (const { from } of jumpsTo(listing, name)) {
      lines.push(`-D ${from} -j ${name}`);
    }
    emptied.push(name);
  }
  for (const name of emptied) {
    if (!BUILT_IN.has(name) && !hasOtherReference(listing, name)) lines.push(`-X ${name}`);
  }
  return lines;
}

const BUILT_IN: ReadonlySet<string> = new Set(
  ["INPUT", "OUTPUT", "FORWARD", "PREROUTING", "POSTROUTING"],
);

/** Whether somebody else's conditional jump keeps a chain in use. */
function hasOtherReference(chains: Listing, name: string): boolean {
  const rest = new Map(
    [...chains].map(([chain, rules]) =>
      [chain, rules.filter((rule) => !isJump(rule, name))] as const
    ),
  );
  return isReferredTo(rest, name);
}

function describeFailure(outcome: Outcome | undefined): string {
  if (outcome !== undefined && outcome.code !== 0) return describeOutcome(outcome);
  return `${programName(outcome?.words ?? [])} printed no listing`;
}
