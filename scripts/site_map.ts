/**
 * The pages of the site: which documents they come from, where they are written, and the order in which the navigation
 * lists them. `docs/README.md` is the map; the navigation is read from it.
 *
 * @module
 */
import { posix } from "node:path";
import { lexer, type Token, type Tokens } from "markdown";

/** The document whose headings and links are the navigation. */
export const MAP = "docs/README.md";

/** One line of the navigation. */
export interface Entry {
  /** The text of the link in the map. */
  readonly title: string;
  /** The document, from the root of the tree: `docs/explain.md`. */
  readonly source: string;
}

/** A heading of the map, and the documents below it. */
export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** Whether a file of the tree is a page of the site. */
export function isPage(path: string): boolean {
  return path.endsWith(".md") && (!path.includes("/") || path.startsWith("docs/"));
}

/** Where the page of a document is written: a `README.md` is the index of its folder. */
export function outputOf(source: string): string {
  const folder = posix.dirname(source);
  const name = posix.basename(source, ".md");
  return posix.join(folder, `${name === "README" ? "index" : name}.html`);
}

/** The path in the tree that a link of a document leads to. */
export function targetOf(source: string, href: string): string {
  const path = decodeURI(href.split("#")[0] ?? "");
  return path === "" ? source : posix.join(posix.dirname(source), path).replace(/\/$/, "");
}

/** All tokens of a document, also those inside others. */
function* everyToken(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    if (token.type === "table") {
      const { header, rows } = token as Tokens.Table;
      for (const cell of [...header, ...rows.flat()]) yield* everyToken(cell.tokens);
    } else if (token.type === "list") yield* everyToken((token as Tokens.List).items);
    else if ("tokens" in token) yield* everyToken(token.tokens ?? []);
  }
}

/** The links of a document to other documents, in order, each once. */
export function entriesOf(source: string, markdown: string): Entry[] {
  const found = new Map<string, Entry>();
  for (const token of everyToken(lexer(markdown))) {
    if (token.type !== "link" || /^[a-z]+:/.test(token.href)) continue;
    const target = targetOf(source, token.href);
    if (target !== source && isPage(target) && !found.has(target)) {
      found.set(target, { title: token.text, source: target });
    }
  }
  return [...found.values()];
}

/** The navigation: the headings of the map with the links below each. */
export function readMap(markdown: string): Group[] {
  return markdown.split(/^## /m).slice(1).map((part) => {
    const end = part.indexOf("\n");
    return { title: part.slice(0, end).trim(), entries: entriesOf(MAP, part.slice(end)) };
  });
}
