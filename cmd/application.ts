/**
 * The subcommands and the router in front of them.
 *
 * @module
 */
import {
  type Application,
  type ApplicationText,
  buildApplication,
  buildRouteMap,
  help,
  run,
  type StricliProcess,
  text_en,
} from "cli";
import { type CommandLineContext, toCommand } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { dumpConfig } from "./dump_config.ts";
import { explain } from "./explain.ts";
import { fwFlush } from "./fw_flush.ts";
import { fwList } from "./fw_list.ts";
import { keygen } from "./keygen.ts";
import { knock } from "./knock.ts";
import { print } from "./print.ts";
import { reload } from "./reload.ts";
import { serve } from "./serve.ts";
import { status } from "./status.ts";
import { stop } from "./stop.ts";
import { version } from "./version.ts";

/** Every subcommand by the name it is called by, in the order of the help text. */
export const COMMANDS = {
  knock,
  serve,
  status,
  stop,
  reload,
  print,
  keygen,
  "fw-list": fwList,
  "fw-flush": fwFlush,
  "dump-config": dumpConfig,
  explain,
  version,
} as const;

/** Runs the subcommand named by the first argument; returns the exit status. */
export async function runApplication(args: readonly string[], context: Context): Promise<number> {
  const process: StricliProcess = {
    stdout: { write: (text) => context.out(text) },
    stderr: { write: (text) => context.err(text) },
    env: context.isTerminal && context.usesColor ? {} : { STRICLI_NO_COLOR: "1" },
    // The router sets it only where nothing is set.
    exitCode: null,
  };
  await run(buildFwknop(), args, { process, context });
  return toExitStatus(process.exitCode);
}

/** A table of sixty options would drown the usage line. */
const HELP_FORMAT = {
  useAliasInUsageLine: true,
  onlyRequiredInUsageLine: true,
  caseStyle: "original",
} as const;

/** Errors of the router in our voice: one line, then what to do. */
const text: ApplicationText = {
  ...text_en,
  exceptionWhileParsingArguments: (error) =>
    `fwknop: ${
      error instanceof Error ? error.message : String(error)
    }\n  try --help after the command`,
  noCommandRegisteredForInput: ({ input, corrections }) =>
    `fwknop: there is no command '${input}'` +
    (corrections.length > 0
      ? `\n  did you mean ${corrections.join(" or ")}?`
      : "\n  try fwknop --help"),
};

function buildFwknop(): Application<CommandLineContext> {
  const routes = Object.fromEntries(
    Object.entries(COMMANDS).map(([name, definition]) => [name, toCommand(definition)]),
  );
  return buildApplication(
    buildRouteMap({
      routes,
      docs: {
        brief: "Single Packet Authorization: open one port, for one address, for a moment",
        fullDescription: [
          "fwknop keeps every port of a server closed until one encrypted, authenticated packet proves",
          "who is asking. The server never answers; it opens one port for one address for 30 seconds.",
          "",
          "An option in place of a command, such as `fwknop -A tcp/22 -D host`, is read as the command line of the",
          "C client; the same program under the name fwknopd takes the command line of the C daemon.",
        ].join("\n"),
      },
    }),
    {
      name: "fwknop",
      scanner: { allowArgumentEscapeSequence: true },
      localization: { text },
    },
    { help: help({ brief: "Print help and exit", formatting: HELP_FORMAT }) },
  );
}

/** The router has negative codes of its own for a command line it does not understand. */
function toExitStatus(code: StricliProcess["exitCode"]): number {
  const number = Number(code ?? ExitCode.ok);
  return number < 0 || Number.isNaN(number) ? ExitCode.usage : number;
}
