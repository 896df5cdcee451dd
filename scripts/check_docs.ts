/**
 * Checks the documents: link targets exist, sections of the specification that a comment cites exist, and commands in
 * the documents exist.
 *
 * @module
 */
import { posix } from "node:path";
import { commandProblems } from "./check_commands.ts";
import { ROOT } from "./process.ts";
import { sourceFiles } from "./source_files.ts";

/** Reads a text of the tree; `undefined` when it does not exist. */
export type ReadText = (path: string) => string | undefined;

/** The anchor a heading gets on the usual forges. */
export function anchorOf(heading: string): string {
  return heading.replace(/`|\*|\[|\]\([^)]*\)/g, "").trim().toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
}

/** The text without fenced code, whose brackets are not links and whose `#` are not headings. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replace(/[^\n]/g, ""));
}

function headings(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = ""]) => text);
}

/** Links of a document without a target. Addresses on the network are not visited. */
export function linkProblems(path: string, markdown: string, read: ReadText): string[] {
  const problems: string[] = [];
  const text = withoutCode(markdown).replace(/`[^`\n]*`/g, (code) => " ".repeat(code.length));
  for (const match of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    const target = match[1] ?? "";
    if (/^(https?|mailto):/.test(target)) continue;
    const [file = "", anchor] = target.split("#");
    const line = text.slice(0, match.index).split("\n").length;
    const full = file === "" ? path : posix.join(posix.dirname(path), decodeURI(file));
    const content = full === path ? markdown : read(full);
    if (content === undefined) problems.push(`${path}:${line}: ${target} is not there`);
    else if (anchor !== undefined && full.endsWith(".md")) {
      if (!headings(content).some((heading) => anchorOf(heading) === anchor)) {
        problems.push(`${path}:${line}: ${full} has no heading #${anchor}`);
      }
    }
  }
  return problems;
}

/** Sections of `docs/spec` that a source file cites and that do not exist. */
export function citationProblems(path: string, source: string, read: ReadText): string[] {
  const problems: string[] = [];
  // A citation may continue on the next comment line.
  const text = source.replace(/(\n\s*)(?:\*|\/\/)(?!\/)/g, "$1 ");
  const citation =
    /docs\/spec\/(\w+)\.md`?(?:\s+(?:sections?\s+)?(\d+(?:\.\d+)*(?:(?:,|\s+and|\s+to)\s+\d+(?:\.\d+)*)*))?/g;
  for (const match of text.matchAll(citation)) {
    const line = text.slice(0, match.index).split("\n").length;
    const file = `docs/spec/${match[1]}.md`;
    const content = read(file);
    if (content === undefined) {
      problems.push(`${path}:${line}: ${file} is not there`);
      continue;
    }
    const sections = headings(content).map((heading) => /^(\d+(?:\.\d+)*)/.exec(heading)?.[1]);
    for (const [section] of (match[2] ?? "").matchAll(/\d+(?:\.\d+)*/g)) {
      if (!sections.includes(section)) {
        problems.push(`${path}:${line}: ${file} has no section ${section}`);
      }
    }
  }
  return problems;
}

/** Checks every document and every source file of the tree. */
export function checkDocs(): string[] {
  const files = new Set(sourceFiles(ROOT));
  const read: ReadText = (path) => {
    const clean = path.replace(/\/$/, "");
    try {
      return Deno.readTextFileSync(ROOT + clean);
    } catch {
      // A link may also lead to a folder.
      return [...files].some((file) => file.startsWith(`${clean}/`)) ? "" : undefined;
    }
  };
  const problems: string[] = [];
  const tasks = Object.keys(JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)).tasks);
  for (const file of files) {
    const text = /\.(md|ts)$/.test(file) ? read(file) : undefined;
    if (text === undefined) continue;
    if (file.endsWith(".md")) {
      problems.push(...linkProblems(file, text, read));
      // The specification shows command lines of the C tools, also refused ones.
      if (!file.startsWith("docs/spec/")) problems.push(...commandProblems(file, text, tasks));
    }
    // The tests of this check cite sections that do not exist.
    if (!file.startsWith("test/scripts/")) problems.push(...citationProblems(file, text, read));
  }
  return problems;
}

if (import.meta.main) {
  const problems = checkDocs();
  for (const problem of problems) console.error(problem);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
