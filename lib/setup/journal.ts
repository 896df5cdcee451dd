/**
 * The journal of a set-up: what it puts in, written before it is put in. Whatever happens to the process, the journal
 * names everything that may have to be taken out. It holds no keys.
 *
 * @module
 */
import type { FirewallKind } from "../firewall/kind.ts";
import type { SetupHost } from "./host.ts";
import { KEPT_FOLDER, KEPT_JOURNAL, TRIAL_FOLDER, TRIAL_JOURNAL } from "./places.ts";

/** One thing that a set-up puts in, as far as taking it out needs it. `steps.ts` says what each means. */
export type StepRecord =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "tree"; readonly path: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "lines"; readonly path: string; readonly wasThere: boolean }
  | { readonly kind: "unit"; readonly path: string }
  | {
    readonly kind: "rule";
    readonly insert: readonly string[];
    readonly remove: readonly string[];
  }
  | { readonly kind: "grants"; readonly firewall: FirewallKind }
  | { readonly kind: "service"; readonly name: string; readonly hasState: boolean }
  | {
    readonly kind: "process";
    readonly marks: readonly string[];
    readonly options: readonly string[];
  }
  | { readonly kind: "enabled"; readonly name: string };

/** The name of a kind of step. */
export type StepKind = StepRecord["kind"];

/** How far a set-up is. */
export type SetupPhase = "trial" | "confirming" | "confirmed";

/** What was asked for: the same question again changes nothing. */
export interface SetupSummary {
  /** `tcp/22`, joined by commas. */
  readonly services: string;
  readonly client: string;
  /** Where the client finds this host. */
  readonly server: string;
}

/** One set-up. */
export interface Journal {
  readonly version: 1;
  /** A random name, so that the timer of one trial does not end another one. */
  readonly id: string;
  readonly phase: SetupPhase;
  /** ISO 8601. */
  readonly began: string;
  /** The process that waits for the confirmation. */
  readonly pid: number;
  readonly summary: SetupSummary;
  /** In the order in which they were put in. */
  readonly steps: readonly StepRecord[];
}

const PHASES: readonly string[] = ["trial", "confirming", "confirmed"];

/**
 * Reads a journal. Only root can write it, so its members are trusted once it is one.
 *
 * @returns `undefined` if the text is not a journal that this version understands.
 */
export function parseJournal(text: string): Journal | undefined {
  try {
    const found: Partial<Journal> | null = JSON.parse(text);
    const isJournal = found?.version === 1 && typeof found.id === "string" &&
      typeof found.pid === "number" &&
      PHASES.includes(String(found.phase)) && Array.isArray(found.steps);
    return isJournal ? found as Journal : undefined;
  } catch {
    return undefined;
  }
}

/** The set-up of this host, if there is one: a trial, or one that is kept. */
export function readJournal(host: Pick<SetupHost, "read">): Journal | undefined {
  for (const path of [KEPT_JOURNAL, TRIAL_JOURNAL]) {
    const text = host.read(path);
    const journal = text === undefined ? undefined : parseJournal(text);
    if (journal !== undefined) return journal;
  }
  return undefined;
}

/** Whether there is a journal, of any version. */
export function hasJournal(host: Pick<SetupHost, "read">): boolean {
  return [KEPT_JOURNAL, TRIAL_JOURNAL].some((path) => host.read(path) !== undefined);
}

/** Writes the journal where its phase keeps it. */
export async function writeJournal(
  host: Pick<SetupHost, "write" | "makeFolder">,
  journal: Journal,
): Promise<void> {
  const [folder, path] = journal.phase === "trial"
    ? [TRIAL_FOLDER, TRIAL_JOURNAL]
    : [KEPT_FOLDER, KEPT_JOURNAL];
  host.makeFolder(folder);
  await host.write(path, `${JSON.stringify(journal, undefined, 1)}\n`);
}

/** Removes both journals, and all else that a trial has in its folder. */
export function removeJournal(host: Pick<SetupHost, "removeTree">): void {
  for (const folder of [KEPT_FOLDER, TRIAL_FOLDER]) host.removeTree(folder);
}
