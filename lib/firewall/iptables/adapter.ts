/**
 * The iptables adapter: it manages its own chains, marks rules with `_exp_` comments, and writes documents for
 * `iptables-restore` (`docs/spec/firewalls.md` 1 and 7.1).
 *
 * @module
 */
import { CHAIN_ROLES } from "../../config/chain.ts";
import type { AddressFamily } from "../../net/address.ts";
import type { Adapter, Preparation, Rule, Scope } from "../adapter.ts";
import type { RuleSummary } from "../firewall.ts";
import { PROBE_CHAIN, tearDownTable } from "./tear_down.ts";
import { type Chains, grantRules } from "./grant_rules.ts";
import { parseListing, splitListedWords } from "./listing.ts";
import { prepareTable } from "./prepare.ts";
import { iptablesProbes } from "./probes.ts";
import { type IptablesPrograms, iptablesPrograms } from "./programs.ts";
import { type IptablesRule, ruleArguments, ruleKey } from "./rule.ts";
import { type FoundTable, type IptablesView, viewTables } from "./view.ts";
import {
  describeOutcome,
  type FirewallCommand,
  type Outcome,
  type Plan,
  programOf,
  type Transaction,
} from "../plan.ts";

/** The settings of iptables in `fwknopd.conf`. */
export interface IptablesSettings {
  /** FIREWALL_EXE: a command, which may hold blanks. */
  readonly command: string;
  readonly chains: Chains;
  /** ENABLE_RULE_PREPEND. */
  readonly prepend: boolean;
  /** ENABLE_IPT_COMMENT_CHECK. */
  readonly commentCheck: boolean;
}

/** The limit keeps each document small enough to be applied well before the runner's time limit. */
const LINES_PER_DOCUMENT = 250;
/**
 * Largest number of comparisons of a document of deletions. `iptables-restore` of the nf_tables variant takes 4 µs for
 * each rule before a deleted one, and 15 µs for each rule of the chain at the start (version 1.8.9).
 */
const MOST_COMPARISONS = 8000;

/** The adapter for `iptables` and `ip6tables` of the nf_tables or the legacy variant. */
export function iptablesAdapter(settings: IptablesSettings): Adapter<IptablesView> {
  return adapterFor(
    { kind: "iptables", name: "iptables", variables: "IPT" },
    iptablesPrograms(settings.command),
    settings,
  );
}

/** The adapter for any program that takes the arguments of iptables. */
export function adapterFor(
  names: Pick<Adapter, "kind" | "name"> & { readonly variables: "IPT" | "FIREWD" },
  programs: IptablesPrograms,
  settings: IptablesSettings,
): Adapter<IptablesView> {
  const chains = CHAIN_ROLES.flatMap((role) => {
    const chain = settings.chains[role];
    return chain === undefined ? [] : [{ role, chain }];
  });
  const families = ([4, 6] as const).filter((family) => programs[family] !== undefined);

  /** Returns documents for one table, and the same changes as single commands. */
  function transactions(family: AddressFamily, table: string, lines: readonly string[]): Plan {
    const program = programs[family];
    if (program === undefined || lines.length === 0) return [];
    const plan: Transaction[] = [];
    for (let start = 0; start < lines.length; start += LINES_PER_DOCUMENT) {
      const part = lines.slice(start, start + LINES_PER_DOCUMENT);
      plan.push({
        ...(program.helper === undefined ? {} : { helper: program.helper }),
        document: [`*${table}`, ...part, "COMMIT", ""].join("\n"),
        // A getter, because commands are rarely needed and expensive.
        get commands() {
          return part.map((line) => ({
            words: [...program.single, "-t", table, ...(splitListedWords(toArguments(line)) ?? [])],
          }));
        },
      });
    }
    return plan;
  }

  /** Groups rules by table, in the order in which the tables first occur. */
  function byTable(rules: readonly Rule[], line: (rule: Rule) => string): Map<string, TableLines> {
    const groups = new Map<string, TableLines>();
    for (const rule of rules) {
      const { family, table } = rule;
      const group = groups.get(`${family} ${table}`) ?? { family, table, lines: [] };
      groups.set(`${family} ${table}`, group);
      group.lines.push(line(rule));
    }
    return groups;
  }

  function tablesOf(scope: Scope): { family: AddressFamily; table: string }[] {
    const tables = new Set(chains.map(({ chain }) => chain.table));
    if (scope.extent !== "configured") {
      for (const table of ["filter", "nat"]) tables.add(table);
    }
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
        // A table without configured chains may not exist.
        if (needed.length === 0) continue;
        return describeMissingListing(outcome);
      }
      const lost = needed.find(({ chain }) => !listing.has(chain.from));
      if (lost !== undefined) {
        return `Table ${table} has no chain ${lost.chain.from}, which must jump to ${lost.chain.name}`;
      }
      tables.push({ family, table, chains: listing });
    }
    return viewTables(tables, chains, scope);
  }

  return {
    ...names,
    families,
    place: "the chains of fwknop and the jumps to them",
    endsByItself: false,
    placesVary: true,
    needsUpkeep: false,
    readsFirst: false,

    heed({ what, isDeleted, family, table, name }) {
      const own = chains.filter(({ chain }) => chain.table === table).map(({ chain }) => chain);
      if ((family !== "ip" && family !== "ip6") || own.length === 0) return undefined;
      if (what === "table") return isDeleted ? "lost" : undefined;
      if (what === "chain" && isDeleted && own.some((chain) => chain.name === name)) return "lost";
      if (what === "rule" && isDeleted && own.some(({ from }) => from === name)) return "lost";
      const isOurs = name === PROBE_CHAIN || own.some((chain) => chain.name === name);
      return isOurs ? "changed" : undefined;
    },

    rules(grant, features) {
      const { family } = grant.address;
      const granted = grantRules(grant, settings.chains, {
        datestop: features.has(`datestop${family}`),
        addressType: features.has(`to this host${family}`),
      });
      if (typeof granted === "string") return granted;
      return granted.map(({ rule, summary }) => toRule(rule, summary));
    },

    look: (scope) =>
      tablesOf(scope).map(({ family, table }) => ({
        words: [...programs[family]?.single ?? [], "-t", table, "-S"],
      })),

    read,

    probes: (family) =>
      iptablesProbes({
        family,
        chains,
        commentCheck: settings.commentCheck,
        variables: names.variables,
        transactions: (table, lines) => transactions(family, table, lines),
      }),

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

    add({ rules }) {
      // Of two rules that redirect the same connections the first one counts, so the newer rule must come first.
      const command = ({ kind }: RuleSummary): string =>
        settings.prepend || kind.startsWith("DNAT") ? "-I" : "-A";
      const groups = byTable(
        rules,
        ({ summary, text }) => `${command(summary)} ${summary.chain} ${text}`,
      );
      return [...groups.values()].flatMap(({ family, table, lines }) =>
        transactions(family, table, lines)
      );
    },

    // A rule without a jump to its chain opens nothing. For -C the program reads every rule, which takes 1 ms per 100
    // rules. So the check is a document of its own, and the grant does not wait for it.
    reach(rules) {
      const parents = new Map(
        chains.map(({ chain }) => [`${chain.table} ${chain.name}`, chain.from]),
      );
      const groups = byTable(
        rules,
        ({ table, summary: { chain } }) => `-C ${parents.get(`${table} ${chain}`)} -j ${chain}`,
      );
      return [...groups.values()].flatMap(({ family, table, lines }) =>
        transactions(family, table, [...new Set(lines)])
      );
    },

    portion(rules, standing) {
      if (rules.length < 2) return rules.length;
      const places = new Map<string, number>();
      const lengths = new Map<string, number>();
      for (const { key, family, table, summary: { chain } } of standing) {
        const length = lengths.get(`${family} ${table} ${chain}`) ?? 0;
        places.set(key, length);
        lengths.set(`${family} ${table} ${chain}`, length + 1);
      }
      let comparisons = 0;
      for (const [index, { key, family, table, summary: { chain } }] of rules.entries()) {
        const length = lengths.get(`${family} ${table} ${chain}`) ?? standing.length;
        const place = places.get(key) ?? length;
        // Rules that are deleted first no longer stand before the others.
        comparisons += settings.prepend ? length - place : Math.max(0, place - index);
        const isEnough = index >= LINES_PER_DOCUMENT || comparisons > MOST_COMPARISONS;
        if (index > 0 && isEnough) return index;
      }
      return rules.length;
    },

    remove({ rules }) {
      const groups = byTable(rules, ({ summary, text }) => `-D ${summary.chain} ${text}`);
      return [...groups.values()].flatMap(({ family, table, lines }) =>
        transactions(family, table, lines)
      );
    },

    tearDown: (view, scope, whole) =>
      view.tables.flatMap((found) =>
        transactions(
          found.family,
          found.table,
          tearDownTable(found, chains, scope.extent, whole),
        )
      ),

    show(all, family): readonly FirewallCommand[] {
      const single = programs[family]?.single ?? [];
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
}

/** `:CHAIN - [0:0]`, which makes or empties a chain, is valid only in documents; the argument is `-N`. */
function toArguments(line: string): string {
  return line.replace(/^:(\S+) - \[0:0\]$/, "-N $1");
}

const JUMP_HINT = "Correct the jump rule position in the IPT_ variable of that chain";

function toRule(rule: IptablesRule, summary: RuleSummary): Rule {
  const { family, table } = rule;
  return { key: ruleKey(rule), family, table, text: ruleArguments(rule).join(" "), summary };
}

function describeMissingListing(outcome: Outcome | undefined): string {
  if (outcome !== undefined && outcome.code !== 0) return describeOutcome(outcome);
  return `${programOf(outcome?.words ?? [])} printed no listing`;
}
