/**
 * Which chunks of a bundle are read together. `deno bundle` makes a chunk for every set of entries that need a module: a
 * knock reads sixty, at a tenth of a millisecond each. Here the chunks that the same starts need become one file.
 *
 * @module
 */

/** The files that are put together, by the name of the file they become, which begins with this. */
export const GROUP_PREFIX = "group-";

/**
 * Before the names of files that are not put into the one that imports them. In a folder that is not there: the bundler
 * takes no file for external that it is to make.
 */
export const OTHER_FILES = "./other/";

/** Static imports of one of the files, as `deno bundle` writes them; the list of names is absent where none is taken. */
const STATIC = /\bimport\s*(?:(\{[^{}]*\})\s*from\s*)?"\.\/([\w-]+\.js)"/g;
const DYNAMIC = /\bimport\(\s*"\.\/([\w-]+\.js)"\s*\)/g;
/** What a file exports, in one list; licences may stand below it. */
const EXPORTS = /^export\s*\{([^{}]*)\}/m;

/** The file and all that is evaluated before it. */
export function staticClosure(files: ReadonlyMap<string, string>, start: string): Set<string> {
  const closure = new Set([start]);
  for (const name of closure) {
    for (const [, , found = ""] of (files.get(name) ?? "").matchAll(STATIC)) closure.add(found);
  }
  return closure;
}

/**
 * Groups by the starts that need them: the file of a group for each chunk that is in one. What the entry needs is one
 * group, since every start loads it; what more than half of the starts need is in that group too. Chunks of rare moments, which none of the starts needs, stay alone, and so does the
 * entry: nothing may import it while it waits for its end.
 *
 * @param starts files that are loaded at one time each, such as that of the command `knock`.
 */
export function groupChunks(
  files: ReadonlyMap<string, string>,
  entry: string,
  starts: readonly string[],
): Map<string, string> {
  const always = staticClosure(files, entry);
  const closures = starts.map((start) => staticClosure(files, start));
  const groups = new Map<string, string>();
  for (const name of files.keys()) {
    const needs = closures.map((closure) => closure.has(name) ? "1" : "0").join("");
    const isCommon = needs.replaceAll("0", "").length > starts.length / 2;
    if (name === entry) continue;
    if (always.has(name) || isCommon) groups.set(name, `${GROUP_PREFIX}entry.js`);
    else if (needs.includes("1")) groups.set(name, `${GROUP_PREFIX}${needs}.js`);
  }
  return groups;
}

/**
 * The same program as sources of the groups: each chunk imports other groups by their file, and a source for each group
 * exports what other files take of its chunks. Bundled once more, each becomes one file.
 */
export function groupedSources(
  files: ReadonlyMap<string, string>,
  groups: ReadonlyMap<string, string>,
): Map<string, string> {
  const sources = new Map<string, string>();
  const targets = new Set(
    [...files.values()].flatMap((text) =>
      [...text.matchAll(DYNAMIC)].map(([, target = ""]) => target)
    ),
  );
  for (const [name, group] of groups) {
    const lines = [`import "./${name}";`];
    const names = exportedNames(files.get(name));
    if (names.length > 0) {
      const renamed = names.map((part) => `${part} as ${exportName(name, part)}`);
      lines.push(`export { ${renamed.join(", ")} } from "./${name}";`);
    }
    if (targets.has(name)) lines.push(`export * as ${exportName(name, "")} from "./${name}";`);
    sources.set(group, `${sources.get(group) ?? ""}${lines.join("\n")}\n`);
  }
  for (const [name, text] of files) {
    sources.set(name, redirect(text, groups.get(name), files, groups));
  }
  return sources;
}

function exportedNames(text = ""): string[] {
  const [, list = ""] = EXPORTS.exec(text) ?? [];
  return list.split(",").map((part) => part.trim().split(/\s+as\s+/).at(-1) ?? "").filter(Boolean);
}

/** A chunk with imports of other groups in place of those of their chunks. */
function redirect(
  text: string,
  own: string | undefined,
  files: ReadonlyMap<string, string>,
  groups: ReadonlyMap<string, string>,
): string {
  return text.replace(STATIC, (whole, names: string | undefined, target: string) => {
    const group = groups.get(target);
    if (group !== undefined && group === own) return whole;
    if (group === undefined) return whole.replace("./", OTHER_FILES);
    if (names === undefined) return `import "${OTHER_FILES}${group}"`;
    const taken = names.slice(1, -1).split(",").map((part) => part.trim()).filter(Boolean)
      .map((part) => {
        const [name = "", local = name] = part.split(/\s+as\s+/);
        if (!exportedNames(files.get(target)).includes(name)) {
          throw new Error(`${target} has no export ${name}`);
        }
        return `${exportName(target, name)} as ${local}`;
      });
    return `import { ${taken.join(", ")} } from "${OTHER_FILES}${group}"`;
  }).replace(DYNAMIC, (_whole, target: string) => {
    const group = groups.get(target);
    return group === undefined
      ? `import("${OTHER_FILES}${target}")`
      : `import("${OTHER_FILES}${group}").then((group) => group.${exportName(target, "")})`;
  });
}

/** Under which name a group exports a name of one of its chunks, or the whole chunk. */
function exportName(file: string, name: string): string {
  return `${file.replace(/\.js$/, "").replaceAll("-", "_")}$${name}`;
}
