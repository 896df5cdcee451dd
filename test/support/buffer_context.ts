/**
 * A command's context that keeps what is printed.
 *
 * @module
 */
import type { Context } from "../../cmd/context.ts";

/** No terminal unless it is told to be one, and an environment of its own. */
export class BufferContext implements Context {
  stdout = "";
  stderr = "";

  constructor(
    readonly environment: Readonly<Record<string, string>> = {},
    readonly isTerminal = false,
    readonly isErrorTerminal = false,
    readonly usesColor = false,
  ) {}

  out(text: string): void {
    this.stdout += text;
  }

  err(text: string): void {
    this.stderr += text;
  }

  env(name: string): string | undefined {
    return this.environment[name];
  }
}
