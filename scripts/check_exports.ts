/**
 * Checks that other files of the product use each value that a file exports, and that each exported name stands for one
 * thing.
 *
 * @module
 */
import { ROOT } from "./process.ts";
import { sourceFiles } from "./source_files.ts";

/** A value that a file exports. Types do not count: they belong to the signatures that need them. */
const EXPORTED = /^export (?:async )?(?:function\*?|const|let|class|abstract class|enum) (\w+)/gm;

/** Values that only tests use, and why they are still exported. */
const FOR_TESTS: ReadonlySet<string> = new Set([
  // The inverse of a parser: the property test of the parser needs it.
  "lib/config/nat_targets.ts formatNatTargets",
]);

/**
 * One sentence for each value that no other file uses, or that only tests use although its own file does not.
 *
 * @param files texts by path; those below `cmd/`, `lib/` and `ffi/` are the product.
 */
export function exportProblems(files: ReadonlyMap<string, string>): string[] {
  const words = new Map(
    [...files].map(([path, text]) => [path, new Set(text.match(/\w+/g) ?? [])] as const),
  );
  const problems: string[] = [];
  for (const [path, text] of files) {
    if (!isProduct(path)) continue;
    for (const [, name = ""] of text.matchAll(EXPORTED)) {
      const users = [...words].filter(([user, used]) => user !== path && used.has(name))
        .map(([user]) => user);
      const ownUses = text.split(new RegExp(`\\b${name}\\b`)).length - 2;
      if (users.length === 0) problems.push(`${path}: nothing imports ${name}: do not export it`);
      else if (
        ownUses === 0 && !users.some(isProduct) && !FOR_TESTS.has(`${path} ${name}`)
      ) problems.push(`${path}: only tests use ${name}: remove it`);
    }
  }
  return problems;
}

/** Anything that a file exports. */
const NAMED =
  /^export (?:async )?(?:function\*?|const|let|class|abstract class|enum|type|interface) (\w+)/gm;

/** Folders of files that all export the same names: the parts of a manual page. */
const SAME_SHAPE: readonly string[] = ["lib/manual/prose/"];

/** One sentence for each name that two files of the product export: a reader would take one thing for the other. */
export function nameProblems(files: ReadonlyMap<string, string>): string[] {
  const exporters = new Map<string, Set<string>>();
  for (const [path, text] of files) {
    if (!isProduct(path) || SAME_SHAPE.some((folder) => path.startsWith(folder))) continue;
    for (const [, name = ""] of text.matchAll(NAMED)) {
      exporters.set(name, (exporters.get(name) ?? new Set()).add(path));
    }
  }
  return [...exporters].filter(([, paths]) => paths.size > 1).map(([name, paths]) =>
    `${[...paths].join(" and ")} export ${name}: give each thing a name of its own`
  );
}

function isProduct(path: string): boolean {
  return /^(cmd|lib|ffi)\//.test(path) || path === "main.ts";
}

/** Reads the tree and checks it. */
export function checkExports(): string[] {
  const paths = sourceFiles(ROOT).filter((path) => path.endsWith(".ts"));
  const files = new Map(paths.map((path) => [path, Deno.readTextFileSync(ROOT + path)]));
  return [...exportProblems(files), ...nameProblems(files)];
}
