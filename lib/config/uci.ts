/**
 * Parses UCI, the configuration format of OpenWrt: a file of `/etc/config`, or the output of `uci show`
 * (`docs/spec/server.md` 15).
 *
 * @module
 */
import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Position } from "../errors/position.ts";
import { nearestWord } from "./did_you_mean.ts";
import { isReadable, readUciWords, type UciWord, UNREADABLE } from "./uci_words.ts";

/** One `option NAME 'VALUE'`. */
export interface UciOption {
  readonly name: string;
  readonly value: string;
  readonly position: Position;
  /** Position of the value, inside its quotes. */
  readonly valuePosition: Position;
}

/** One `config TYPE 'NAME'` with its options in file order. */
export interface UciSection {
  readonly type: string;
  /** Absent if the section has no name, which is common. */
  readonly name?: string;
  readonly position: Position;
  readonly options: readonly UciOption[];
}

/** A parsed file. If a diagnostic is an error, the sections must not be used. */
export interface UciFile {
  readonly sections: readonly UciSection[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses either form; the first line that is not a comment decides which. @param file for positions and messages. */
export function parseUci(text: string, file: string): UciFile {
  const reader = new UciReader(file);
  const lines = text.split("\n");
  const first = lines.find((line) => /^\s*[^\s#]/.test(line)) ?? "";
  const isShown = /^\s*[\w-]+\.[\w@]/.test(first);
  for (const [index, line] of lines.entries()) {
    if (isShown) reader.readShown(line, index + 1);
    else reader.readLine(line, index + 1);
  }
  return { sections: reader.sections, diagnostics: reader.diagnostics };
}

const KEYWORDS = ["package", "config", "option", "list"];
const NAME = /^[A-Za-z0-9_-]+$/;
const LIST_HINT = "Write one option with the values joined by commas";

interface Draft extends UciSection {
  readonly options: UciOption[];
}

class UciReader {
  readonly #file: string;
  readonly sections: Draft[] = [];
  readonly diagnostics: Diagnostic[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** `config access`, `option SOURCE 'ANY'`. */
  readLine(text: string, line: number): void {
    const words = this.#words(text, line);
    const [keyword, ...rest] = words ?? [];
    if (keyword === undefined) return;
    const position = this.#at(line, keyword.column);
    switch (keyword.text) {
      case "package":
        return;
      case "config":
        return this.#section(rest, position);
      case "option":
        return this.#option(rest, position);
      case "list":
        return this.#error("list has no meaning here", position, LIST_HINT);
    }
    const nearest = nearestWord(keyword.text, KEYWORDS);
    this.#error(
      `'${keyword.text}' is not one of ${KEYWORDS.join(", ")}`,
      position,
      nearest === undefined ? "A comment starts with '#'" : `Did you mean ${nearest}?`,
    );
  }

  /** `fwknopd.@access[0]=access`, `fwknopd.@access[0].SOURCE='ANY'`. */
  readShown(text: string, line: number): void {
    if (/^\s*(#|$)/.test(text)) return;
    const [, indent = "", section, dot = "", name = "", value] =
      /^(\s*)([\w-]+\.(?:@[\w-]+\[-?\d+\]|[\w-]+))(?:(\.)([\w-]+))?=(.*)$/s.exec(text) ?? [];
    const start = this.#at(line, indent.length);
    if (section === undefined || value === undefined) {
      this.#error("The line is not as uci show prints it", start, "FILE.SECTION.OPTION='VALUE'");
      return;
    }
    const offset = text.length - value.length;
    const words = /^['"]/.test(value)
      ? this.#words(value, line, offset)
      : this.#bareValue(value, line, offset);
    if (words === undefined) return;
    const [first, ...more] = words;
    if (first === undefined || more.length > 0) {
      this.#error("Expected one value", this.#at(line, offset), LIST_HINT);
    } else if (dot === "") {
      this.sections.push({ type: first.text, name: section, position: start, options: [] });
    } else {
      const draft = this.sections.findLast((known) => known.name === section);
      if (draft === undefined) {
        this.#error(`The section ${section} has no line of its own`, start, `${section}=TYPE`);
        return;
      }
      const position = this.#at(line, indent.length + section.length + dot.length);
      const valuePosition = this.#at(line, offset + first.valueOffset);
      draft.options.push({ name, value: first.text, position, valuePosition });
    }
  }

  #section([type, name, ...more]: readonly UciWord[], position: Position): void {
    if (type === undefined || more.length > 0 || !NAME.test(type.text)) {
      this.#error("Expected a type and perhaps a name after config", position, "config access");
      return;
    }
    this.sections.push({
      type: type.text,
      ...(name === undefined ? {} : { name: name.text }),
      position,
      options: [],
    });
  }

  #option([name, value, ...more]: readonly UciWord[], keyword: Position): void {
    if (name === undefined || value === undefined || more.length > 0 || !NAME.test(name.text)) {
      this.#error("Expected a name and a value after option", keyword, "option SOURCE 'ANY'");
      return;
    }
    const draft = this.sections.at(-1);
    const { line } = keyword;
    const position = this.#at(line, name.column);
    if (draft === undefined) {
      this.#error(`${name.text} stands before the first section`, position, "config access");
      return;
    }
    const valuePosition = this.#at(line, value.valueOffset);
    draft.options.push({ name: name.text, value: value.text, position, valuePosition });
  }

  #words(text: string, line: number, offset = 0): UciWord[] | undefined {
    const { value: words, error } = readUciWords(text, offset);
    if (error === undefined) return [...words];
    this.#error(error.text, this.#at(line, error.column), error.hint);
    return undefined;
  }

  /** Older versions of uci print a value without quotes, even if it has blanks. */
  #bareValue(value: string, line: number, offset: number): UciWord[] | undefined {
    const text = value.replace(/\r$/, "");
    if (isReadable(text)) return [{ text, column: offset, valueOffset: offset }];
    this.#error(UNREADABLE.text, this.#at(line, offset), UNREADABLE.hint);
    return undefined;
  }

  /** @param column from 0. */
  #at(line: number, column: number): Position {
    return { file: this.#file, line, column: column + 1 };
  }

  #error(text: string, position: Position, hint: string): void {
    this.diagnostics.push({ severity: "error", text, position, hint });
  }
}
