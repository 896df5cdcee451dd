/**
 * The command line of the C client (`docs/spec/client.md`), for scripts written for the C client.
 *
 * @module
 */
import {
  defaultArgsPath,
  readArgs,
  saveArgs,
  splitArgs,
  withoutSecrets,
} from "../../lib/client/args_file.ts";
import { planKnock } from "../../lib/client/plan.ts";
import { Problem } from "../../lib/client/problem.ts";
import { defaultRcPath } from "../../lib/client/rc_file.ts";
import { rcSettings } from "../../lib/client/level.ts";
import type { Settings } from "../../lib/client/settings.ts";
import { validateSettings } from "../../lib/client/validate.ts";
import { CLIENT_OPTIONS } from "../../lib/config/client_options.ts";
import { stanzaNames } from "../../lib/config/fwknoprc.ts";
import { parseCommandLine, type ParsedCommandLine } from "../../lib/config/getopt.ts";
import { getoptMessage } from "../../lib/config/getopt_message.ts";
import { GivenOptions } from "../../lib/config/option.ts";
import { VERSION } from "../../lib/version.ts";
import { checkRcOptions, openClientRc } from "../client_rc.ts";
import { type ClientSettings, readClientSettings } from "../client_settings.ts";
import { type Context, ExitCode } from "../context.ts";
import { describeProblem } from "../problem_text.ts";
import { sendKnock } from "../send_knock.ts";
import { clientVersion } from "./client_version.ts";
import { forgottenKnock } from "./forgotten_word.ts";

const ROWS = CLIENT_OPTIONS.filter(({ only }) => only !== "native");

/** Options of runs that send nothing. */
const QUIET = ["test", "key-gen", "key-gen-file", "version", "last-cmd", "show-last"];

/** Runs the C client's command line; the exit status is 0 or 1. */
export async function runCClient(args: readonly string[], context: Context): Promise<number> {
  const line = parseCommandLine(args, ROWS, { stopAt: "help" });
  const forgotten = forgottenKnock(line.complaints);
  if (forgotten !== undefined) {
    context.err(`fwknop: ${forgotten}\n`);
    return ExitCode.failure;
  }
  // The C client parses the arguments twice, and so complains twice.
  for (const complaint of line.complaints) context.err(`fwknop: ${getoptMessage(complaint)}\n`);
  if (line.options.has("help")) {
    context.out(await usage());
    return ExitCode.ok;
  }
  const problem = await runLine(line, args, context);
  if (problem === undefined) return ExitCode.ok;
  if (problem !== COMPLAINED) context.err(describeProblem(problem, "c"));
  return ExitCode.failure;
}

/** The problem after a complaint of getopt, which has printed everything. */
const COMPLAINED = new Problem("the command line is not understood");

async function runLine(
  line: ParsedCommandLine,
  args: readonly string[],
  context: Context,
): Promise<Problem | undefined> {
  const { options } = line;
  const conflict = checkRcOptions(options);
  if (conflict !== undefined) return conflict;
  if (options.has("stanza-list")) return listStanzas(options, context);
  await createRc(options, context);
  const read = readClientSettings(options, context, "c");
  const [complaint] = line.complaints;
  if (complaint !== undefined) {
    if (read instanceof Problem && read.facts.usage !== true) return read;
    context.err(`fwknop: ${getoptMessage(complaint)}\n`);
    context.out(await usage());
    return COMPLAINED;
  }
  if (read instanceof Problem) return read;
  if (options.has("fault-injection-tag")) {
    return new Problem("fwknop not compiled with fault injection support.");
  }
  if (options.has("last-cmd")) return await runLast(options, context, read.settings);
  return await runSettings(read, args, options, context);
}

/** Steps 5 to 10 of the C client's order of operations. */
async function runSettings(
  read: ClientSettings,
  args: readonly string[],
  options: GivenOptions,
  context: Context,
): Promise<Problem | undefined> {
  const { settings } = read;
  const stanza = options.value("named-config");
  const saves = options.has("save-rc-stanza");
  const makesKeys = options.has("key-gen") || options.has("key-gen-file");
  const invalid = validateSettings(settings, {
    savesByDestination: saves && stanza === undefined,
    sends: !QUIET.some((name) => options.has(name)),
    makesKeys,
  });
  if (invalid !== undefined) return invalid;
  const keys = makesKeys
    ? (await import("./key_generation.ts")).makeKeys(options, settings.hmacDigest)
    : undefined;
  if (keys instanceof Problem) return keys;
  if (saves) {
    const { saveStanza } = await import("../save_stanza.ts");
    const unsaved = await saveStanza({
      rc: read.rc,
      stanza: stanza ?? settings.server ?? "",
      settings: rcSettings({ ...read.fromOptions, ...keys?.level }),
      force: options.has("force-stanza"),
    }, context);
    // The C client continues anyway.
    if (unsaved !== undefined) context.err(describeProblem(unsaved, "c"));
  }
  if (keys !== undefined) {
    return await keys.report(context, saves ? read.rc.rcPath : undefined);
  }
  const stopped = await handleArgsFile(settings, args, options, context);
  if (stopped !== "go on") return stopped;
  if (options.has("version")) {
    context.out(clientVersion());
    return undefined;
  }
  const result = await sendKnock(planKnock(settings), context, "c");
  return result instanceof Problem ? result : undefined;
}

function listStanzas(options: GivenOptions, context: Context): Problem | undefined {
  const rc = openClientRc(options, context, "c");
  if (rc instanceof Problem) return rc;
  if (rc.rcFile === undefined) {
    const reason = "No such file or directory";
    return new Problem(`Unable to open rc file: ${rc.rcPath}: ${reason}`);
  }
  const names = stanzaNames(rc.rcFile.rc).map((name) => ` - ${name}\n`).join("");
  context.out(`The following stanzas are configured in ${rc.rcPath} :\n${names}`);
  return undefined;
}

/** The first run makes an rc file. */
async function createRc(options: GivenOptions, context: Context): Promise<void> {
  if (options.has("no-rc-file")) return;
  const path = options.value("rc-file") ??
    (options.has("no-home-dir") ? undefined : defaultRcPath((name) => context.env(name)));
  if (path === undefined || exists(path)) return;
  const { createInitialRc } = await import("../../lib/client/initial_rc.ts");
  const problem = createInitialRc(path);
  if (problem === undefined) context.out(`[*] Creating initial rc file: ${path}.\n`);
  else context.err(describeProblem(problem, "c"));
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    // Any other problem is reported when the file is read.
    return !(error instanceof Deno.errors.NotFound);
  }
}

function argsPath(options: GivenOptions, context: Context): string | Problem {
  const given = options.value("save-args-file");
  if (given !== undefined) return given;
  if (options.has("no-home-dir")) {
    return new Problem("In --no-home-dir mode must set the args save file path with -E");
  }
  return defaultArgsPath((name) => context.env(name)) ??
    new Problem("Unable to determine args save file");
}

async function handleArgsFile(
  settings: Settings,
  args: readonly string[],
  options: GivenOptions,
  context: Context,
): Promise<Problem | undefined | "go on"> {
  const path = argsPath(options, context);
  if (path instanceof Problem) return path;
  if (options.has("show-last")) {
    const last = await readArgs(path);
    if (last instanceof Problem) return last;
    context.out(`Last fwknop client command line: ${last}\n`);
    return undefined;
  }
  if (settings.saveArguments === false) return "go on";
  const problem = await saveArgs(path, ["fwknop", ...withoutSecrets(args, ROWS)]);
  return problem ?? "go on";
}

/** `-l`: the saved words replace the present command line. */
async function runLast(
  options: GivenOptions,
  context: Context,
  settings: Settings,
): Promise<Problem | undefined> {
  const path = argsPath(options, context);
  if (path instanceof Problem) return path;
  const last = await readArgs(path);
  if (last instanceof Problem) return last;
  if ((settings.verbosity ?? 0) > 0) context.out(`Executing: ${last}\n`);
  const words = splitArgs(last);
  if (words instanceof Problem) return words;
  const line = parseCommandLine(words, ROWS);
  const kept = line.options.entries.filter(({ name }) => name !== "last-cmd");
  const saved = new GivenOptions([
    ...kept,
    { name: "no-save-args", value: "" },
  ]);
  return await runLine({ ...line, options: saved }, words, context);
}

async function usage(): Promise<string> {
  const { formatOptions } = await import("../../lib/manual/option_list.ts");
  return `
fwknop client version ${VERSION}
Single Packet Authorization client

Usage: fwknop -A <port list> [-s|-R|-a] -D <spa_server> [options]

${formatOptions(ROWS)}

`;
}
