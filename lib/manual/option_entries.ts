/**
 * Options and commands as parts of a manual page.
 *
 * @module
 */
import type { OptionRow } from "../config/option.ts";
import { type CommandDescription, type Commands, groupOptions, ownOptions } from "./command.ts";
import type { Block, Entry, ManualSection } from "./page.ts";
import { sentence } from "./text.ts";

/** An option's entry. */
function optionEntry(row: OptionRow): Entry {
  const { name, short, aliases, argument, brief, variable } = row;
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
  const remarks = [
    ...(aliases === undefined ? [] : [`Also ${aliases.map((alias) => `\`--${alias}\``)}.`]),
    ...(variable === undefined ? [] : [`In files: \`${variable}\`.`]),
  ];
  return {
    term: names.map((text) => `\`${text}\``).join(", ") +
      (argument === undefined ? "" : ` _${argument}_`),
    text: [sentence(brief), ...remarks].join(" "),
  };
}

/** Options under their headings. */
function optionBlocks(rows: readonly OptionRow[]): Block[] {
  return groupOptions(rows).flatMap(({ title, rows }): Block[] => [
    { kind: "heading", text: title ?? "Options" },
    { kind: "entries", entries: rows.map(optionEntry) },
  ]);
}

/**
 * The section of a command. It only names the options that it shares with another command, which describes them.
 *
 * @param shared the options of the other command, and where it is described.
 */
export function commandSection(
  name: string,
  command: CommandDescription,
  shared?: { readonly rows: readonly OptionRow[]; readonly where: string },
): ManualSection {
  const { brief, description, words } = command;
  const rows = ownOptions(command);
  const common = rows.filter((row) => shared?.rows.includes(row));
  const own = rows.filter((row) => !common.includes(row));
  const blocks: Block[] = [
    { kind: "text", text: sentence(brief) },
    ...(description === undefined ? [] : [{ kind: "text", text: description } as const]),
    ...(words === undefined ? [] : [wordsBlock(words)]),
  ];
  if (common.length > 0 && shared !== undefined) {
    const names = common.map(({ short, name }) =>
      short === undefined ? `\`--${name}\`` : `\`-${short}\``
    );
    blocks.push({ kind: "text", text: `${shared.where}: ${names.join(", ")}.` });
  }
  // If all options have the same heading, the heading is left out.
  const grouped = groupOptions(own);
  if (grouped.length === 1) blocks.push({ kind: "entries", entries: own.map(optionEntry) });
  else blocks.push(...optionBlocks(own));
  return { title: `fwknop ${name}`, blocks };
}

function wordsBlock(
  { placeholder, brief, phrases }: NonNullable<CommandDescription["words"]>,
): Block {
  const choices = phrases === undefined
    ? ""
    : ` One of ${phrases.map((phrase) => `\`${phrase}\``).join(", ")}.`;
  return {
    kind: "entries",
    entries: [{ term: `_${placeholder}_`, text: `${sentence(brief)}${choices}` }],
  };
}

/** The commands, one line each. */
export function commandEntries(commands: Commands): Entry[] {
  return Object.entries(commands).map(([name, { brief }]) => ({
    term: `\`${name}\``,
    text: sentence(brief),
  }));
}

/** Options that only the C tool's command line has. */
export function cEntries(rows: readonly OptionRow[]): Entry[] {
  return rows.filter(({ only }) => only === "c").map(optionEntry);
}
