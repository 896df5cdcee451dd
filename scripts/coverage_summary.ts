/**
 * Coverage per folder, from the LCOV report of `deno coverage`.
 *
 * @module
 */

/** Lines of one folder. */
export interface FolderCoverage {
  /** `lib/net`, `cmd`, `main.ts`. */
  readonly folder: string;
  readonly covered: number;
  readonly lines: number;
}

/** The folder a file is counted under. */
function folderOf(path: string): string {
  const parts = path.split("/");
  return parts.slice(0, parts[0] === "lib" && parts.length > 2 ? 2 : 1).join("/");
}

/** Sums an LCOV report over the folders of the product; tests, scripts and files outside `root` are left out. */
export function coverageByFolder(lcov: string, root: string): FolderCoverage[] {
  const folders = new Map<string, { covered: number; lines: number }>();
  let current: { covered: number; lines: number } | undefined;
  for (const line of lcov.split("\n")) {
    const [, key, value = ""] = /^(SF|LF|LH):(.*)$/.exec(line) ?? [];
    if (key === "SF") {
      current = undefined;
      if (!value.startsWith(root)) continue;
      const folder = folderOf(value.slice(root.length));
      if (folder === "test" || folder === "scripts") continue;
      current = folders.get(folder) ?? { covered: 0, lines: 0 };
      folders.set(folder, current);
    } else if (current !== undefined && key === "LF") current.lines += Number(value);
    else if (current !== undefined && key === "LH") current.covered += Number(value);
  }
  return [...folders].map(([folder, counts]) => ({ folder, ...counts }))
    .toSorted((a, b) => a.folder < b.folder ? -1 : 1);
}

/** A table for the terminal, with the total below. */
export function formatCoverage(folders: readonly FolderCoverage[]): string[] {
  const total = folders.reduce(
    (sum, { covered, lines }) => ({
      folder: "all",
      covered: sum.covered + covered,
      lines: sum.lines + lines,
    }),
    { folder: "all", covered: 0, lines: 0 },
  );
  const width = Math.max(...[...folders, total].map(({ folder }) => folder.length));
  return [...folders, total].map(({ folder, covered, lines }) => {
    const percent = lines === 0 ? 100 : 100 * covered / lines;
    return `${folder.padEnd(width)}  ${percent.toFixed(1).padStart(5)} %  of ${lines} lines`;
  });
}
