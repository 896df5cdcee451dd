/**
 * Renders manual pages in the macros of man(7), for groff, mandoc and others.
 *
 * @module
 */
import { VERSION } from "../version.ts";
import type { Block, ManualPage } from "./page.ts";
import { type Run, textBlocks, textRuns } from "./text.ts";

/** The page as a roff document. */
export function renderRoff(page: ManualPage): string {
  const lines = [
    // The date is left out: a page has the age of its program.
    `.TH ${quote(page.name.toUpperCase())} ${page.section} "" ${quote(`fwknop ${VERSION}`)} ` +
    quote("fwknop manual"),
    // No hyphens inside words that people copy; no stretched lines.
    ".nh",
    ".ad l",
    ".SH NAME",
    `${escapeText(page.name)} \\- ${escapeText(page.brief)}`,
    ...synopsis(page),
    ...page.sections.flatMap(({ title, blocks }) => [
      `.SH ${quote(title.toUpperCase())}`,
      ...blocks.flatMap(renderBlock),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function synopsis({ synopsis }: ManualPage): string[] {
  if (synopsis.length === 0) return [];
  return [
    ".SH SYNOPSIS",
    ...synopsis.flatMap((line, index) => [...(index === 0 ? [] : [".br"]), inline(line)]),
  ];
}

function renderBlock(block: Block): string[] {
  switch (block.kind) {
    case "heading":
      return [`.SS ${quote(block.text)}`];
    case "text":
      return textLines(block.text, ".PP");
    case "entries":
      return block.entries.flatMap(({ term, text }) => [
        ".TP",
        inline(term),
        // Later paragraphs stay indented.
        ...textLines(text, ".IP").slice(1),
      ]);
  }
}

/** Paragraphs, each after the macro that begins one. */
function textLines(text: string, paragraph: string): string[] {
  return textBlocks(text).flatMap((block) =>
    block.kind === "paragraph"
      ? [paragraph, inline(block.text)]
      : [paragraph, ".RS 4", ".nf", ...block.lines.map(literalLine), ".fi", ".RE"]
  );
}

const FONTS: Readonly<Record<Run["look"], string>> = {
  plain: "",
  literal: "\\fB",
  placeholder: "\\fI",
};

function inline(text: string): string {
  const line = textRuns(text).map(({ look, text }) =>
    look === "plain" ? escapeText(text) : `${FONTS[look]}${escapeText(text)}\\fR`
  ).join("");
  return protectStart(line);
}

function literalLine(text: string): string {
  return protectStart(escapeText(text));
}

/** Protects a dot or an apostrophe at the start of a line, which roff would read as a request. */
function protectStart(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/** An argument of a macro. */
function quote(text: string): string {
  return `"${escapeText(text).replaceAll('"', "\\(dq")}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

/** Escapes characters that roff would change into typographic hyphens, quotes and accents: people copy this text. */
export function escapeText(text: string): string {
  return text.replace(/[\\\-'`^~]/g, (character) => ESCAPES[character] ?? character)
    .replace(/[^\n -~]/gu, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
      return `\\[u${code.padStart(4, "0")}]`;
    });
}
