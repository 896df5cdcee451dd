/**
 * `fwknop knock`: sends one packet for each stanza and destination, and then waits, repeats or runs a command.
 *
 * @module
 */
import { CLIENT_OPTIONS } from "../lib/config/client_options.ts";
import type { OwnAddresses } from "../lib/client/own_addresses.ts";
import { type KnockPlan, planKnock } from "../lib/client/plan.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { rcSettings } from "../lib/client/level.ts";
import type { Settings } from "../lib/client/settings.ts";
import { validateSettings } from "../lib/client/validate.ts";
import { DEFAULT_STANZA, stanzaNames } from "../lib/config/fwknoprc.ts";
import { GivenOptions } from "../lib/config/option.ts";
import { parseAddress } from "../lib/net/address.ts";
import { RELEASED } from "../lib/version.ts";
import { type ClientRc, openClientRc } from "./client_rc.ts";
import { readClientSettings } from "./client_settings.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { formatKnockJson } from "./knock_json.ts";
import { WaitExit } from "./wait_exit.ts";
import { type KnockResult, sendKnock } from "./send_knock.ts";
import { tellProblem } from "./problem_text.ts";

/** Sends the packet that opens a port. */
export const knock: Command = {
  description: [
    "Sends one encrypted packet to a server that keeps its ports closed, for example",
    "",
    "  fwknop knock -A tcp/22 -a 192.0.2.7 -D server.example",
    "  fwknop knock -n server",
    "",
    "Settings come from the stanzas of ~/.fwknoprc ([default], then the one named by -n) and from the",
    "options, which win. If no source gives a key, knock asks for it on the terminal.",
    "",
    "The server never answers. With --wait, knock tries the port until it opens, and then runs a command after --:",
    "",
    "  fwknop knock -n server --wait -- ssh server.example",
    "",
    "A connection attempt just before the packet shows whether the port is open already.",
    "",
    "Exit status: 0 sent (and open), 1 failure, 2 wrong usage; with --wait 3 no answer from the port, 4 the port",
    "refuses, 5 the address cannot be reached, 6 no answer and the clock of this host is certainly wrong, 7 the port",
    "was open before the knock. With a command, the exit status of the command.",
  ].join("\n"),
  options: CLIENT_OPTIONS,
  words: {
    placeholder: "-- COMMAND...",
    brief: "Command to run once the port is open, with --wait",
  },
  run: runKnock,
};

/** Runs the subcommand and returns its exit status. */
async function runKnock(
  options: GivenOptions,
  words: readonly string[],
  context: Context,
): Promise<number> {
  if (options.has("stanza-list")) return tellProblem(listStanzas(options, context), context);
  const runs = splitRuns(options);
  const conflict = checkStrayWord(words, options) ?? checkExtras(options, words, runs.length);
  if (conflict !== undefined) return tellProblem(conflict, context);
  // Of several knocks, none leaves before all are checked.
  const prepared: { options: GivenOptions; plan: KnockPlan }[] = [];
  for (const run of runs) {
    const plan = await prepare(run, context);
    if (plan instanceof Problem) return tellProblem(plan, context);
    prepared.push({ options: run, plan });
  }
  let worst = 0;
  for (const run of prepared) {
    worst = Math.max(worst, await knockOnce(run.options, run.plan, words, context));
  }
  return worst;
}

/** Refuses a word without `--wait`: after a forgotten `-D`, a host must not be run as a command. */
function checkStrayWord(words: readonly string[], options: GivenOptions): Problem | undefined {
  const [word] = words;
  if (word === undefined || options.has("wait") || options.has("wait-time")) return undefined;
  if (options.has("source-ip") && parseAddress(word) !== undefined) {
    return usageProblem(`-s does not take an address: '${word}'`, {
      hint: `-a ${word} admits an address, -s the source of the packet`,
    });
  }
  return usageProblem(`the word '${word}' does not belong to an option`, {
    hint: `use -D ${word} for a server, -n ${word} for a stanza, or --wait -- ${word} to run it`,
  });
}

/** One command line for each stanza and each destination. */
function splitRuns(options: GivenOptions): GivenOptions[] {
  const split = (given: GivenOptions, name: string): GivenOptions[] => {
    const values = [...new Set(given.values(name))];
    if (values.length < 2) return [given];
    const others = given.entries.filter((entry) => entry.name !== name);
    return values.map((value) => new GivenOptions([...others, { name, value }]));
  };
  return split(options, "named-config").flatMap((given) => split(given, "destination"));
}

/** Checks which options may be combined. */
function checkExtras(
  options: GivenOptions,
  words: readonly string[],
  runs: number,
): Problem | undefined {
  const holds = options.has("repeat") || options.has("repeat-time");
  const exclusive = [options.has("proxy"), words.length > 0, options.has("json")];
  if (exclusive.filter(Boolean).length > 1) {
    return usageProblem("only one of --proxy, --json and a command can use the output");
  }
  if ((options.has("proxy") || words.length > 0 || holds) && runs > 1) {
    return usageProblem("a command, --proxy or --repeat goes with one destination");
  }
  if (options.has("allow-ip") && options.has("source-ip")) {
    return usageProblem("--allow-ip does not go with --source-ip");
  }
  if (options.has("ipv4") && options.has("ipv6")) {
    return usageProblem("--ipv4 does not go with --ipv6");
  }
  const follows = options.has("proxy") || words.length > 0 || options.has("wait");
  if (!options.has("test") || (!follows && !holds)) return undefined;
  return usageProblem(`--test sends nothing to ${follows ? "wait for" : "repeat"}`);
}

/** Prints one name per line, for programs. */
function listStanzas(options: GivenOptions, context: Context): Problem | undefined {
  const rc = openClientRc(options, context, "native");
  if (rc instanceof Problem) return rc;
  const names = rc.rcFile === undefined ? [] : stanzaNames(rc.rcFile.rc);
  context.out([...new Set(names)].map((name) => `${name}\n`).join(""));
  return undefined;
}

/** Makes and sends one packet, and then waits, repeats or runs the command. */
async function knockOnce(
  options: GivenOptions,
  plan: KnockPlan,
  words: readonly string[],
  context: Context,
): Promise<number> {
  const waits = plan.wait > 0 && !plan.isTest;
  const next = waits
    ? await (await import("./follow_knock.ts")).FollowedKnock.prepare(plan)
    : undefined;
  if (next instanceof Problem) return tellProblem(next, context);
  // Standard output belongs to the connection, the command or the JSON object.
  const printing = options.has("json")
    ? withOutput(context, () => {})
    : options.has("proxy") || words.length > 0
    ? withOutput(context, (text) => context.err(text))
    : context;
  const hold = plan.repeat === 0 ? undefined : await import("./hold_open.ts");
  let own: OwnAddresses | undefined;
  const result = await sendKnock(plan, printing, "native", (made, address) => {
    if (hold !== undefined) own = hold.readOwnAddresses(address);
    next?.watch(made, address);
  });
  if (result instanceof Problem) {
    return next?.unsent(result, context) ?? tellProblem(result, context);
  }
  if (!waits && !plan.isTest) warnOfClock(plan.timeOffset, context);
  const tellObject = (sent: KnockResult): void => {
    if (options.has("json")) context.out(formatKnockJson(sent, plan));
  };
  const goOn = async (): Promise<number> => {
    if (next !== undefined) return await next.follow(result, options, words, context);
    tellObject(result);
    return ExitCode.ok;
  };
  if (hold === undefined) return await goOn();
  const quiet = plan.isVerbose ? printing : withOutput(printing, () => {});
  const stop = new AbortController();
  // Repeat from now on: otherwise the grant could end while the port is tried.
  const held = hold.holdOpen(result, own, plan, quiet, stop.signal, tellObject);
  // An error that ends it, such as an output without a reader, is reported below, not while the port is tried.
  held.catch(() => {});
  const code = await goOn();
  const isHeld = code === ExitCode.ok || code === WaitExit.openBefore;
  const isDone = !isHeld || words.length > 0 || options.has("proxy");
  if (isDone) stop.abort();
  else if (context.isTerminal && !options.has("json")) {
    context.out(`Knocking every ${plan.repeat} s. Ctrl-C ends it.\n`);
  }
  await held;
  return code;
}

/** The plan of the settings, after they were checked and, with --save-rc-stanza, saved. */
async function prepare(options: GivenOptions, context: Context): Promise<KnockPlan | Problem> {
  const read = readClientSettings(options, context, "native");
  if (read instanceof Problem) return read;
  const { settings, fromOptions, rc } = read;
  const saves = options.has("save-rc-stanza");
  const stanza = options.value("named-config");
  const invalid = validateSettings(settings, {
    savesByDestination: saves && stanza === undefined,
    sends: settings.test !== true,
  });
  if (invalid !== undefined) return withStanzas(invalid, settings, rc, stanza);
  const stray = checkPort(settings.server ?? "");
  if (stray !== undefined) return stray;
  if (!saves) return planKnock(settings);
  const { saveStanza } = await import("./save_stanza.ts");
  const unsaved = await saveStanza({
    rc,
    stanza: stanza ?? settings.server ?? "",
    settings: rcSettings(fromOptions),
    force: options.has("force-stanza"),
  }, context);
  return unsaved ?? planKnock(settings);
}

/** Adds a hint to "no destination": the stanzas of the file, or the variable that the named stanza lacks. */
function withStanzas(
  problem: Problem,
  { server }: Settings,
  { rcFile, rcPath }: ClientRc,
  stanza: string | undefined,
): Problem {
  if (server === undefined && stanza !== undefined) {
    const hint = `put SPA_SERVER HOST below [${stanza}] in ${rcPath}, or use -D HOST`;
    return new Problem(problem.text, { ...problem.facts, hint });
  }
  const names = rcFile === undefined
    ? []
    : stanzaNames(rcFile.rc).filter((it) => it !== DEFAULT_STANZA);
  if (server !== undefined || names.length === 0) return problem;
  const hint = `use -n with a stanza of ${rcPath} (${names.slice(0, 8).join(", ")}), or -D HOST`;
  return new Problem(problem.text, { ...problem.facts, hint });
}

/** Refuses `-D host:port`, which would be looked up as a name. */
function checkPort(server: string): Problem | undefined {
  const [, host, port] = /^([^:]+|\[[^\]]*\]):(\d+)$/.exec(server) ?? [];
  return host === undefined ? undefined : usageProblem(`--destination: '${server}' has a port`, {
    hint: `use -D ${host} -p ${port}`,
  });
}

/** Warns of a wrong clock. With `--wait`, the diagnosis says more, so there is no warning. */
function warnOfClock(offset: number, context: Context): void {
  const now = Date.now() + offset * 1000;
  if (now >= RELEASED * 1000) return;
  context.err(
    `fwknop: warning: the packet says ${new Date(now).toISOString().slice(0, 10)}, before this ` +
      "program was made; the server will refuse the packet\n  set the clock: date -u\n",
  );
}

/** The same context, with another function for standard output, which is used for something else. */
function withOutput(context: Context, out: (text: string) => void): Context {
  return {
    ...context,
    out,
    err: (text) => context.err(text),
    isTerminal: false,
    env: (name) => context.env(name),
  };
}
