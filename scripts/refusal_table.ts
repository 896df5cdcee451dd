/**
 * Writes the table of refusals in `docs/log-format.md` from the table that the program itself reads.
 *
 * @module
 */
import type { FactKinds, FactShape } from "../lib/server/refusal_row.ts";
import { REFUSALS } from "../lib/server/refusals.ts";
import { STEPS } from "../lib/server/step.ts";
import { formatMarkdown } from "./format_markdown.ts";
import { ROOT } from "./process.ts";
import { writeTable } from "./written_table.ts";

/** Where the table is. */
export const LOG_FORMAT_PAGE = `${ROOT}docs/log-format.md`;

/** The page with its table written anew, formatted as `deno fmt` has it. */
export async function logFormatPage(page: string): Promise<string> {
  return await formatMarkdown(writeTable(page, {
    name: "refusals",
    from: "lib/server/refusals.ts",
    head: ["step", "code", "facts", "means"],
    rows: tableRows(),
  }));
}

function tableRows(): string[][] {
  const rows = Object.entries(REFUSALS).flatMap(([code, row]) =>
    [row, ...("again" in row && row.again !== undefined ? [row.again] : [])].map((
      { step, means },
    ) => ({ step, cells: [step, `\`${code}\``, factNames(row.facts), means] }))
  );
  // The sort is stable: rows of one step stay in their order.
  return rows.toSorted((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step))
    .map(({ cells }) => cells);
}

/** `error` is left out: in JSON it stands beside the facts. */
function factNames(shape: FactShape): string {
  if (Array.isArray(shape)) return shape.map(factNames).join(", or ");
  return Object.entries(shape as FactKinds).filter(([, kind]) => kind !== "spa-error")
    .map(([name]) => `\`${name.replace(/\?$/, "")}\``).join(" ");
}

if (import.meta.main) {
  const page = await Deno.readTextFile(LOG_FORMAT_PAGE);
  await Deno.writeTextFile(LOG_FORMAT_PAGE, await logFormatPage(page));
}
