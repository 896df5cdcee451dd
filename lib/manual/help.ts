/**
 * What `--help` prints, 80 columns wide.
 *
 * @module
 */
import {
  COMMAND_GROUPS,
  type CommandDescription,
  type CommandTitle,
  groupOptions,
  ownOptions,
} from "./command.ts";
import { formatEntry, formatOptions, LINE_WIDTH } from "./option_list.ts";
import { PROGRAM_SUMMARY, PROGRAM_TEXT } from "./prose/program.ts";
import { fill, plainText, sentence, textBlocks } from "./text.ts";

const NAME_COLUMN = 15;

/** The help of the program: what it is, and its commands. */
export function programHelp(commands: Readonly<Record<string, CommandTitle>>): string {
  const groups = COMMAND_GROUPS.map((group) => {
    const lines = Object.entries(commands).filter(([, command]) => command.group === group)
      .map(([name, { brief }]) => formatEntry(`  ${name}`, brief, NAME_COLUMN));
    return [`${group}:`, ...lines].join("\n");
  });
  return `${
    [
      "Usage: fwknop COMMAND [OPTION]...\n       fwknop help COMMAND",
      PROGRAM_SUMMARY,
      ...groups,
      formatText(PROGRAM_TEXT),
    ].join("\n\n")
  }\n`;
}

/** The help of one command. */
export function commandHelp(name: string, command: CommandDescription): string {
  const { brief, description, words } = command;
  const placeholder = words === undefined ? "" : ` [${words.placeholder}]`;
  const options = groupOptions(ownOptions(command)).map(({ title, rows }) =>
    `${title ?? "Options"}:\n${formatOptions(rows)}`
  );
  const help = formatEntry(" -h, --help", "Print this text and exit", 30);
  return `${
    [
      `Usage: fwknop ${name} [OPTION]...${placeholder}`,
      fill(sentence(brief), LINE_WIDTH).join("\n"),
      ...(description === undefined ? [] : [formatText(description)]),
      ...(words === undefined ? [] : [formatEntry(` ${words.placeholder}`, words.brief, 30)]),
      ...options,
      help,
    ].join("\n\n")
  }\n`;
}

function formatText(text: string): string {
  return textBlocks(text).map((block) =>
    block.kind === "paragraph"
      ? fill(plainText(block.text), LINE_WIDTH).join("\n")
      : block.lines.map((line) => `  ${line}`).join("\n")
  ).join("\n\n");
}
