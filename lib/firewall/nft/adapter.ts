/**
 * The nftables adapter: a table of our own, with sets and maps that time out. So the kernel closes what was opened even
 * if this program is gone (`docs/spec/firewalls.md` 7.3).
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import type { AddressFamily } from "../../net/address.ts";
import { formatService } from "../../net/service.ts";
import type { Adapter, Rule, View } from "../adapter.ts";
import { NFT_HANDSHAKE } from "./handshake.ts";
import { elementRule, grantElements, schemaOf } from "./grant_elements.ts";
import { type ListedTable, parseNftTable, parseNftTables } from "./listing.ts";
import {
  NFT_TABLE,
  type NftShape,
  PROTECTED_SET,
  ruleCounts,
  setsOf,
  shapeComment,
  tableCommands,
} from "./schema.ts";
import { describeOutcome, type Plan } from "../plan.ts";
import { EXPIRY_PREFIX, nameOfTail, readRuleComment } from "../rule_comment.ts";

/** The settings of nftables. */
export interface NftSettings extends NftShape {
  /** A command, which may hold blanks: `/usr/sbin/nft`. */
  readonly command: string;
}

const FAMILIES = [4, 6] as const;

/** The adapter for `nft`. Both families are in one table. */
export function nftAdapter(settings: NftSettings): Adapter {
  const program = commandWords(settings.command);
  const helper = { words: [...program, "-i"], handshake: NFT_HANDSHAKE };
  const show = (...words: string[]) => ({ words: [...program, ...words] });

  /** One line is one transaction, for `nft -i` and for `nft -f`. */
  function transaction(commands: readonly string[]): Plan {
    if (commands.length === 0) return [];
    const document = `${commands.join("; ")}\n`;
    return [{ helper, document, commands: [{ words: [...program, "-f", "-"], document }] }];
  }

  return {
    kind: "nft",
    name: "nft",
    families: FAMILIES,
    place: "the table inet fwknop",
    endsByItself: true,
    placesVary: false,
    // Without the table, protected services would be open.
    needsUpkeep: settings.protect.length > 0,
    readsFirst: false,

    heed({ what, isDeleted, family, table, name }) {
      if (`${family} ${table}` !== NFT_TABLE) return undefined;
      // Elements are added and removed, except those of the protected services.
      return isDeleted && (what !== "element" || name === PROTECTED_SET) ? "lost" : "changed";
    },

    rules: (grant) =>
      grant.kind !== "access" && !settings.nat
        ? "Forwarding is not enabled: set ENABLE_IPT_FORWARDING or ENABLE_IPT_LOCAL_NAT"
        : grantElements(grant),

    look: () => [show("-j", "list", "tables"), show("-j", "list", "table", "inet", "fwknop")],

    read(scope, [tables, table]) {
      if (tables === undefined || tables.code !== 0) {
        return tables === undefined ? "nft was not asked" : describeOutcome(tables);
      }
      const names = parseNftTables(tables.stdout);
      if (names === undefined) return "nft printed no list of tables";
      if (!names.includes(NFT_TABLE)) return NOTHING;
      const listed = table?.code === 0 ? parseNftTable(table.stdout) : undefined;
      if (listed === undefined) return "nft printed no listing of its table";
      return viewTable(listed, settings, scope.families);
    },

    probes: () => [],

    prepare(view, _scope, flush) {
      // At start the rules are made anew, because the listing does not show what another program changed inside a rule.
      const commands = [
        ...(flush && view.present.size > 0
          ? [`add table ${NFT_TABLE}`, `delete table ${NFT_TABLE}`]
          : []),
        ...tableCommands(settings),
      ];
      return { plan: transaction(commands), jumps: [] };
    },

    add: ({ rules, replaced, now }) =>
      transaction([
        // An existing element keeps its time-out unless it is deleted. A missing element cannot be deleted, so it is
        // added first.
        ...replaced.flatMap((rule) => [addition(rule, 1000), deletion(rule)]),
        ...rules.map((rule) => addition(rule, rule.summary.expires * 1000 - now)),
      ]),

    remove: ({ rules }) =>
      transaction(rules.flatMap((rule) => [addition(rule, 1000), deletion(rule)])),

    // With protected services, only an explicit flush deletes the table: without it they would be open.
    tearDown(view, scope, _whole) {
      if (view.present.size === 0) return [];
      if (scope.extent === "everywhere" || settings.protect.length === 0) {
        return transaction([`delete table ${NFT_TABLE}`]);
      }
      return transaction(
        setsOf(settings).flatMap(({ name, data }) =>
          FAMILIES.map((family) =>
            `flush ${data === undefined ? "set" : "map"} ${NFT_TABLE} ${name}${family}`
          )
        ),
      );
    },

    show(all, family) {
      if (family === 6) return [];
      return [all ? show("list", "ruleset") : show("list", "table", "inet", "fwknop")];
    },
  };
}

const NOTHING: View = { rules: [], broken: [], intact: false, present: new Set() };

function addition(rule: Rule, milliseconds: number): string {
  const { summary, text, value } = rule;
  const stanza = summary.stanza === undefined ? "" : ` stanza ${summary.stanza}`;
  const timeout = `timeout ${Math.max(1, Math.round(milliseconds))}ms`;
  const comment = `comment "${EXPIRY_PREFIX}${summary.expires}${stanza}"`;
  const data = value === undefined ? "" : ` : ${value}`;
  return `add element ${NFT_TABLE} ${summary.chain} { ${text} ${timeout} ${comment}${data} }`;
}

function deletion({ summary, text }: Rule): string {
  return `delete element ${NFT_TABLE} ${summary.chain} { ${text} }`;
}

function viewTable(
  table: ListedTable,
  shape: NftShape,
  families: ReadonlySet<AddressFamily>,
): View {
  const rules: Rule[] = [];
  const broken: Rule[] = [];
  for (const [name, elements] of table.sets) {
    const schema = schemaOf(name);
    if (schema === undefined) continue;
    for (const { key, value, comment, timesOut } of elements) {
      const read = readRuleComment(comment ?? "");
      if (read === undefined) continue;
      const { expires, tail } = read === "broken" ? { expires: 0, tail: "" } : read;
      const [, stanza, rest = ""] = /^stanza ([0-9]{1,9})(?: (.*))?$/s.exec(tail) ??
        ["", undefined, tail];
      const rule = elementRule(name, key, value, {
        kind: schema.kind,
        expires,
        stanza: stanza === undefined ? undefined : Number(stanza),
        ...nameOfTail(rest),
      });
      if (!families.has(rule.family)) continue;
      // An element of another program without a time-out: the kernel would never remove it.
      const found = timesOut ? rule : { ...rule, stray: true } as const;
      (read === "broken" ? broken : rules).push(found);
    }
  }
  return { rules, broken, intact: isIntact(table, shape), present: new Set(FAMILIES) };
}

function isIntact({ sets, chains, hasFlags }: ListedTable, shape: NftShape): boolean {
  if (hasFlags) return false;
  const dropped = new Set(sets.get(PROTECTED_SET)?.map(({ key }) => key.join("/")));
  if (!shape.protect.every((service) => dropped.has(formatService(service)))) return false;
  const complete = setsOf(shape).every(({ name }) =>
    FAMILIES.every((family) => sets.has(`${name}${family}`))
  );
  const counts = [...ruleCounts(shape)]
    .every(([chain, count]) => chains.get(chain)?.length === count);
  return complete && counts && chains.get("input")?.[0] === shapeComment(shape);
}
