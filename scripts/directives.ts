/**
 * Writes `docs/directives.md`: every directive of the server's files and whether it has effect, from the tables that the
 * program itself reads.
 *
 * @module
 */
import { ACCESS_ROWS } from "../lib/config/access_variables.ts";
import { FWKNOPD_ROWS } from "../lib/config/fwknopd_variables.ts";
import { formatRange, type VariableRow } from "../lib/config/variable.ts";
import { formatMarkdown } from "./format_markdown.ts";
import { ROOT } from "./process.ts";

/** Where the table is. */
export const DIRECTIVES_PAGE = `${ROOT}docs/directives.md`;

const HEADER = `# Directives

All directives of \`fwknopd.conf\` and \`access.conf\`, and whether each has an effect. \`deno task docs\`
makes this page from the tables in \`lib/config/fwknopd_variables.ts\` and \`access_variables.ts\`; a test
checks that it is current.

- **yes**: the directive does what the last column says.
- **none**: the directive is accepted and has no effect by design; the last column says why.

A directive of one firewall has an effect if the daemon uses that firewall.
`;

const INCLUDES = `
## Directives of access.conf that read other files

| directive | effect | what it does |
| --- | --- | --- |
| \`%include FILE\` | yes | Read the file as if its lines stood here; two levels deep |
| \`%include_folder FOLDER\` | yes | Read its \`*.conf\` files, in the order of their names |
| \`%include_keys FILE\` | yes | Take the keys of the stanza from the file |
`;

/** The page, formatted as `deno fmt` has it. */
export async function directivesPage(): Promise<string> {
  const inert = [...FWKNOPD_ROWS, ...ACCESS_ROWS].filter(({ honoured }) => honoured === "inert");
  const text = HEADER +
    `\n${inert.length} of ${FWKNOPD_ROWS.length + ACCESS_ROWS.length} have none: ` +
    `${inert.map(({ name }) => `\`${name}\``).join(", ")}.\n` +
    section("fwknopd.conf", FWKNOPD_ROWS) + section("access.conf", ACCESS_ROWS) + INCLUDES;
  return await formatMarkdown(text);
}

function section(title: string, rows: readonly VariableRow[]): string {
  const lines = rows.map((row) =>
    `| \`${row.name}\` | ${effect(row)} | ${values(row)} | ${row.doc}${remarks(row)} |\n`
  );
  return `\n## ${title}\n\n| directive | effect | default, range | what it does |\n` +
    `| --- | --- | --- | --- |\n${lines.join("")}`;
}

function effect({ honoured }: VariableRow): string {
  return honoured === "inert" ? "none" : "yes";
}

function values({ default: standard, range, unit, choices }: VariableRow): string {
  return [
    standard === undefined ? "not set" : `\`${standard}\``,
    ...(range === undefined ? [] : [formatRange(range, unit)]),
    ...(choices === undefined ? [] : [choices.join(", ")]),
  ].join("; ");
}

function remarks({ builds, extension, perlEra, since }: VariableRow): string {
  const words = [
    ...(builds ?? []),
    ...(extension ? ["ours"] : []),
    ...(perlEra ? ["of the perl daemon"] : []),
    ...(since === undefined ? [] : [`since ${since}`]),
  ];
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

if (import.meta.main) await Deno.writeTextFile(DIRECTIVES_PAGE, await directivesPage());
