/**
 * The router for command lines that are not plain: mistakes, and what to say about them. The one place that
 * knows `@stricli/core`, which takes 8 ms to set up its tables; `application.ts` does without it where it can.
 *
 * @module
 */
import {
  type Application,
  type ApplicationText,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type Command,
  type CommandContext,
  run,
  type StricliProcess,
  text_en,
} from "cli";
import { type GivenOption, GivenOptions, longNames, type OptionRow } from "../lib/config/option.ts";
import { type Commands, ownOptions } from "../lib/manual/command.ts";
import { PROGRAM_SUMMARY } from "../lib/manual/prose/program.ts";
import { describeArgumentError } from "./argument_error.ts";
import { commandHint } from "./command_hint.ts";
import { type CommandDefinition, runDefinition } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";

/** What the router hands to a command: its own process object and ours. */
interface CommandLineContext extends CommandContext {
  readonly process: StricliProcess;
  readonly context: Context;
}

/** Finds the command that the first argument names, runs it, and returns the exit status. */
export async function runRouter(
  commands: Readonly<Record<string, CommandDefinition>>,
  args: readonly string[],
  context: Context,
): Promise<number> {
  const process: StricliProcess = {
    stdout: { write: (text) => context.out(text) },
    stderr: { write: (text) => context.err(text) },
    env: context.isTerminal && context.usesColor ? {} : { STRICLI_NO_COLOR: "1" },
    // The router sets it only where nothing is set.
    exitCode: null,
  };
  await run(buildFwknop(commands, args[0] ?? "", context), args, { process, context });
  return toExitStatus(process.exitCode);
}

/** Errors of the router in our voice: one line, then what to do. */
function texts(
  commands: Readonly<Record<string, CommandDefinition>>,
  name: string,
  context: Context,
): ApplicationText {
  return {
    ...text_en,
    exceptionWhileParsingArguments: (error) =>
      describeArgumentError(
        error,
        name,
        Object.hasOwn(commands, name) ? commands[name] : undefined,
      ),
    noCommandRegisteredForInput: ({ input, corrections }) =>
      `fwknop: there is no command '${input}'\n  ${commandHint(input, corrections, context)}`,
  };
}

function buildFwknop(
  commands: Readonly<Record<string, CommandDefinition>>,
  name: string,
  context: Context,
): Application<CommandLineContext> {
  const routes = Object.fromEntries(
    Object.entries(commands).map(([name, definition]) => [name, toCommand(definition, commands)]),
  );
  return buildApplication(
    buildRouteMap({
      routes,
      docs: { brief: PROGRAM_SUMMARY },
    }),
    {
      name: "fwknop",
      scanner: { allowArgumentEscapeSequence: true },
      localization: { text: texts(commands, name, context) },
    },
    // Help is ours: it is made from the same tables as the manual.
    {},
  );
}

/** The router has negative codes of its own for a command line it does not understand. */
function toExitStatus(code: StricliProcess["exitCode"]): number {
  const number = Number(code ?? ExitCode.ok);
  return number < 0 || Number.isNaN(number) ? ExitCode.usage : number;
}

type FlagValue = boolean | number | string | readonly string[];

/** The stricli command that runs a definition. */
function toCommand(
  definition: CommandDefinition,
  commands: Commands,
): Command<CommandLineContext> {
  const rows = ownOptions(definition);
  return buildCommand<Record<string, FlagValue>, string[], CommandLineContext>({
    docs: { brief: definition.brief },
    parameters: {
      // The table decides the flags at run time, which stricli's types cannot follow.
      flags: Object.fromEntries(
        rows.flatMap((row) => longNames(row).map((name) => [name, toFlag(row)])),
      ) as never,
      aliases: Object.fromEntries(
        rows.flatMap((row) => row.short === undefined ? [] : [[row.short, row.name]]),
      ) as never,
      ...(definition.words === undefined ? {} : {
        positional: {
          kind: "array",
          parameter: { brief: definition.words.brief, parse: String },
        },
      }),
    },
    // The router would print a stack; our errors are one line and a hint.
    func: async function (this: CommandLineContext, flags, ...words) {
      const options = toOptions(rows, flags);
      this.process.exitCode = await runDefinition(
        definition,
        options,
        words,
        this.context,
        commands,
      );
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
  const spellings = rows.flatMap((row) => longNames(row).map((spelling) => [row.name, spelling]));
  for (const [name = "", spelling = ""] of spellings) {
    const value = flags[spelling];
    if (typeof value === "number") {
      for (let count = 0; count < value; count++) given.push({ name, value: "" });
    } else if (typeof value === "string") given.push({ name, value });
    else if (value === true) given.push({ name, value: "" });
    else if (Array.isArray(value)) given.push(...value.map((item) => ({ name, value: item })));
  }
  return new GivenOptions(given);
}
