/**
 * Checks that imports point one way (`docs/architecture.md`), over the module graph that `deno info --json` draws.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { mustRun, ROOT } from "./process.ts";

/**
 * What each part may import besides itself. `lib/` has an entry per folder; a part that is not named here may not
 * exist. Every part shares the few files at the top of `lib/`.
 */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["cmd"],
  "cmd": ["lib/*"],
  "lib": [],
  "lib/errors": [],
  "lib/files": ["lib/errors"],
  "lib/net": [],
  "lib/crypto": [],
  "lib/exec": ["lib/errors", "ffi"],
  "lib/spa": ["lib/errors", "lib/net", "lib/crypto"],
  "lib/config": ["lib/errors", "lib/files", "lib/net", "lib/crypto", "lib/spa"],
  "lib/gpg": [
    "lib/errors",
    "lib/net",
    "lib/crypto",
    "lib/exec",
    "lib/spa",
    "lib/config",
  ],
  "lib/client": [
    "lib/errors",
    "lib/files",
    "lib/net",
    "lib/crypto",
    "lib/exec",
    "lib/spa",
    "lib/config",
    "lib/gpg",
    "ffi",
  ],
  "lib/capture": ["lib/errors", "lib/net", "lib/exec", "lib/config", "ffi"],
  "lib/firewall": [
    "lib/errors",
    "lib/files",
    "lib/net",
    "lib/exec",
    "lib/config",
    "lib/doctor",
    "ffi",
  ],
  "lib/doctor": ["lib/net", "lib/config"],
  "lib/command": ["lib/errors", "lib/files", "lib/net", "lib/exec", "lib/config"],
  "lib/server": [
    "lib/errors",
    "lib/files",
    "lib/net",
    "lib/crypto",
    "lib/exec",
    "lib/spa",
    "lib/config",
    "lib/capture",
    "lib/firewall",
    "lib/command",
    "lib/gpg",
  ],
  "lib/setup": [
    "lib/errors",
    "lib/files",
    "lib/net",
    "lib/exec",
    "lib/config",
    "lib/firewall",
    "lib/doctor",
    "lib/daemon",
    "ffi",
  ],
  "lib/manual": ["lib/crypto", "lib/spa", "lib/config", "lib/client"],
  "lib/report": [
    "lib/errors",
    "lib/net",
    "lib/crypto",
    "lib/spa",
    "lib/config",
    "lib/firewall",
    "lib/command",
    "lib/capture",
    "lib/gpg",
    "lib/server",
  ],
  "lib/daemon": [
    "lib/errors",
    "lib/files",
    "lib/exec",
    "lib/config",
    "lib/capture",
    "lib/firewall",
    "lib/command",
    "lib/server",
    "lib/report",
    "ffi",
  ],
  "lib/release": ["lib/errors", "lib/crypto"],
  "lib/install": [
    "lib/errors",
    "lib/files",
    "lib/crypto",
    "lib/exec",
    "lib/daemon",
    "lib/manual",
    "lib/release",
  ],
  "ffi": [],
};

/** Packages that only tests use. */
const TEST_PACKAGES = /^npm:\/?(fast-check|ip-address)@/;

/** One import, with paths from the root of the tree; `to` may also be `npm:…` or `node:…`. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Line of the import, from 1. */
  readonly line: number;
}

/** The part of the tree a file belongs to: `lib/net`, `cmd`, `main.ts`; `undefined` outside the product. */
export function partOf(path: string): string | undefined {
  const [top = "", second = ""] = path.split("/");
  if (top === "lib") return path.split("/").length > 2 ? `lib/${second}` : "lib";
  return ["cmd", "ffi"].includes(top) || path === "main.ts" ? top : undefined;
}

/** Why an import is not allowed, or `undefined`. */
export function importProblem({ from, to, line }: Import): string | undefined {
  const source = partOf(from);
  if (source === undefined) return undefined;
  const allowed = ALLOWED[source];
  if (allowed === undefined) return `${from}: ${source} has no place in the table of imports`;
  if (TEST_PACKAGES.test(to)) return `${from}:${line}: only tests may import ${to}`;
  if (/^(npm|data|blob):/.test(to)) return undefined;
  if (/^(node|https?|jsr):/.test(to)) return `${from}:${line}: may not import ${to}`;
  const target = partOf(to);
  if (target === undefined) return `${from}:${line}: the product may not import ${to}`;
  const isShared = target === "lib" && source !== "ffi" && source !== "main.ts";
  const isAllowed = target === source || isShared || allowed.includes(target) ||
    (allowed.includes("lib/*") && target.startsWith("lib/"));
  return isAllowed ? undefined : `${from}:${line}: ${source} may not import ${target} (${to})`;
}

/**
 * Files that import each other, directly or through others: one sentence for each group. Types count: a reader of a
 * circle has no first file.
 */
export function importCircles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (partOf(from) === undefined || partOf(to) === undefined) continue;
    targets.set(from, [...targets.get(from) ?? [], to]);
  }
  const reach = new Map<string, ReadonlySet<string>>();
  const reachOf = (start: string): ReadonlySet<string> => {
    const known = reach.get(start);
    if (known !== undefined) return known;
    const seen = new Set<string>();
    const waiting = [...targets.get(start) ?? []];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...targets.get(next) ?? []);
    }
    reach.set(start, seen);
    return seen;
  };
  const reported = new Set<string>();
  const problems: string[] = [];
  for (const file of targets.keys()) {
    if (reported.has(file) || !reachOf(file).has(file)) continue;
    const circle = [...reachOf(file)].filter((other) => reachOf(other).has(file)).toSorted();
    for (const member of circle) reported.add(member);
    problems.push(`a circle of imports: ${circle.join(", ")}`);
  }
  return problems;
}

/** The part of the output of `deno info --json` that this script reads. */
interface ModuleGraph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly code?: ResolvedImport;
      readonly type?: ResolvedImport;
    }[];
  }[];
}

interface ResolvedImport {
  readonly specifier?: string;
  readonly error?: string;
  readonly span: { readonly start: { readonly line: number } };
}

/** The imports in a module graph, types included; `root` is the tree's own `file:` URL. */
export function importsOf(graph: ModuleGraph, root: string): Import[] {
  const strip = (url: string): string => url.startsWith(root) ? url.slice(root.length) : url;
  return graph.modules.flatMap(({ specifier, dependencies }) =>
    (dependencies ?? []).flatMap(({ code, type }) =>
      [code, type].flatMap((resolved) =>
        resolved?.specifier === undefined ? [] : [{
          from: strip(specifier),
          to: strip(resolved.specifier),
          line: resolved.span.start.line + 1,
        }]
      )
    )
  );
}

/** Every source file of the product, from the root of the tree. */
async function* sourceFiles(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of Deno.readDir(ROOT + folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) yield* sourceFiles(path);
      else if (/\.tsx?$/.test(path) && !path.endsWith(".d.ts")) yield path;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Draws the graph of everything in the product and returns the imports that are not allowed. */
export async function checkImports(): Promise<string[]> {
  const files = ["main.ts"];
  for (const folder of ["cmd", "lib", "ffi"]) {
    files.push(...await Array.fromAsync(sourceFiles(folder)));
  }
  const root = pathToFileURL(ROOT).href;
  // One module that imports every file, so that files that no command reaches are checked too.
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      files.map((file) => `import ${JSON.stringify(root + file)};`).join("\n"),
    );
    const json = await mustRun(Deno.execPath(), [
      "info",
      "--json",
      "--frozen",
      `--config=${ROOT}deno.json`,
      entry,
    ]);
    const graph: ModuleGraph = JSON.parse(json);
    const errors = graph.modules.flatMap(({ specifier, error }) =>
      error === undefined ? [] : [`${specifier}: ${error}`]
    );
    const imports = importsOf(graph, root);
    const problems = imports.map(importProblem).filter((problem) => problem !== undefined);
    return [...errors, ...new Set(problems), ...importCircles(imports)];
  } finally {
    await Deno.remove(entry);
  }
}

if (import.meta.main) {
  const problems = await checkImports();
  for (const problem of problems) console.error(problem);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
