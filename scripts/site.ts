/**
 * `deno task site`: the documents as static pages in `dist/site`, or in the folder that `--out` names. The links are
 * relative, so that the pages work from a file and below any address.
 *
 * @module
 */
import { posix } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./process.ts";
import { renderPage, type Site, STYLE } from "./site_html.ts";
import { siteProblems } from "./site_links.ts";
import { entriesOf, type Entry, isPage, MAP, outputOf, readMap } from "./site_map.ts";
import { sourceFiles } from "./source_files.ts";

/** Pictures of the documents, which the site copies. */
const PICTURE = /^docs\/.*\.svg$/;

/** The documents that the pages are made from: paths of the tree with their text. */
export type Documents = ReadonlyMap<string, string>;

/** A fence that no line of the text closes. */
function fenced(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}\n`;
}

/** The document that stands for a folder without a `README.md`, or for a file that is not one: what is in it. */
function standIn(path: string, documents: Documents): string | undefined {
  const text = documents.get(path);
  if (text !== undefined) return `# ${posix.basename(path)}\n\n${fenced(text)}`;
  const inside = [...documents.keys()].filter((file) => file.startsWith(`${path}/`));
  if (inside.length === 0) return undefined;
  const parts = inside.map((file) => {
    const name = posix.relative(path, file);
    return isPage(file)
      ? `- [${name}](${name})\n`
      : `## ${name}\n\n${fenced(documents.get(file) ?? "")}`;
  });
  return `# ${path}\n\n${parts.join("\n")}`;
}

/** Where the stand-in of a path is written: the name that a document there would have. */
function standInSource(path: string, documents: Documents): string {
  return documents.has(path) ? `${path}.md` : `${path}/README.md`;
}

/**
 * Makes the site.
 *
 * @returns every file: its path from the root of the site, and its text.
 * @throws {Error} naming the document with a link that leads nowhere.
 */
export function buildSite(documents: Documents): Map<string, string> {
  const map = documents.get(MAP);
  if (map === undefined) throw new Error(`${MAP} is not there`);
  const sources = new Map([...documents].filter(([path]) => isPage(path)));
  const queue = [...sources.keys()];
  const groups = readMap(map);
  const below = new Map<string, readonly Entry[]>();
  for (const { source } of groups.flatMap(({ entries }) => entries)) {
    const text = sources.get(source);
    if (source === MAP || !source.endsWith("/README.md") || text === undefined) continue;
    const folder = `${posix.dirname(source)}/`;
    below.set(source, entriesOf(source, text).filter((entry) => entry.source.startsWith(folder)));
  }
  const site: Site = {
    groups,
    below,
    pageOf: (path) => {
      const readme = path === "." ? "README.md" : `${path}/README.md`;
      const source = [path, readme].find((name) => sources.has(name));
      if (source !== undefined) return outputOf(source);
      const text = standIn(path, documents);
      if (text === undefined) return undefined;
      const made = standInSource(path, documents);
      if (!sources.has(made)) {
        sources.set(made, text);
        queue.push(made);
      }
      return outputOf(made);
    },
  };
  const files = new Map<string, string>();
  for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
    files.set(outputOf(source), renderPage(source, sources.get(source) ?? "", site));
  }
  for (const [path, text] of documents) if (PICTURE.test(path)) files.set(path, text);
  files.set(STYLE, Deno.readTextFileSync(new URL("./site.css", import.meta.url)));
  return files;
}

/** The documents of the tree, and the files that they may show. */
export function readDocuments(): Map<string, string> {
  const shown = (path: string): boolean =>
    isPage(path) || PICTURE.test(path) || path === "LICENSE" || path.startsWith("examples/");
  return new Map(
    sourceFiles(ROOT).filter(shown).map((path) => [path, Deno.readTextFileSync(ROOT + path)]),
  );
}

if (import.meta.main) {
  const { values } = parseArgs({ args: Deno.args, options: { out: { type: "string" } } });
  const out = values.out ?? `${ROOT}dist/site`;
  const files = buildSite(readDocuments());
  const problems = siteProblems(files);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) Deno.exit(1);
  if (values.out === undefined) {
    // Pages of documents that are gone must not stay.
    await Deno.remove(out, { recursive: true }).catch(() => {});
  }
  for (const [path, text] of files) {
    await Deno.mkdir(posix.dirname(`${out}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${out}/${path}`, text);
  }
  const pages = [...files.keys()].filter((path) => path.endsWith(".html")).length;
  console.log(`${pages} pages, every link leads somewhere: ${out}/index.html`);
}
