/**
 * Keys that a program prints, for example a password manager.
 *
 * @module
 */
import { Problem } from "./problem.ts";

const LINE_FEED = 0x0a;

/** Runs each command once and returns the lines of its output, one at a time. */
export class CommandLines {
  readonly #lines = new Map<string, Uint8Array[]>();

  /**
   * The next line, or `undefined` after the last one. The command is split at blanks and runs without a shell. It keeps
   * the terminal, so that it can ask for a passphrase. Its output is never shown.
   */
  async readLine(command: string): Promise<Uint8Array | undefined | Problem> {
    let lines = this.#lines.get(command);
    if (lines === undefined) {
      const output = await run(command);
      if (output instanceof Problem) return output;
      lines = splitLines(output);
      this.#lines.set(command, lines);
    }
    return lines.shift();
  }
}

async function run(command: string): Promise<Uint8Array | Problem> {
  const words = command.split(/\s+/).filter((word) => word !== "");
  // Few stanzas take keys from a program, so other knocks do not load the code that starts one.
  const { runProgram } = await import("../exec/run.ts");
  const ended = await runProgram("user", words, { stdin: "inherit", stderr: "inherit" });
  if ("why" in ended) return new Problem(`'${command}' cannot be run: ${ended.reason}`);
  const { how, code, stdout } = ended;
  if (how === "too-much") return new Problem(`'${command}' prints too much; nothing is sent`);
  return code === 0 ? stdout : new Problem(`'${command}' exited with ${code}; nothing is sent`);
}

function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    lines.push(bytes.slice(start, end));
    start = end + 1;
  }
  return lines;
}
