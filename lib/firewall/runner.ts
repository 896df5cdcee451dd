/**
 * Carries out plans: the only part of the enforcer that starts programs.
 *
 * @module
 */
import { HelperProcess } from "./helper_process.ts";
import {
  describeCommand,
  describeOutcome,
  describePlan,
  type FirewallCommand,
  type Helper,
  type Outcome,
  type Plan,
} from "./plan.ts";
import { HOST_PROGRAMS, type Programs } from "./programs.ts";

/** Why a plan was not carried out. */
export interface PlanFailure {
  /** One line. */
  readonly text: string;
  /** Whether trying again may help: the program did not hang. */
  readonly refused: boolean;
  /** Whether a part of the plan may be in force and must be undone. */
  readonly partial: boolean;
}

/** What the owner of a {@link Runner} decides. */
export interface RunnerOptions {
  /** Called with each command and document before it is run; `text` makes the text when it is needed. */
  readonly echo?: (text: () => string) => void;
  /** Called when a helper process cannot be started and single commands take its place. */
  readonly warn?: (text: string) => void;
  /** How long a helper process may take to acknowledge a document; 2000 by default. */
  readonly helperMilliseconds?: number;
  /** How long a single command may take; 10000 by default. */
  readonly commandMilliseconds?: number;
  /** The programs of this host by default. */
  readonly programs?: Programs;
  /** Called with all work that may change the firewall; it must carry the work out. */
  readonly during?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Runs commands one after another, and keeps helper processes running. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #programs: Programs;
  readonly #helpers = new Map<string, HelperProcess | "unusable">();

  constructor(options: RunnerOptions = {}) {
    this.#options = options;
    this.#programs = options.programs ?? HOST_PROGRAMS;
  }

  /** Carries out a plan, transaction by transaction, up to the first that fails. */
  apply(plan: Plan): Promise<PlanFailure | undefined> {
    return this.#during(() => this.#apply(plan));
  }

  /** Runs every single command of a plan, even if others fail; returns what went wrong. */
  force(plan: Plan): Promise<string[]> {
    return this.#during(() => this.#force(plan));
  }

  async #apply(plan: Plan): Promise<PlanFailure | undefined> {
    for (const [index, transaction] of plan.entries()) {
      const { helper, document } = transaction;
      const kept = helper === undefined ? undefined : this.#helper(helper);
      if (helper !== undefined && kept !== undefined) {
        this.#options.echo?.(() => describePlan([transaction]).join("\n"));
        const submission = await kept.submit(document);
        if (submission.ok) continue;
        const { text, how } = submission;
        if (how !== "unusable" && how !== "unstarted") {
          return { text, refused: how !== "late", partial: index > 0 || how !== "refused" };
        }
        if (how === "unusable") this.#helpers.set(helper.words.join(" "), "unusable");
        this.#options.warn?.(`${text}: single commands are used in its place`);
      }
      for (const [position, command] of transaction.commands.entries()) {
        const outcome = await this.run(command);
        if (outcome.code === 0) continue;
        // A command that was stopped may have done its work; or a daemon that answers late may do it yet.
        const late = outcome.late === true;
        return {
          text: describeOutcome(outcome),
          refused: !late,
          partial: index > 0 || position > 0 || late,
        };
      }
    }
    return undefined;
  }

  async #force(plan: Plan): Promise<string[]> {
    const failures: string[] = [];
    for (const command of plan.flatMap(({ commands }) => commands)) {
      const outcome = await this.run(command);
      if (outcome.code !== 0) failures.push(describeOutcome(outcome));
      // A program that hangs would hang for each of the other commands.
      if (outcome.late) break;
    }
    return failures;
  }

  /** Runs one command to its end. */
  async run(command: FirewallCommand): Promise<Outcome> {
    this.#options.echo?.(() => describeCommand(command));
    return await this.#programs.runOnce(command, this.#options.commandMilliseconds ?? 10_000);
  }

  /** Runs commands one after another. */
  async query(commands: readonly FirewallCommand[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const command of commands) outcomes.push(await this.run(command));
    return outcomes;
  }

  /** Stops the helper processes. The runner may be used again. */
  async close(): Promise<void> {
    const helpers = [...this.#helpers.values()];
    this.#helpers.clear();
    await Promise.all(helpers.map((helper) => helper === "unusable" ? undefined : helper.close()));
  }

  #during<T>(work: () => Promise<T>): Promise<T> {
    return this.#options.during?.(work) ?? work();
  }

  #helper(helper: Helper): HelperProcess | undefined {
    const key = helper.words.join(" ");
    const known = this.#helpers.get(key);
    if (known === "unusable") return undefined;
    if (known !== undefined) return known;
    const { helperMilliseconds: milliseconds = 2000 } = this.#options;
    const kept = new HelperProcess(helper, { milliseconds, programs: this.#programs });
    this.#helpers.set(key, kept);
    return kept;
  }
}
