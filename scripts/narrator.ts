/**
 * The voice of the demonstration.
 *
 * @module
 */

/** Tells a story in steps, with what was typed and what the programs said. */
export class Narrator {
  #step = 0;

  /**
   * @param print writes one line.
   * @param colour whether the lines go to a terminal that may get colours.
   */
  constructor(readonly print: (line: string) => void, readonly colour: boolean) {}

  /** What happens next, numbered. */
  step(text: string): void {
    this.print("");
    this.print(this.#paint("1", `${++this.#step}. ${text}`));
  }

  /** A remark on what happens or was seen. */
  tell(text: string): void {
    this.print(`   ${text}`);
  }

  /** What was expected and came true. */
  seen(text: string): void {
    this.print(`   ${this.#paint("32", "✓")} ${text}`);
  }

  /** A command as a person would type it. */
  typed(who: string, words: string): void {
    this.print(this.#paint("36", `   ${who}$ ${words}`));
  }

  /** What a program said. */
  said(text: string): void {
    for (const line of text.trimEnd().split("\n")) {
      this.print(this.#paint("2", `   ${line === "" ? "" : `| ${line}`}`.trimEnd()));
    }
  }

  #paint(code: string, text: string): string {
    return this.colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}
