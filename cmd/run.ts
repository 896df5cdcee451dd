/**
 * From the arguments of the process to an exit status.
 *
 * @module
 */
import { runApplication } from "./application.ts";
import type { Context } from "./context.ts";

/**
 * A subcommand is a subcommand, whatever the program is called: asking for the name it was invoked by costs a
 * library call.
 */
export function runFwknop(args: readonly string[], context: Context): Promise<number> {
  const [first] = args;
  if (first === "--version") return runApplication(["version"], context);
  if (first === undefined) return runApplication(["--help"], context);
  return runApplication(args, context);
}
