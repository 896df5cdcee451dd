/**
 * A command's context that keeps the output.
 *
 * @module
 */
import type { Context } from "../../cmd/context.ts";

/** Has its own environment, and is not a terminal unless the test sets it. */
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
