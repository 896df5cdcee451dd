/**
 * Checks the built site: every internal link and anchor leads somewhere, nothing is loaded from another host, and
 * elements are nested.
 *
 * @module
 */
import { posix } from "node:path";

/** Elements without an end tag that the pages use. */
const VOID = new Set(["meta", "link", "img", "br", "hr", "input"]);

/** Elements that are not closed in the order they were opened. */
export function nestingProblems(path: string, html: string): string[] {
  const open: string[] = [];
  for (const [, end, name = ""] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (VOID.has(name)) continue;
    if (end === "") open.push(name);
    else if (open.at(-1) !== name) {
      return [`${path}: </${name}> where <${open.at(-1) ?? "nothing"}> is open`];
    } else open.pop();
  }
  return open.map((name) => `${path}: <${name}> is not closed`);
}

/**
 * Checks the links of all pages.
 *
 * @param files every file of the site: its path from the root, and its text (pictures and style sheets too).
 */
export function siteProblems(files: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const anchors = new Map<string, Set<string>>();
  const ids = (path: string): Set<string> => {
    let found = anchors.get(path);
    if (found === undefined) {
      const all = Array.from(
        (files.get(path) ?? "").matchAll(/ id="([^"]*)"/g),
        ([, id]) => id ?? "",
      );
      found = new Set(all);
      if (found.size < all.length) problems.push(`${path}: an anchor is there twice`);
      anchors.set(path, found);
    }
    return found;
  };
  for (const [path, html] of files) {
    if (!path.endsWith(".html")) continue;
    ids(path);
    problems.push(...nestingProblems(path, html));
    for (const [tag, kind, value = ""] of html.matchAll(/<[a-z]+ [^>]*?(href|src)="([^"]*)"/g)) {
      if (/^(https?|mailto):/.test(value)) {
        if (!tag.startsWith("<a ")) problems.push(`${path}: ${kind}="${value}" is on another host`);
        continue;
      }
      if (/^[a-z]+:|^\//i.test(value)) {
        problems.push(`${path}: ${kind}="${value}" is not a relative link`);
        continue;
      }
      const [file = "", anchor] = value.split("#");
      const target = file === "" ? path : posix.join(posix.dirname(path), decodeURI(file));
      if (!files.has(target)) problems.push(`${path}: ${target} is not in the site`);
      else if (anchor !== undefined && !ids(target).has(decodeURIComponent(anchor))) {
        problems.push(`${path}: ${target} has no anchor #${anchor}`);
      }
    }
  }
  return problems;
}
