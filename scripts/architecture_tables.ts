/**
 * Writes the tables in `docs/architecture.md` that the program has itself: who may import whom, and the parts of the
 * daemon.
 *
 * @module
 */
import { PARTS } from "../lib/daemon/parts.ts";
import { ALLOWED } from "./check_imports.ts";
import { formatMarkdown } from "./format_markdown.ts";
import { ROOT } from "./process.ts";
import { writeTable } from "./written_table.ts";

/** Where the tables are. */
export const ARCHITECTURE_PAGE = `${ROOT}docs/architecture.md`;

/** The page with its tables written anew, formatted as `deno fmt` has it. */
export async function architecturePage(page: string): Promise<string> {
  const withImports = writeTable(page, {
    name: "imports",
    from: "scripts/check_imports.ts",
    head: ["folder", "may import"],
    rows: Object.entries(ALLOWED).filter(([part]) => part.startsWith("lib/"))
      .map(([part, list]) => [
        `\`${part.slice("lib/".length)}\``,
        list.map(spoken).join(", ") || "nothing",
      ]),
  });
  return await formatMarkdown(writeTable(withImports, {
    name: "parts",
    from: "lib/daemon/parts.ts",
    head: ["part", "what it is", "survives a reload", "ends"],
    rows: Object.entries(PARTS).map(([name, { is, survives, ends = "" }]) => [
      name,
      is,
      survives,
      ends,
    ]),
  }));
}

function spoken(part: string): string {
  return part.startsWith("lib/") ? part.slice("lib/".length) : `\`${part}/\``;
}

if (import.meta.main) {
  const page = await Deno.readTextFile(ARCHITECTURE_PAGE);
  await Deno.writeTextFile(ARCHITECTURE_PAGE, await architecturePage(page));
}
