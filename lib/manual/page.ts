/**
 * A manual page as data. `roff.ts` renders it for man(1).
 *
 * @module
 */

/** One page. */
export interface ManualPage {
  readonly name: string;
  /** 1 programs, 5 files, 8 programs of the administrator. */
  readonly section: 1 | 5 | 8;
  /** What it is, in one line. */
  readonly brief: string;
  /** Lines of the synopsis, with marks; empty for a file. */
  readonly synopsis: readonly string[];
  readonly sections: readonly ManualSection[];
}

/** A part with a heading. */
export interface ManualSection {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A part of a section. Texts have the form of `text.ts`, with marks and examples. */
export type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "entries"; readonly entries: readonly Entry[] };

/** A term and what it means. */
export interface Entry {
  readonly term: string;
  readonly text: string;
}

/** A section that is one text. */
export function textSection(title: string, text: string): ManualSection {
  return { title, blocks: [{ kind: "text", text }] };
}

/** A section that is one list. */
export function listSection(title: string, entries: readonly Entry[]): ManualSection {
  return { title, blocks: [{ kind: "entries", entries }] };
}
