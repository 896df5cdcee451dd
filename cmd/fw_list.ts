/**
 * `fwknop fw-list`, and `fwknopd --fw-list`.
 *
 * @module
 */
import { closesPath, lookAtCloses, type PendingClose } from "../lib/command/pending_closes.ts";
import type { ResolvedSettings } from "../lib/config/server_settings.ts";
import { CONFIG_OPTIONS } from "../lib/config/server_options.ts";
import { cListing } from "../lib/firewall/c_listing.ts";
import {
  type KeyedRule,
  type Listing,
  type RuleSummary,
  unkeyed,
} from "../lib/firewall/firewall.ts";
import { firewallFromSettings } from "../lib/firewall/from_settings.ts";
import { grantNamesPath, nameRules } from "../lib/firewall/grant_names.ts";
import { formatService } from "../lib/net/service.ts";
import { oneLine, toJson, visibleLines } from "../lib/one_line.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { loadServerSettings } from "./load_server_settings.ts";

/** Lists which addresses are admitted, and for how long. */
export const fwList: Command = {
  options: [
    ...CONFIG_OPTIONS,
    { name: "json", brief: "Print a JSON array" },
    { name: "all", brief: "Print the complete tables in use, as the firewall program shows them" },
  ],
  /** Lists the present rules of the firewall. Does not ask a running server. */
  async run(options, _words, context) {
    const resolved = loadServerSettings(options, context);
    if (resolved === undefined) return ExitCode.failure;
    const firewall = await firewallFromSettings(resolved.settings, resolved.given, () => {});
    try {
      const listed = await firewall.ask({ name: "list" });
      if (options.has("all")) {
        const listings = [await cListing(firewall, true)];
        // The C tool lists only the first family.
        const hasOther = listed.some(({ address }) => address.includes(":"));
        if (hasOther) listings.push(...await firewall.ask({ name: "show", all: true, family: 6 }));
        printListings(listings, context);
        return ExitCode.ok;
      }
      const rules = nameRules(listed, grantNamesPath(resolved.settings.FWKNOP_RUN_DIR));
      const cycles = lookAtCloses(closesPath(resolved.settings.FWKNOP_RUN_DIR));
      const now = Date.now() / 1000;
      context.out(
        options.has("json") ? formatJson(rules, cycles, now) : formatTable(rules, cycles, now),
      );
      return ExitCode.ok;
    } finally {
      await firewall.ask({ name: "release" });
    }
  },
};

/** `--fw-list` and `--fw-list-all` of the C dialect; returns the exit status. */
export async function listAsInC(
  { settings, given }: ResolvedSettings,
  context: Context,
  all: boolean,
): Promise<number> {
  const firewall = await firewallFromSettings(settings, given, () => {});
  try {
    printListings([await cListing(firewall, all)], context);
    return ExitCode.ok;
  } finally {
    await firewall.ask({ name: "release" });
  }
}

function printListings(listings: readonly Listing[], context: Context): void {
  context.out(visibleLines(listings.map(({ text }) => text).join("")));
  context.err(visibleLines(listings.map(({ complaint }) => complaint).join("")));
}

function formatJson(
  rules: readonly KeyedRule[],
  cycles: readonly PendingClose[],
  now: number,
): string {
  const objects = [
    ...rules.map((rule) => ({ ...unkeyed(rule), remaining: remaining(rule.expires, now) })),
    ...cycles.map(({ stanza, name, values, due }) => ({
      kind: "cycle",
      address: values.address.text,
      service: formatService(values.service),
      expires: due,
      stanza,
      ...(name === undefined ? {} : { name }),
      remaining: remaining(due, now),
    })),
  ];
  return `${toJson(objects, 2)}\n`;
}

/** Whole seconds until the end; 0 if the time is over and the rule is still there. */
function remaining(end: number, now: number): number {
  return Math.max(0, Math.ceil(end - now));
}

const HEADINGS = ["ADDRESS", "SERVICE", "SECONDS", "STANZA", "NAME", "RULE"] as const;

interface Row {
  readonly end: number;
  readonly cells: readonly string[];
}

function ruleRow(rule: RuleSummary, now: number): Row {
  const stanza = rule.stanza === undefined ? "-" : String(rule.stanza);
  const to = isEverywhere(rule) ? "" : ` to ${rule.destination}`;
  const seconds = String(remaining(rule.expires, now));
  const what = `${rule.kind} in ${rule.chain}${to}`;
  const cells = [rule.address, rule.service, seconds, stanza, rule.name ?? "-", what];
  return { end: rule.expires, cells };
}

function cycleRow({ stanza, name = "-", values, due }: PendingClose, now: number): Row {
  const service = formatService(values.service);
  const seconds = String(remaining(due, now));
  const cells = [values.address.text, service, seconds, String(stanza), name, "command cycle"];
  return { end: due, cells };
}

/** The rules in force, and the number of rules whose time is over. */
function formatTable(
  rules: readonly KeyedRule[],
  cycles: readonly PendingClose[],
  now: number,
): string {
  const live = rules.filter(({ expires }) => expires > now);
  return formatRows(live, cycles, now) + overText(rules.length - live.length);
}

/** A text about rules whose time is over. A firewall that was restored from a file may hold such rules. */
function overText(count: number): string {
  if (count === 0) return "";
  const what = count === 1 ? "rule whose time is over is" : "rules whose time is over are";
  return `${count} ${what} still there: a running server removes such rules, or fwknop fw-flush\n`;
}

/** Columns as wide as their widest cell, the earliest end first. */
function formatRows(
  rules: readonly KeyedRule[],
  cycles: readonly PendingClose[],
  now: number,
): string {
  if (rules.length + cycles.length === 0) return "No rules of fwknop are in force\n";
  const rows = [
    ...rules.map((rule) => ruleRow(rule, now)),
    ...cycles.map((close) => cycleRow(close, now)),
  ].sort((a, b) => a.end - b.end).map(({ cells }) => cells.map(oneLine));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  return [HEADINGS, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

function isEverywhere(rule: RuleSummary): boolean {
  return rule.destination === "0.0.0.0/0" || rule.destination === "::/0";
}
