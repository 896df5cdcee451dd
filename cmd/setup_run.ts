/**
 * Runs a set-up: asks, plans, shows, and hands over to the trial.
 *
 * @module
 */
import type { GivenOptions } from "../lib/config/option.ts";
import { runningDaemon } from "../lib/daemon/pid_file.ts";
import { isSystemdRunning } from "../lib/daemon/service_manager.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { formatServices } from "../lib/net/service.ts";
import type { SetupHost } from "../lib/setup/host.ts";
import { type Journal, readJournal } from "../lib/setup/journal.ts";
import { takeLock } from "../lib/setup/lock.ts";
import { SERVICE } from "../lib/setup/places.ts";
import { keptFileSteps, keptServiceSteps, trialSteps } from "../lib/setup/plan.ts";
import { type PlannedStep, showStep } from "../lib/setup/steps.ts";
import { SystemHost } from "../lib/setup/system_host.ts";
import { type Context, ExitCode } from "./context.ts";
import { planSetup, type SetupPlan } from "./setup_facts.ts";
import { readSetupRequest, type SetupRequest } from "./setup_request.ts";
import { clientSteps } from "./setup_client.ts";
import { runTrial } from "./setup_trial.ts";
import { endSetup } from "./setup_undo.ts";
import { systemFiles } from "./system_files.ts";
import { TypedLines } from "./typed_lines.ts";

/** Milliseconds to wait for another process of a set-up. */
const PATIENCE = 2_000;

/** `fwknop setup` without `--undo`. */
export async function runSetup(options: GivenOptions, context: Context): Promise<number> {
  const log: string[] = [];
  const host = new SystemHost(systemFiles, (line) => log.push(line));
  const isDry = options.has("dry-run");
  const present = readJournal(host);
  if (present?.phase === "confirmed") return await describeKept(present, host, context);
  if (present !== undefined) {
    refuseBeside(present);
    if (isDry) context.out("# First, an earlier set-up that was not confirmed is taken out\n\n");
    else if (!await takeOutEarlier(present, host, context)) return ExitCode.failure;
  }
  const isAsked = !options.has("yes") && !isDry && Deno.stdin.isTerminal();
  const typed = isAsked ? new TypedLines() : undefined;
  const request = await readSetupRequest(options, host, context, typed);
  const plan = await planSetup(request, host);
  context.out(describePlan(request, plan));
  if (isDry) return showPlan(request, plan, context);
  if (typed !== undefined) {
    context.out("Go on? [Y/n] ");
    if (!/^(y|yes)?$/i.test((await typed.next() ?? "n").trim())) {
      context.out("Nothing was changed\n");
      return ExitCode.failure;
    }
  }
  return await runTrial({ request, plan, host, log, typed, options, context });
}

/** The same set-up again changes nothing. */
async function describeKept(
  { began, summary }: Journal,
  host: SetupHost,
  context: Context,
): Promise<number> {
  const { services, client, server } = summary;
  const runs = isSystemdRunning()
    ? (await host.run(["systemctl", "is-active", "--quiet", SERVICE])).code === 0
    : runningDaemon("/run/fwknop/fwknopd.pid") !== undefined;
  context.out(
    `This host is set up since ${
      began.slice(0, 10)
    }: ${services} is closed, ${client} knocks at ${server}\n` +
      "  One more client:  fwknop invite NAME --server " +
      `${server} --access ${services} --install\n` +
      "  To take it out:   fwknop setup --undo\n",
  );
  if (runs) return ExitCode.ok;
  throw new HintedError("The server does not run, so a knock opens nothing", {
    hint: isSystemdRunning() ? `systemctl start ${SERVICE}` : "fwknop serve",
  });
}

function refuseBeside({ pid }: Journal): void {
  if (!isSetup(pid)) return;
  throw new HintedError(`Another fwknop setup waits for its confirmation (pid=${pid})`, {
    hint: "Connect through a knock, or take it out: fwknop setup --undo",
  });
}

function isSetup(pid: number): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").includes("setup");
  } catch {
    return false;
  }
}

async function takeOutEarlier(
  journal: Journal,
  host: SetupHost,
  context: Context,
): Promise<boolean> {
  context.out("An earlier set-up was not confirmed. It is taken out first:\n");
  using _lock = await takeLock(PATIENCE, false);
  const say = (lines: readonly string[]) => context.out(lines.map((it) => `- ${it}\n`).join(""));
  return await endSetup(journal, host, say, context);
}

/** What will be done, in a few lines. */
function describePlan(
  request: SetupRequest,
  { facts: { choice, config, manager } }: SetupPlan,
): string {
  const { closing, firewall, why } = choice;
  const services = formatServices(request.services);
  const closes = closing.how === "host"
    ? `${services} is closed already: ${why}. ${firewall} opens it for clients that knock`
    : `${services} is closed over IPv4 and IPv6 with ${firewall}: ${why}`;
  const interfaces = /^PCAP_INTF +(.*)$/m.exec(config.lines)?.[1];
  const starts = manager.kind === "systemd"
    ? `the service ${SERVICE}`
    : "a server in the background; this host has no systemd, so nothing starts it at boot";
  return [
    closes,
    interfaces === undefined ? undefined : `Packets of clients arrive on ${interfaces}`,
    `The first client is ${request.client}. It reaches this host as ${request.server}`,
    `Once confirmed: ${starts}`,
    "",
  ].filter((line) => line !== undefined).join("\n");
}

/** `--dry-run`. The steps are those that a run would carry out, without the keys. */
function showPlan(request: SetupRequest, plan: SetupPlan, context: Context): number {
  const { facts } = plan;
  const text = (steps: readonly PlannedStep[]) =>
    steps.flatMap(showStep).map((line) => `${line}\n`).join("");
  context.out(
    `\n# The timer that takes everything out again is armed first. Then, until a reboot at most:\n` +
      text([...clientSteps(request, plan), ...trialSteps(facts)]) +
      "\n# Once a new connection has come in through a knock:\n" +
      text([...keptFileSteps(facts), ...keptServiceSteps(facts)]) +
      "\nNothing was changed\n",
  );
  return ExitCode.ok;
}
