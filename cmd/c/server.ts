/**
 * The command line of the C daemon (`docs/spec/server.md` 2, 3, 12, 13), for init scripts and administrators that use
 * the C daemon's options.
 *
 * @module
 */
import { visibleLines } from "../../lib/one_line.ts";
import { Problem } from "../../lib/client/problem.ts";
import { FWKNOPD_ROWS } from "../../lib/config/fwknopd_variables.ts";
import { parseCommandLine, type ParsedCommandLine } from "../../lib/config/getopt.ts";
import { getoptMessage } from "../../lib/config/getopt_message.ts";
import type { GivenOptions } from "../../lib/config/option.ts";
import type { ConfigOutcome } from "../../lib/config/server_config.ts";
import { SERVER_OPTIONS } from "../../lib/config/server_options.ts";
import type { ResolvedSettings } from "../../lib/config/server_settings.ts";
import { readServerSettings } from "../../lib/config/settings_files.ts";
import { HintedError } from "../../lib/errors/hinted_error.ts";
import { formatOptions } from "../../lib/manual/option_list.ts";
import { VERSION } from "../../lib/version.ts";
import { type Context, ExitCode } from "../context.ts";
import { printDiagnostics } from "../print_diagnostics.ts";
import { readUrgentSettings } from "../load_server_settings.ts";
import { describeProblem } from "../problem_text.ts";
import { systemFiles } from "../system_files.ts";
import type { MadeKeys } from "./key_generation.ts";
import { checkServerOptions } from "./server_option_check.ts";

const ROWS = SERVER_OPTIONS.filter(({ only }) => only !== "native");

/** The order in which the C daemon lists the options that match an abbreviation. */
const BY_NAME = ROWS.toSorted((a, b) => a.name < b.name ? -1 : 1);

/** Runs the C daemon's command line; the exit status is 0 or 1. */
export async function runCServer(args: readonly string[], context: Context): Promise<number> {
  try {
    return await runLine(args, context);
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    const hint = error.hint === undefined ? "" : `  ${error.hint}\n`;
    context.err(visibleLines(`${error.message}\n${hint}`));
    return ExitCode.failure;
  }
}

/** Works in the order of `docs/spec/server.md` 2. Each pass over the arguments prints its own complaints. */
async function runLine(args: readonly string[], context: Context): Promise<number> {
  const first = look(args, context, "version");
  const keys = makesKeys(first.options) ? await makeKeys(first.options) : undefined;
  if (keys instanceof Problem) return fail(keys, context);
  if (first.options.has("version")) {
    context.out(versionText());
    return ExitCode.ok;
  }
  if (keys !== undefined) {
    const problem = await keys.report(context, undefined);
    return problem === undefined ? ExitCode.ok : fail(problem, context);
  }
  const line = look(args, context, "help");
  if (line.options.has("help")) {
    context.out(usage());
    return ExitCode.ok;
  }
  return await runConfigured(line, context);
}

/** Steps 3 to 6, which need a configuration. */
async function runConfigured(line: ParsedCommandLine, context: Context): Promise<number> {
  const { options, complaints, understood } = line;
  const { resolved, diagnostics } = isUrgent(options)
    ? readUrgentSettings(options)
    : readServerSettings(options, systemFiles);
  if (resolved === undefined) {
    const isEnough = isUrgent(options) || options.has("restart");
    printDiagnostics(isEnough ? diagnostics : (await readAll(options)).diagnostics, context);
    return ExitCode.failure;
  }
  const wrong = checkServerOptions(options.entries.slice(0, understood));
  if (wrong !== undefined) {
    context.err(`${visibleLines(wrong)}\n`);
    return ExitCode.failure;
  }
  const [complaint] = complaints;
  const isIncomplete = KEY_DETAILS.some((name) => options.has(name));
  if (complaint !== undefined || isIncomplete) {
    if (complaint !== undefined) context.err(`fwknopd: ${getoptMessage(complaint)}\n`);
    context.out(usage());
    return ExitCode.failure;
  }
  if (options.has("dump-serv-err-codes")) {
    const { formatErrorCodes } = await import("./error_codes.ts");
    context.out(formatErrorCodes());
    return ExitCode.ok;
  }
  const actions = Object.keys(ACTIONS).filter((name) => options.has(name));
  if (actions.filter((name) => EXCLUSIVE.includes(name)).length > 1) {
    context.err("The -D, -K, -R, and -S options are mutually exclusive.  Pick only one.\n");
    return ExitCode.failure;
  }
  const action = ACTIONS[actions[0] ?? ""];
  // An action that also reads the stanzas reads the settings again, and reports the errors of both.
  if (action === undefined) {
    const { startServe } = await import("../serve_run.ts");
    return await startServe(options, context, "c");
  }
  if (action !== dump) printDiagnostics(diagnostics, context);
  return await action(resolved, context, options);
}

/** Options that need `--key-gen`. */
const KEY_DETAILS = ["key-len", "hmac-key-len", "hmac-digest-type"];

/** What the run does for an option; returns the exit status. */
type Action = (
  resolved: ResolvedSettings,
  context: Context,
  options: GivenOptions,
) => Promise<number>;

/** The actions, in the order in which the C daemon checks their options. Each loads only what it needs. */
const ACTIONS: Readonly<Record<string, Action>> = {
  kill: async ({ settings }, context) =>
    (await import("../stop.ts")).stopServer(settings.FWKNOP_PID_FILE, context),
  status: async ({ settings }, context) =>
    (await import("../status.ts")).printStatus(settings.FWKNOP_PID_FILE, context),
  restart: async ({ settings }, context) =>
    (await import("../reload.ts")).reloadServer(settings.FWKNOP_PID_FILE, context),
  "fw-list": list,
  "fw-list-all": list,
  "fw-flush": async (resolved, context) =>
    (await import("../fw_flush.ts")).flushAsInC(resolved, context),
  "dump-config": dump,
};

/** Whether the action must work although the configuration may have errors. */
function isUrgent(options: GivenOptions): boolean {
  return ["kill", "status", "fw-list", "fw-list-all", "fw-flush"].some((name) =>
    options.has(name)
  ) &&
    !["restart", "dump-config"].some((name) => options.has(name));
}

const EXCLUSIVE: readonly string[] = ["dump-config", "kill", "restart", "status"];

async function list(
  resolved: ResolvedSettings,
  context: Context,
  options: GivenOptions,
): Promise<number> {
  const { listAsInC } = await import("../fw_list.ts");
  return await listAsInC(resolved, context, options.has("fw-list-all"));
}

/** The settings and the stanzas. */
async function readAll(options: GivenOptions): Promise<ConfigOutcome> {
  const { readServerConfig } = await import("../../lib/config/server_config.ts");
  return readServerConfig(options, systemFiles);
}

/** Prints errors and warnings to standard error. The C daemon sends them to syslog. */
async function dump(
  _resolved: ResolvedSettings,
  context: Context,
  options: GivenOptions,
): Promise<number> {
  return (await import("../dump_config.ts")).printConfig(options, context);
}

/** One of the C daemon's passes over its arguments, up to the option that ends it. */
function look(args: readonly string[], context: Context, stopAt: string): ParsedCommandLine {
  const line = parseCommandLine(args, BY_NAME, { stopAt });
  for (const complaint of line.complaints) context.err(`fwknopd: ${getoptMessage(complaint)}\n`);
  return line;
}

async function makeKeys(options: GivenOptions): Promise<MadeKeys | Problem> {
  const { makeKeys } = await import("./key_generation.ts");
  return makeKeys(options);
}

function makesKeys(options: GivenOptions): boolean {
  return options.has("key-gen") || options.has("key-gen-file");
}

function fail(problem: Problem, context: Context): number {
  context.err(describeProblem(problem, "c"));
  return ExitCode.failure;
}

/** Scripts read the firewall at the end of the line. Our program is not built for one, so it prints the default. */
function versionText(): string {
  const program = FWKNOPD_ROWS.find(({ name }) => name === "FIREWALL_EXE")?.default;
  return `fwknopd server ${VERSION}, compiled for firewall bin: ${program}\n`;
}

function usage(): string {
  return `
fwknopd server version ${VERSION}
Single Packet Authorization server

Usage: fwknopd [options]

${formatOptions(ROWS)}

`;
}
