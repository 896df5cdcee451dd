/**
 * Makes a page of the site from a document. Raw HTML in a document is shown as text, except comments, which are left
 * out. A page needs no JavaScript and loads nothing but the style sheet and pictures beside it.
 *
 * @module
 */
import { posix } from "node:path";
import { Marked, type Tokens } from "markdown";
import { anchorOf } from "./check_docs.ts";
import { type Entry, type Group, outputOf, targetOf } from "./site_map.ts";

/** The style sheet, from the root of the site. */
export const STYLE = "style.css";

/** What a page needs to know about the others. */
export interface Site {
  readonly groups: readonly Group[];
  /** Entries that the navigation lists below an entry while one of them, or the entry itself, is shown. */
  readonly below: ReadonlyMap<string, readonly Entry[]>;
  /** Where the page of a path of the tree is written, or `undefined` where it has none. */
  pageOf(path: string): string | undefined;
}

/** The text with the characters that mean something in HTML written as references. */
export function escapeHtml(text: string): string {
  const references: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (character) => references[character] ?? character);
}

/** A heading of level 2, for the list of sections at the top of a page. */
interface Section {
  readonly anchor: string;
  readonly html: string;
}

/** The body of a page. @throws {Error} for a link or a picture that the site cannot hold. */
function renderBody(
  source: string,
  markdown: string,
  site: Site,
): { html: string; title: string; sections: Section[] } {
  const here = posix.dirname(outputOf(source));
  const used = new Map<string, number>();
  const sections: Section[] = [];
  let title = "";
  const linkTo = (href: string): string => {
    if (/^(https?|mailto):/.test(href)) return href;
    if (/^[a-z][a-z0-9+.-]*:|^\//i.test(href)) throw new Error(`${source}: a link to "${href}"`);
    const [, anchor] = href.split("#");
    const page = site.pageOf(targetOf(source, href));
    if (page === undefined) throw new Error(`${source}: "${href}" has no page`);
    const path = page === outputOf(source) && anchor !== undefined
      ? ""
      : posix.relative(here, page);
    return anchor === undefined ? path : `${path}#${anchor}`;
  };
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading): string {
        const base = anchorOf(text);
        const count = used.get(base) ?? 0;
        used.set(base, count + 1);
        // A forge numbers headings with the same text.
        const anchor = count === 0 ? base : `${base}-${count}`;
        const html = this.parser.parseInline(tokens);
        if (depth === 1 && title === "") title = text.replace(/[`*]/g, "");
        if (depth === 2) sections.push({ anchor, html: html.replace(/<\/?a\b[^>]*>/g, "") });
        const id = escapeHtml(anchor);
        const link = `<a class="anchor" href="#${id}" aria-label="Link to this section">#</a>`;
        return `<h${depth} id="${id}">${html}${depth === 1 ? "" : link}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        return `<a href="${escapeHtml(linkTo(href))}">${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text }: Tokens.Image): string {
        if (/^[a-z]+:|^\//.test(href)) throw new Error(`${source}: a picture at "${href}"`);
        if (text === "") throw new Error(`${source}: the picture "${href}" has no text`);
        const path = posix.relative(here, targetOf(source, href));
        return `<span class="picture"><img src="${escapeHtml(path)}" alt="${
          escapeHtml(text)
        }"></span>`;
      },
      html({ text }: Tokens.HTML | Tokens.Tag): string {
        return escapeHtml(text.replace(/<!--[\s\S]*?-->/g, "").trim());
      },
      code({ text, lang }: Tokens.Code): string {
        const kind = lang ? ` class="language-${escapeHtml(lang)}"` : "";
        return `<pre tabindex="0"><code${kind}>${escapeHtml(text)}\n</code></pre>\n`;
      },
      table(token: Tokens.Table): string {
        const row = (cells: Tokens.TableCell[], tag: string): string =>
          `<tr>${
            cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join(
              "",
            )
          }</tr>\n`;
        const body = token.rows.map((cells) => row(cells, "td")).join("");
        return `<div class="table" tabindex="0"><table>\n<thead>\n${
          row(token.header, "th")
        }</thead>\n` +
          `<tbody>\n${body}</tbody>\n</table></div>\n`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  return { html, title, sections };
}

/** The list of the sections of a long page. */
function sectionList(sections: readonly Section[]): string {
  if (sections.length < 4) return "";
  const items = sections.map(({ anchor, html }) =>
    `<li><a href="#${escapeHtml(anchor)}">${html}</a></li>\n`
  );
  return `<details class="sections">\n<summary>On this page</summary>\n<ul>\n${
    items.join("")
  }</ul>\n</details>\n`;
}

function navigation(source: string, site: Site): string {
  const here = posix.dirname(outputOf(source));
  const item = (entry: Entry): string => {
    const href = posix.relative(here, outputOf(entry.source));
    const current = entry.source === source ? ' aria-current="page"' : "";
    const below = site.below.get(entry.source) ?? [];
    const open = entry.source === source || below.some((inner) => inner.source === source);
    const inner = open && below.length > 0 ? `\n<ul>\n${below.map(item).join("")}</ul>\n` : "";
    const title = escapeHtml(entry.title.replace(/`/g, ""));
    return `<li><a href="${escapeHtml(href)}"${current}>${title}</a>${inner}</li>\n`;
  };
  const groups = site.groups.map(({ title, entries }) =>
    `<p>${escapeHtml(title)}</p>\n<ul>\n${entries.map(item).join("")}</ul>\n`
  );
  return `<nav id="documents" aria-label="Documents">\n${groups.join("")}</nav>`;
}

/** The whole page of a document. */
export function renderPage(source: string, markdown: string, site: Site): string {
  const { html, title, sections } = renderBody(source, markdown, site);
  const root = posix.relative(posix.dirname(outputOf(source)), ".") || ".";
  const top = html.indexOf("</h1>\n");
  const end = top < 0 ? 0 : top + "</h1>\n".length;
  const content = html.slice(0, end) + sectionList(sections) + html.slice(end);
  const name = title === "" ? source : title;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(name.startsWith("fwknop") ? name : `${name} · fwknop`)}</title>
<link rel="stylesheet" href="${root}/${STYLE}">
</head>
<body>
<header>
<a class="home" href="${root}/index.html">fwknop</a>
<a class="to-documents" href="#documents">Documents</a>
</header>
<main>
${content}</main>
${navigation(source, site)}
</body>
</html>
`;
}
