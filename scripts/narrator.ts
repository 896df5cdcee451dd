/**
 * The output of the demonstration.
 *
 * @module
 */

/** Prints numbered steps, the commands, and the output of the programs. */
export class Narrator {
  #step = 0;

  /**
   * @param print writes one line.
   * @param colour whether the lines go to a terminal with colours.
   */
  constructor(readonly print: (line: string) => void, readonly colour: boolean) {}

  /** The next step, with its number. */
  step(text: string): void {
    this.print("");
    this.print(this.#paint("1", `${++this.#step}. ${text}`));
  }

  /** A remark on the step. */
  tell(text: string): void {
    this.print(`   ${text}`);
  }

  /** An expected result that was seen. */
  seen(text: string): void {
    this.print(`   ${this.#paint("32", "✓")} ${text}`);
  }

  /** A command as a user types it. */
  typed(who: string, words: string): void {
    this.print(this.#paint("36", `   ${who}$ ${words}`));
  }

  /** The output of a program. */
  said(text: string): void {
    for (const line of text.trimEnd().split("\n")) {
      this.print(this.#paint("2", `   ${line === "" ? "" : `| ${line}`}`.trimEnd()));
    }
  }

  #paint(code: string, text: string): string {
    return this.colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}
