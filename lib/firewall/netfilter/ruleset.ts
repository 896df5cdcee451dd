/**
 * Reads the rules of a Linux host for the doctor: those of iptables and those of nftables, whichever the daemon uses.
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import type { Address, AddressFamily } from "../../net/address.ts";
import type { NetfilterQuestions } from "./questions.ts";
import { isFaithful } from "../nft/doctor/faithful_listing.ts";
import { type IptablesPrograms, iptablesPrograms } from "../iptables/programs.ts";
import {
  isCompatible,
  isNftListing,
  type NftChain,
  type NftRuleset,
  parseNftRuleset,
} from "../nft/ruleset.ts";
import { type IptablesTable, parseSaved, TABLE_PRIORITIES } from "../iptables/doctor/tables.ts";
import { type IptablesPolicy, parsePolicy } from "../iptables/doctor/policy.ts";
import { describeOutcome, NOT_FOUND, type Outcome } from "../plan.ts";
import { Runner } from "../runner.ts";
import { readAddresses } from "./environment.ts";

/** The rules of this host. */
export interface Ruleset {
  /** The filter tables of iptables and ip6tables; absent if missing. */
  readonly filter: Readonly<Partial<Record<AddressFamily, IptablesPolicy>>>;
  /** All other tables of iptables, including those of its other variant. */
  readonly others?: readonly IptablesTable[];
  /** The tables of nftables, except those that iptables lists. */
  readonly nft?: NftRuleset;
  /** The commands that change rules of iptables, as the administrator types them. */
  readonly commands: Readonly<Record<AddressFamily, string>>;
  /** Listings that failed although the rules exist. A packet that seems to be dropped may be sent elsewhere by them. */
  readonly unread?: readonly Outcome[];
  /** Whether nft is missing, so that tables of nftables are unknown. */
  readonly lacksNft?: boolean;
  /** The addresses of this host; absent if unknown. */
  readonly addresses?: readonly Address[];
  /** The interfaces by which packets to an address leave, by the text of the address, as far as they were looked up. */
  readonly devices?: ReadonlyMap<string, string>;
}

/** The result if neither program listed its rules. */
export interface Unreadable {
  /** The outcome of each command. */
  readonly outcomes: readonly Outcome[];
}

/** Runs both programs, and asks for the addresses of this host, which the rules do not contain. */
export async function readRuleset(
  { iptables, nft }: Pick<NetfilterQuestions, "iptables" | "nft">,
): Promise<Ruleset | Unreadable> {
  const runner = new Runner();
  const commands = commandNames(iptables);
  const { tables, isOfNft, failures } = await readTables(runner, iptables, commands);
  const nftWords = commandWords(nft);
  const rules = await runner.run({ words: [...nftWords, "-j", "list", "ruleset"] });
  const isListing = rules.code === 0 && isNftListing(rules.stdout);
  const native = isListing ? parseNftRuleset(rules.stdout) : undefined;
  const filter = Object.fromEntries(
    tables.filter(({ name, command, family }) => name === "filter" && command === commands[family])
      .map(({ family, policy }) => [family, policy]),
  );
  const failed = isListing ? failures : [...failures, rules];
  if (filter[4] === undefined && native === undefined) return { outcomes: failed };
  const addresses = await readAddresses(runner, nftWords.slice(0, -1));
  const kept = tables.filter(({ family, command }) => isOfNft && command === commands[family]);
  const lossy = new Set(kept.filter((it) => !isFaithful(native?.chains ?? [], nameInNft(it))));
  const shown = new Set(kept.filter((it) => !lossy.has(it)).map(nameInNft));
  for (const { name, family, policy } of lossy) {
    // Its rules are taken from nft's listing. This listing is kept for the position of the chains of grants.
    if (name === "filter") filter[family] = { ...policy, isPartial: true };
  }
  return {
    filter,
    others: tables.filter((it) => !lossy.has(it) && !Object.values(filter).includes(it.policy)),
    ...(native === undefined ? {} : {
      nft: { ...native, chains: native.chains.filter((chain) => !isShown(chain, shown)) },
    }),
    commands,
    unread: failed.filter(({ code }) => code !== NOT_FOUND)
      .map((outcome) => outcome.code === 0 ? { ...outcome, stderr: NO_LISTING } : outcome),
    lacksNft: rules.code === NOT_FOUND,
    ...(addresses === undefined ? {} : { addresses }),
  };
}

/** `ip filter`. */
function nameInNft({ family, name }: IptablesTable): string {
  return `${family === 4 ? "ip" : "ip6"} ${name}`;
}

/** Some versions of nft print tables with flags as invalid JSON. */
const NO_LISTING = "it printed no listing";

/** Whether the listing of iptables contains the chain: its nf_tables variant keeps its tables in nftables. */
function isShown(chain: NftChain, shown: ReadonlySet<string>): boolean {
  return isCompatible(chain) && shown.has(chain.table);
}

interface FoundTables {
  readonly tables: readonly IptablesTable[];
  /** Whether the tables of the program that the daemon uses are kept in nftables. */
  readonly isOfNft: boolean;
  readonly failures: readonly Outcome[];
}

/** Lists all tables that exist. Listing does not create a table. */
async function readTables(
  runner: Runner,
  command: string,
  commands: Ruleset["commands"],
): Promise<FoundTables> {
  const programs = iptablesPrograms(command);
  const tables: IptablesTable[] = [];
  const failures: Outcome[] = [];
  let isOfNft = !commands[4].endsWith("-legacy");
  for (const family of FAMILIES) {
    const single = programs[family]?.single;
    if (single === undefined) continue;
    const saved = await runner.run({ words: savingWords(single) });
    if (saved.code === 0) {
      const found = parseSaved(saved.stdout);
      if (found.tables.size > 0) isOfNft = found.isOfNft;
      const name = commands[family];
      tables.push(...tablesOf(found.tables, name, family));
      if (!found.tables.has("filter")) tables.push(emptyFilter(name, family));
    } else {
      const listed = await listTables(runner, programs, family, commands[family]);
      tables.push(...listed.tables);
      if (listed.failure !== undefined) failures.push(listed.failure);
    }
    // Tables of the legacy variant are in force too, but the other variant does not list them.
    const other = `${commands[family].replace(/-.*/, "")}-legacy`;
    if (other === commands[family]) continue;
    const words = [...commandWords(command).slice(0, -1), `${other}-save`];
    const legacy = await runner.run({ words });
    if (legacy.code !== 0) continue;
    const found = parseSaved(legacy.stdout);
    if (!found.isOfNft && !isSame(found.tables, tables, family)) {
      tables.push(...tablesOf(found.tables, other, family));
    }
  }
  return { tables, isOfNft, failures };
}

const FAMILIES = [4, 6] as const;

/** If `iptables` is an alias of the legacy variant, its tables are already known. */
function isSame(
  found: ReadonlyMap<string, IptablesPolicy>,
  tables: readonly IptablesTable[],
  family: AddressFamily,
): boolean {
  const text = (policy: IptablesPolicy | undefined) => JSON.stringify([...policy?.chains ?? []]);
  return [...found].every(([name, policy]) =>
    tables.some((it) =>
      it.family === family && it.name === name && text(it.policy) === text(policy)
    )
  );
}

function tablesOf(
  found: ReadonlyMap<string, IptablesPolicy>,
  command: string,
  family: AddressFamily,
): IptablesTable[] {
  return [...found].map(([name, policy]) => ({ command, family, name, policy }));
}

/** A table that does not exist accepts everything. */
function emptyFilter(command: string, family: AddressFamily): IptablesTable {
  const policy = parsePolicy("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
  return { command, family, name: "filter", policy };
}

/** `/usr/sbin/iptables-save` of `/usr/sbin/iptables -w 5`. */
function savingWords(single: readonly string[]): string[] {
  return [...single.slice(0, -3), `${single.at(-3)}-save`];
}

/** Lists table by table, for a program without a `-save` program beside it. */
async function listTables(
  runner: Runner,
  programs: IptablesPrograms,
  family: AddressFamily,
  command: string,
): Promise<{ readonly tables: readonly IptablesTable[]; readonly failure?: Outcome }> {
  const tables: IptablesTable[] = [];
  let failure: Outcome | undefined;
  for (const name of TABLE_PRIORITIES.keys()) {
    const words = [...programs[family]?.single ?? [], "-t", name, "-S"];
    const outcome = await runner.run({ words });
    if (outcome.code === 0) {
      tables.push({ command, family, name, policy: parsePolicy(outcome.stdout) });
    } else if (name === "filter") failure = outcome;
    if (outcome.code === NOT_FOUND) {
      failure = outcome;
      break;
    }
  }
  return { tables, ...(failure === undefined ? {} : { failure }) };
}

/** `ip6tables-legacy` for `ip netns exec NAME /usr/sbin/iptables-legacy`; the usual name for an unknown program. */
function commandNames(command: string): Ruleset["commands"] {
  const [, variant = ""] = /(?:^|\/)iptables(-[a-z]+)?$/.exec(commandWords(command).at(-1) ?? "") ??
    [];
  return { 4: `iptables${variant}`, 6: `ip6tables${variant}` };
}

/** Describes the listings that failed. */
export function describeUnread({ unread = [] }: Ruleset): string {
  return unread.map(describeOutcome).join("; ");
}
