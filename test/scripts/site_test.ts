import assert from "node:assert/strict";
import { posix } from "node:path";
import { ROOT } from "../../scripts/process.ts";
import { buildSite, readDocuments } from "../../scripts/site.ts";
import { nestingProblems, siteProblems } from "../../scripts/site_links.ts";
import { entriesOf, MAP, outputOf, readMap } from "../../scripts/site_map.ts";

const documents = readDocuments();
const site = buildSite(documents);

/** A site with a map and these documents, as the pages of the site. */
function built(files: Record<string, string>): Map<string, string> {
  return buildSite(new Map(Object.entries({ [MAP]: "# Map\n\n## All\n", ...files })));
}

/** The main part of a page. */
function main(html: string | undefined): string {
  return /<main>\n([\s\S]*)<\/main>/.exec(html ?? "")?.[1] ?? "";
}

Deno.test("every link of the site leads somewhere and every element is closed", () => {
  assert.deepEqual(siteProblems(site), []);
  assert.ok(site.size > 30);
});

Deno.test("no page names a path of the machine that made it, and none needs a script", () => {
  for (const [path, text] of site) {
    assert.ok(!text.includes(ROOT), path);
    assert.ok(
      !/<script|javascript:|\son[a-z]+="/i.test(main(text).replace(/<pre[\s\S]*?<\/pre>/g, "")),
      path,
    );
  }
});

Deno.test("the map leads to every document, directly or over the index of its folder", () => {
  const mapped = readMap(documents.get(MAP) ?? "").flatMap(({ entries }) => entries)
    .map(({ source }) => source);
  const found = new Set([MAP, ...mapped]);
  for (const source of mapped.filter((path) => path.endsWith("/README.md"))) {
    for (const entry of entriesOf(source, documents.get(source) ?? "")) found.add(entry.source);
  }
  for (const path of documents.keys()) {
    if (path.endsWith(".md") && !path.startsWith("examples/")) assert.ok(found.has(path), path);
  }
});

Deno.test("the text of every document is in its page to the last heading", () => {
  for (const [path, text] of documents) {
    if (!path.endsWith(".md") || path.startsWith("examples/")) continue;
    const titles = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").match(/^#{1,6} .+$/gm) ?? [];
    const made = site.get(outputOf(path))?.match(/<h[1-6] id=/g) ?? [];
    assert.equal(made.length, titles.length, path);
  }
});

Deno.test("headings with the same text get the numbers that a forge gives them", () => {
  const page = built({ "README.md": "# A\n\n## The `b` c\n\n## The b c\n\n[x](#the-b-c-1)\n" });
  const ids = Array.from(main(page.get("index.html")).matchAll(/ id="([^"]*)"/g), ([, id]) => id);
  assert.deepEqual(ids, ["a", "the-b-c", "the-b-c-1"]);
  assert.deepEqual(siteProblems(page), []);
});

Deno.test("HTML in a document is text in its page, and a comment is left out", () => {
  const html = main(
    built({
      "README.md":
        "# A\n\n<!-- made -->\n\n<script>alert(1)</script>\n\na <b onclick=x>c</b> `<i>` d\n\n```\n<u>\n```\n",
    }).get("index.html"),
  );
  assert.ok(!/<script|<b |<i>|<u>|made/.test(html), html);
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
});

Deno.test("links are relative, and a README is the index of its folder", () => {
  const pages = built({
    "README.md": "# A\n\n[b](docs/b/README.md#c) [folder](docs/b)\n",
    "docs/b/README.md": "# B\n\n## C\n\n[up](../../README.md)\n",
  });
  assert.match(main(pages.get("index.html")), /"docs\/b\/index\.html#c".*"docs\/b\/index\.html"/);
  assert.match(main(pages.get("docs/b/index.html")), /href="\.\.\/\.\.\/index\.html"/);
});

Deno.test("a file or folder that is no document gets a page that shows it", () => {
  const pages = built({
    "README.md": "# A\n\n[l](LICENSE) [e](examples/x)\n",
    "LICENSE": "a < b\n```\n",
    "examples/x/y.conf": "Z 1\n",
  });
  assert.match(main(pages.get("LICENSE.html")), /a &lt; b\n```/);
  assert.match(main(pages.get("examples/x/index.html")), /y\.conf[\s\S]*Z 1/);
  assert.deepEqual(siteProblems(pages), []);
});

Deno.test("a link that leads nowhere, and one to a script, end the build with the document's name", () => {
  for (const href of ["gone.md", "javascript:alert(1)", "/etc/passwd", "../outside.md"]) {
    assert.throws(() => built({ "docs/a.md": `# A\n\n[x](${href})\n` }), /docs\/a\.md.*/, href);
  }
});

Deno.test("the check of the site finds a lost anchor, another host, and a crossed element", () => {
  const files = new Map([
    ["a.html", '<p><a href="b.html#c">c</a><img src="https://example.com/p.svg"></p>'],
    ["b.html", '<h1 id="d">d</h1><a href="/e">e</a>'],
  ]);
  assert.deepEqual(siteProblems(files), [
    "a.html: b.html has no anchor #c",
    'a.html: src="https://example.com/p.svg" is on another host',
    'b.html: href="/e" is not a relative link',
  ]);
  assert.equal(nestingProblems("a", "<p><b></p></b>").length, 1);
  assert.equal(nestingProblems("a", "<p>").length, 1);
});

Deno.test("pages of the navigation exist", () => {
  for (const { title, entries } of readMap(documents.get(MAP) ?? "")) {
    assert.ok(entries.length > 0, title);
    for (const { source } of entries) assert.ok(documents.has(source), posix.join(source));
  }
});
