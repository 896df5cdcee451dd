/**
 * `fwknop setup --undo`: takes out what a set-up put in.
 *
 * @module
 */
import type { GivenOptions } from "../lib/config/option.ts";
import { parseNumber } from "../lib/config/number.ts";
import { isDetached, reportReady } from "../lib/daemon/detach.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import type { SetupHost } from "../lib/setup/host.ts";
import { hasJournal, type Journal, readJournal, removeJournal } from "../lib/setup/journal.ts";
import { takeLock } from "../lib/setup/lock.ts";
import { type SayStep, takeOut } from "../lib/setup/put_in.ts";
import { SystemHost } from "../lib/setup/system_host.ts";
import { disarmTimer, MAX_SECONDS, waitDetached } from "../lib/setup/timer.ts";
import { type Context, ExitCode } from "./context.ts";
import { systemFiles } from "./system_files.ts";

/** Milliseconds after which a set-up that holds the lock counts as hanging. */
const PATIENCE = 20_000;

/** Takes a set-up out, for the administrator or for the timer of a trial. */
export async function undoSetup(options: GivenOptions, context: Context): Promise<number> {
  const id = options.value("unless-confirmed");
  const host = new SystemHost(systemFiles);
  const waits = options.value("after");
  if (waits !== undefined) {
    if (id === undefined) throw new HintedError("--after needs --unless-confirmed");
    if (!await waitForTimer(waits, id, host, context)) return ExitCode.ok;
  }
  using _lock = await takeLock(PATIENCE, true);
  const journal = readJournal(host);
  if (id !== undefined && !isTrial(journal, id)) return ExitCode.ok;
  if (journal === undefined) {
    // A set-up that was killed before its first line leaves an empty folder.
    if (!hasJournal(host)) removeJournal(host);
    context.out("There is nothing to take out: no setup is in place\n");
    return ExitCode.ok;
  }
  const say: SayStep = (lines) => context.out(lines.map((line) => `- ${line}\n`).join(""));
  return await endSetup(journal, host, say, context) ? ExitCode.ok : ExitCode.failure;
}

function isTrial(journal: Journal | undefined, id: string): boolean {
  return journal?.id === id && journal.phase !== "confirmed";
}

/** The timer where there is no systemd: it answers its caller and waits. Returns whether the time is up. */
async function waitForTimer(
  text: string,
  id: string,
  host: SetupHost,
  context: Context,
): Promise<boolean> {
  const seconds = parseNumber(text, 1, MAX_SECONDS, "native");
  if (seconds === undefined) {
    throw new HintedError(`--after "${text}" must be a number of seconds from 1 to ${MAX_SECONDS}`);
  }
  // The terminal may close, and memory may run out: the port must not stay closed for that.
  Deno.addSignalListener("SIGHUP", () => {});
  try {
    Deno.writeTextFileSync("/proc/self/oom_score_adj", "-900");
  } catch {
    // It is one of the others that the kernel may choose.
  }
  if (isDetached()) reportReady((line) => context.out(line));
  return await waitDetached(seconds, () => !isTrial(readJournal(host), id));
}

/** Takes a set-up out and says what stays; returns whether nothing failed. The caller holds the lock. */
export async function endSetup(
  journal: Journal,
  host: SetupHost,
  say: SayStep,
  context: Pick<Context, "out" | "err">,
): Promise<boolean> {
  const { left, failures } = await takeOut(journal.steps, host, say);
  for (const text of left) context.err(`fwknop: warning: ${text}\n`);
  if (failures.length > 0) {
    for (const text of failures) context.err(`fwknop: ${text}\n`);
    context.err("  To try it again: fwknop setup --undo\n");
    return false;
  }
  removeJournal(host);
  await disarmTimer(host);
  context.out(`${journal.summary.services} is as open as it was before the setup\n`);
  return true;
}
