/**
 * Runs the program: takes the arguments of the process and returns the exit status.
 *
 * @module
 */
import { FWKNOPD } from "./c/fwknopd.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { type Context, ExitCode, UnreadOutput } from "./context.ts";
import { describeFailure } from "./failure.ts";
import { isCommand, runCommand } from "./run_command.ts";

/** As the only argument, these ask about the whole program, not about the C client's command line. */
const QUESTIONS: readonly string[] = ["--help", "-h"];

/** As the only argument, these ask for the version in the C client's form. */
const VERSION_QUESTIONS: readonly string[] = ["--version", "-V"];

/**
 * Decides whose command line it is: that of our subcommands, of the C daemon or of the C client. A subcommand is one
 * under every name of the program: finding out that name costs a library call.
 */
export async function runFwknop(args: readonly string[], context: Context): Promise<number> {
  try {
    return await runLine(args, context);
  } catch (error) {
    if (error instanceof UnreadOutput) return ExitCode.unread;
    if (!(error instanceof HintedError)) throw error;
    context.err(describeFailure(error));
    return ExitCode.failure;
  }
}

async function runLine(args: readonly string[], context: Context): Promise<number> {
  const [first, ...rest] = args;
  if (first !== undefined && isCommand(first)) {
    return await runCommand(args, context);
  }
  if (first === FWKNOPD) return await runServer(rest, context);
  if (await isFwknopd()) return await runServer(args, context);
  if (first === undefined) return await runCommand(["--help"], context);
  if (args.length === 1 && QUESTIONS.includes(first)) {
    return await runCommand(args, context);
  }
  // Scripts ask so which client is installed. No rc file is made for that.
  if (args.length === 1 && VERSION_QUESTIONS.includes(first)) {
    const { clientVersion } = await import("./c/client_version.ts");
    context.out(clientVersion());
    return ExitCode.ok;
  }
  if (first.startsWith("-")) return await runClient(args, context);
  return await runCommand(args, context);
}

async function isFwknopd(): Promise<boolean> {
  const { programName } = await import("../lib/daemon/invocation_name.ts");
  return programName() === FWKNOPD;
}

async function runServer(args: readonly string[], context: Context): Promise<number> {
  const { runCServer } = await import("./c/server.ts");
  return await runCServer(args, context);
}

async function runClient(args: readonly string[], context: Context): Promise<number> {
  const { runCClient } = await import("./c/client.ts");
  return await runCClient(args, context);
}
