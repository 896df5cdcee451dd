/**
 * The trial of a set-up: closes the port for a while, waits for the proof that a knock opens it, and keeps the set-up or
 * takes it out.
 *
 * @module
 */
import type { GivenOptions } from "../lib/config/option.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { chooseFirewall } from "../lib/firewall/choose.ts";
import { doctorQuestions, readHostFacts } from "../lib/firewall/doctor_questions.ts";
import { firewallOf } from "../lib/firewall/firewalls.ts";
import { formatServices } from "../lib/net/service.ts";
import { type Connection, readConnections } from "../lib/firewall/netfilter/connections.ts";
import { type Journal, readJournal, writeJournal } from "../lib/setup/journal.ts";
import { takeLock } from "../lib/setup/lock.ts";
import { SERVICE, TRIAL_FOLDER, TRIAL_SERVICE } from "../lib/setup/places.ts";
import { isTrialServer, keptFileSteps, keptServiceSteps, trialSteps } from "../lib/setup/plan.ts";
import { keepSessionsOpen } from "../lib/firewall/netfilter/track_connections.ts";
import { putIn } from "../lib/setup/put_in.ts";
import { type PlannedStep, takeOutStep } from "../lib/setup/steps.ts";
import type { SystemHost } from "../lib/setup/system_host.ts";
import { armTimer, disarmTimer } from "../lib/setup/timer.ts";
import { type Context, ExitCode } from "./context.ts";
import { describeFailure } from "./failure.ts";
import type { SetupPlan } from "./setup_facts.ts";
import { clientSteps, handOver, sayHowToConnect } from "./setup_client.ts";
import type { SetupRequest } from "./setup_request.ts";
import { endSetup } from "./setup_undo.ts";
import { waitForProof } from "./setup_wait.ts";
import type { TypedLines } from "./typed_lines.ts";

/** A set-up to try. */
export interface Trial {
  readonly request: SetupRequest;
  readonly plan: SetupPlan;
  readonly host: SystemHost;
  /** The log of a server that this process started; lines that were shown are removed. */
  readonly log: string[];
  readonly typed: TypedLines | undefined;
  readonly options: GivenOptions;
  readonly context: Context;
}

/** Milliseconds to wait for another process of a set-up. */
const PATIENCE = 2_000;
/** Milliseconds before the timer fires at which this process takes everything out itself, and says so. */
const MARGIN = 1_000;

const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Runs a trial to its end; returns the exit status. */
export async function runTrial(trial: Trial): Promise<number> {
  let signal: Deno.Signal | undefined;
  const listeners = SIGNALS.map((name) => {
    const listener = () => signal = name;
    Deno.addSignalListener(name, listener);
    return () => Deno.removeSignalListener(name, listener);
  });
  try {
    return await new RunningTrial(trial, () => signal).run();
  } finally {
    for (const remove of listeners) remove();
  }
}

class RunningTrial {
  readonly #trial: Trial;
  readonly #signal: () => Deno.Signal | undefined;
  #journal: Journal;

  constructor(trial: Trial, signal: () => Deno.Signal | undefined) {
    this.#trial = trial;
    this.#signal = signal;
    const { services, client, server } = trial.request;
    this.#journal = {
      version: 1,
      id: crypto.randomUUID(),
      phase: "trial",
      began: new Date().toISOString(),
      pid: Deno.pid,
      summary: { services: formatServices(services), client, server },
      steps: [],
    };
  }

  async run(): Promise<number> {
    const { request, plan, host, context, typed } = this.#trial;
    const services = formatServices(request.services);
    let deadline = 0;
    let before: readonly Connection[] = [];
    {
      using _lock = await takeLock(PATIENCE, false);
      try {
        await writeJournal(host, this.#journal);
        await this.#putIn(clientSteps(request, plan));
        await handOver(this.#trial);
        this.#stopIfAsked();
        await armTimer(this.#journal.id, request.within, host);
        deadline = performance.now() + request.within * 1000 - MARGIN;
        this.#say(`The timer is armed: in ${request.within} s everything is taken out again.\n`);
        before = readConnections();
        this.#keepOpen();
        await this.#putIn(trialSteps(plan.facts));
        await this.#examine();
        // What the server said when it started is of no use now.
        await this.#readLog();
      } catch (error) {
        return await this.#fail(error, true);
      }
    }
    this.#say(`${services} is closed to those who do not knock.\n`);
    sayHowToConnect(request, { ...context, out: (text) => this.#say(text) });
    const outcome = await waitForProof({
      request,
      config: plan.config,
      host,
      id: this.#journal.id,
      before,
      deadline,
      readLog: () => this.#readLog(),
      typed,
      stopped: () => this.#signal() === undefined ? undefined : `${this.#signal()} came`,
      say: (text) => this.#say(text),
    });
    switch (outcome.kind) {
      case "gone":
        context.err("fwknop: The set-up was taken out by another process\n");
        return ExitCode.failure;
      case "late":
        return await this.#fail(
          new HintedError("No new connection came in through a knock, so nothing is kept", {
            hint: "The lines of the server above say what arrived; fwknop setup begins anew",
          }),
        );
      case "stopped":
        return await this.#fail(new HintedError(`${outcome.why}, so nothing is kept`));
      case "word":
        this.#say("Kept because you typed the word. No connection has proved it.\n");
        return await this.#keep();
      case "proof":
        this.#say(`${outcome.proof.address} came in through a knock.\n`);
        return await this.#keep();
    }
  }

  /** Makes the kernel know the open connections, so that the sessions of administrators do not hang. */
  #keepOpen(): void {
    const reason = keepSessionsOpen(this.#trial.request.services);
    if (reason !== undefined) {
      this.#err(`fwknop: warning: sessions that are idle now may hang: ${reason}\n`);
    }
  }

  /** Makes the set-up permanent. */
  async #keep(): Promise<number> {
    const { plan: { facts }, request, host, context } = this.#trial;
    using _lock = await takeLock(PATIENCE, false);
    if (readJournal(host)?.id !== this.#journal.id) {
      context.err("fwknop: The set-up was taken out in the meantime\n");
      return ExitCode.failure;
    }
    const passing = new Set(
      [...clientSteps(request, this.#trial.plan), ...trialSteps(facts)].map((it) => it.record)
        .filter(({ kind }) => kind !== "grants" && kind !== "rule").map((it) => JSON.stringify(it)),
    );
    try {
      this.#journal = { ...this.#journal, phase: "confirming" };
      await writeJournal(host, this.#journal);
      await this.#putIn(keptFileSteps(facts));
      for (const { record } of trialSteps(facts).filter(isTrialServer)) {
        await takeOutStep(record, host);
      }
      await this.#putIn(keptServiceSteps(facts));
      this.#journal = { ...this.#journal, phase: "confirmed" };
      await writeJournal(host, this.#journal);
    } catch (error) {
      return await this.#fail(error, true);
    }
    // From here on nothing ends the set-up but the administrator.
    await disarmTimer(host);
    const isPassing = (record: PlannedStep["record"]) => passing.has(JSON.stringify(record));
    for (const record of this.#journal.steps.filter(isPassing).toReversed()) {
      await takeOutStep(record, host);
    }
    const steps = this.#journal.steps.filter((record) => !isPassing(record));
    this.#journal = { ...this.#journal, steps };
    await writeJournal(host, this.#journal);
    host.removeTree(TRIAL_FOLDER);
    const services = formatServices(request.services);
    this.#say(
      `\nDone. ${services} stays closed` +
        `${facts.manager.kind === "systemd" ? `, and ${SERVICE} starts at boot` : ""}.\n` +
        (facts.manager.kind === "systemd"
          ? ""
          : `Let this host run "fwknop serve" at boot: until then ${services} is open after a reboot.\n`) +
        `  One more client:  fwknop invite NAME --server ${request.server} --access ${services} --install\n` +
        "  Who is let in:    fwknop fw-list\n" +
        "  To take it out:   fwknop setup --undo\n",
    );
    return ExitCode.ok;
  }

  async #putIn(steps: readonly PlannedStep[]): Promise<void> {
    const { host } = this.#trial;
    this.#journal = await putIn(this.#journal, steps, host, (lines) => {
      this.#stopIfAsked();
      this.#say(lines.map((line) => `+ ${line}\n`).join(""));
    });
  }

  /** Asks the doctor: strangers must be out, and clients must get in. @throws {HintedError} if it finds a fault. */
  async #examine(): Promise<void> {
    const { config } = this.#trial.plan;
    const { settings, given } = config;
    const { kind, command } = await chooseFirewall(settings, given);
    const examine = await firewallOf(kind).doctor();
    const findings = await examine(doctorQuestions(config, readHostFacts(config)), {
      settings,
      command,
    });
    const wrong = findings.filter(({ state }) => state === "bad");
    if (wrong.length === 0) return;
    throw new HintedError(`The port would not be closed as it should: ${wrong[0]?.text}`, {
      hint: wrong.flatMap((
        { text, repair },
        at,
      ) => [...(at > 0 ? [text] : []), ...(repair === undefined ? [] : [repair])]).join("\n  "),
    });
  }

  async #readLog(): Promise<readonly string[]> {
    const { host, log, plan } = this.#trial;
    if (plan.facts.manager.kind === "none") return log.splice(0);
    const { stdout } = await host.run([
      ...["journalctl", "--unit", TRIAL_SERVICE, "--output", "cat", "--no-pager", "--quiet"],
      `--cursor-file=${TRIAL_FOLDER}/cursor`,
    ]);
    return stdout.split("\n").filter((line) => line !== "");
  }

  /** Takes everything out and says why. */
  async #fail(error: unknown, hasLock = false): Promise<number> {
    const { host } = this.#trial;
    this.#err(describeFailure(error));
    this.#say("Everything that setup put in is taken out again:\n");
    using _lock = hasLock ? undefined : await takeLock(PATIENCE, true);
    const say = (lines: readonly string[]) => this.#say(lines.map((it) => `- ${it}\n`).join(""));
    // The journal on the disk also names the step that failed.
    const journal = readJournal(host);
    if (journal?.id !== this.#journal.id) return ExitCode.failure;
    const streams = { out: (it: string) => this.#say(it), err: (it: string) => this.#err(it) };
    await endSetup(journal, host, say, streams);
    return ExitCode.failure;
  }

  #stopIfAsked(): void {
    const signal = this.#signal();
    if (signal !== undefined) throw new HintedError(`${signal} came, so nothing is kept`);
  }

  /** The terminal may be gone: what is said there must not keep the port closed. */
  #say(text: string): void {
    try {
      this.#trial.context.out(text);
    } catch {
      // It has no reader.
    }
  }

  #err(text: string): void {
    this.#trial.context.err(text);
  }
}
