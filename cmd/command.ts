/**
 * Subcommands from option tables: the one place that knows how `@stricli/core` wants its flags.
 *
 * @module
 */
import { buildCommand, type Command, type CommandContext, type StricliProcess } from "cli";
import { type GivenOption, GivenOptions, type OptionRow } from "../lib/config/option.ts";
import { type Context, ExitCode } from "./context.ts";
import { describeFailure } from "./failure.ts";

/** What the router hands to a command: its own process object and ours. */
export interface CommandLineContext extends CommandContext {
  readonly process: StricliProcess;
  readonly context: Context;
}

/** A subcommand: what it takes and what it does. */
export interface CommandDefinition {
  /** One line for the list of commands. */
  readonly brief: string;
  /** Longer text for the command's own help. */
  readonly description?: string;
  readonly options: readonly OptionRow[];
  /** Placeholder of positional words; absent: the command takes none. */
  readonly words?: { readonly placeholder: string; readonly brief: string };
  /** Loads the code; called only when the command runs, so that others do not pay for it. */
  readonly load: () => Promise<RunCommand>;
}

/** Runs the command and returns its exit status. Throws a `HintedError` when the environment is at fault. */
export type RunCommand = (
  options: GivenOptions,
  words: readonly string[],
  context: Context,
) => Promise<number>;

type FlagValue = boolean | number | string | readonly string[];

/** The stricli command that runs a definition. */
export function toCommand(definition: CommandDefinition): Command<CommandLineContext> {
  const rows = definition.options.filter((row) => row.only !== "compat");
  return buildCommand<Record<string, FlagValue>, string[], CommandLineContext>({
    docs: {
      brief: definition.brief,
      ...(definition.description === undefined ? {} : { fullDescription: definition.description }),
    },
    parameters: {
      // The table decides the flags at run time, which stricli's types cannot follow.
      flags: Object.fromEntries(rows.map((row) => [row.name, toFlag(row)])) as never,
      aliases: Object.fromEntries(
        rows.flatMap((row) => row.short === undefined ? [] : [[row.short, row.name]]),
      ) as never,
      ...(definition.words === undefined ? {} : {
        positional: {
          kind: "array",
          parameter: { ...definition.words, parse: String },
        },
      }),
    },
    loader: async () => {
      const run = await definition.load();
      return async function (this: CommandLineContext, flags, ...words) {
        // The router would print a stack; our errors are one line and a hint.
        try {
          this.process.exitCode = await run(toOptions(rows, flags), words, this.context);
        } catch (error) {
          this.context.err(describeFailure(error));
          this.process.exitCode = ExitCode.failure;
        }
      };
    },
  });
}

function toFlag(row: OptionRow): Record<string, unknown> {
  const base = { brief: row.brief, optional: true };
  if (row.counted) return { ...base, kind: "counter" };
  if (row.argument === undefined) return { ...base, kind: "boolean", withNegated: false };
  return {
    ...base,
    kind: "parsed",
    parse: String,
    placeholder: row.argument,
    ...(row.repeated ? { variadic: true } : {}),
  };
}

/** Stricli yields a value per flag; the order between different flags is that of the table. */
function toOptions(
  rows: readonly OptionRow[],
  flags: Readonly<Record<string, FlagValue | undefined>>,
): GivenOptions {
  const given: GivenOption[] = [];
  for (const { name } of rows) {
    const value = flags[name];
    if (typeof value === "number") {
      for (let count = 0; count < value; count++) given.push({ name, value: "" });
    } else if (typeof value === "string") given.push({ name, value });
    else if (value === true) given.push({ name, value: "" });
    else if (Array.isArray(value)) given.push(...value.map((item) => ({ name, value: item })));
  }
  return new GivenOptions(given);
}
