/**
 * Tables in documents that are written from tables of the program. Two comments mark the place of each.
 *
 * @module
 */

/** One table. */
export interface WrittenTable {
  /** Its name in the comments: `refusals`. */
  readonly name: string;
  /** The file with the table of the program. */
  readonly from: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The page with the table written anew. @throws {Error} when the page has no place for it. */
export function writeTable(page: string, { name, from, head, rows }: WrittenTable): string {
  const begin = `<!-- ${name}: written by \`deno task docs\` from ${from} -->\n`;
  const end = `<!-- end of ${name} -->`;
  const [before = "", rest] = page.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (after === undefined) throw new Error(`The page has no ${begin.trim()} … ${end}`);
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`);
  return `${before}${begin}\n${lines.join("")}\n${end}${after}`;
}
