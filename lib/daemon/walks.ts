/**
 * Start, reload and stop. Each walks over the table of parts (`parts.ts`).
 *
 * @module
 */
import { FWKNOPD_ROWS, type ServerSettings } from "../config/fwknopd_variables.ts";
import type { LoadedServerConfig } from "../config/server_config.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import type { Change, Ending, Life, Part, Parts, Running } from "./part.ts";
import { PARTS } from "./parts.ts";

/** A row, with its part before and after the change. */
interface Step {
  readonly row: Part<unknown>;
  readonly before: unknown;
  readonly value: unknown;
}

/**
 * Sets parts up for the configuration: all at the start, those that do not survive at a reload. After a failure,
 * nothing that was opened here stays open, and the running parts continue unchanged.
 *
 * @param switched called with what runs from then on, at once: it may be stopped before this resolves.
 * @returns when what ran before is needed no longer.
 * @throws {HintedError} when something cannot be opened, or needs a restart.
 */
export async function changeParts(
  config: LoadedServerConfig,
  life: Life,
  running: Running | undefined,
  switched: (running: Running) => void,
): Promise<void> {
  if (running !== undefined) refuseFixed(running, config.settings);
  const parts: Record<string, unknown> = {};
  const change: Change = { config, life, running, parts: parts as unknown as Parts };
  await using undo = new AsyncDisposableStack();
  const steps: Step[] = [];
  for (const [name, row] of rows()) {
    const before = running?.parts[name];
    const survives = running !== undefined && survivesChange(row, before, running, config);
    const value = survives ? before : await row.make(change);
    if (!survives) undo.defer(() => row.discard?.(value));
    parts[name] = value;
    steps.push({ row, before, value });
  }
  if (running !== undefined && life.ending.aborted) throw new HintedError("The server ends");
  for (const { row, before, value } of steps) {
    if (value === before && row.survives !== "reconfigured") continue;
    const prepared = row.prepare?.(value, change);
    // After the last one there is no turn of the event loop, so no packet falls between two configurations.
    if (prepared !== undefined) await prepared;
  }
  undo.move();
  const entered = steps.map(({ row, value }) => row.enter?.(value, change));
  // Another part has taken over what neither survives nor ends: the daemon keeps no second copy of the replay memory.
  for (const [name, { survives, ends }] of rows()) {
    if (survives === "nothing" && ends === undefined) delete parts[name];
  }
  switched({ config, parts: change.parts });
  await Promise.all(entered);
  for (const { row, before, value } of steps) {
    const isReplaced = row.survives === "unchanged" && before !== undefined && before !== value;
    if (isReplaced) await row.discard?.(before);
  }
}

/** Makes files again that another program removed: without the lock a second daemon would start. */
export function restoreParts({ config: { settings }, parts }: Running, life: Life): void {
  try {
    for (const [name, row] of rows()) {
      const path = row.restore?.(parts[name], settings, life);
      if (path !== undefined) life.log.warning(`${path} was removed. It is made again`);
    }
  } catch (error) {
    life.log.error(reasonOf(error));
  }
}

/** Ends every part. */
export async function endParts({ config, parts }: Running, { log }: Life): Promise<void> {
  const ends = (ending: Ending) =>
    rows().filter(([, row]) => row.ends === ending)
      .map(([name, row]) => () => (row.end ?? row.discard)?.(parts[name], config));
  try {
    for (const end of ends("first")) await end();
    log.finish();
    log.info("Shutting Down fwknopd.");
    // End these at the same time: commands may be slow, and a command that stops the daemon waits only a limited time.
    await Promise.all(ends("together").reverse().map((end) => end()));
  } finally {
    for (const end of ends("last").reverse()) await end();
  }
}

/** The rows. Each row accepts only the value of its own name. */
function rows(): (readonly [keyof Parts, Part<unknown>])[] {
  return Object.entries(PARTS) as unknown as (readonly [keyof Parts, Part<unknown>])[];
}

function survivesChange(
  { survives, shapedBy }: Part<unknown>,
  before: unknown,
  { config: { settings } }: Running,
  next: LoadedServerConfig,
): boolean {
  if (survives !== "unchanged") return survives !== "nothing";
  if (before === undefined) return false;
  const shape = (of: ServerSettings): string => shapeOf(shapedBy?.(of) ?? [], of);
  return shape(settings) === shape(next.settings);
}

/** @throws {HintedError} when the settings change what no reload can change. */
function refuseFixed({ config, parts }: Running, settings: ServerSettings): void {
  for (const [name, { fixed }] of rows()) {
    if (fixed === undefined || parts[name] === undefined) continue;
    const { part, text, hint } = fixed;
    if (shapeOf([part], config.settings) !== shapeOf([part], settings)) {
      throw new HintedError(text, { hint });
    }
  }
}

/** What the settings say about these parts, as a text to compare. */
function shapeOf(parts: readonly string[], settings: ServerSettings): string {
  const rows = FWKNOPD_ROWS.filter((row) => row.parts?.some((part) => parts.includes(part)));
  return JSON.stringify([parts, rows.map(({ name }) => settings[name] ?? null)]);
}
