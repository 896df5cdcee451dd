/**
 * The table of the kinds of steps: how each is put in, shown, and taken out.
 *
 * @module
 */
import { HintedError } from "../errors/hinted_error.ts";
import { withBlock, withoutBlock } from "./block.ts";
import type { ProgramOutcome, SetupHost } from "./host.ts";
import type { StepKind, StepRecord } from "./journal.ts";

/** A step that is to be put in. */
export interface PlannedStep<R extends StepRecord = StepRecord> {
  readonly record: R;
  /** The text of a file or of its new lines; it may hold keys, so the journal does not. */
  readonly text?: string;
  /** What is shown in place of the text, because it holds keys. */
  readonly shown?: string;
}

/** What was found when a step was taken out. */
export interface TakenOut {
  /** Whether it was still in. */
  readonly wasIn: boolean;
  /** What stays, and why. */
  readonly left?: string;
}

interface StepRow<R extends StepRecord> {
  /** The commands that do the same, one a line. */
  show(step: PlannedStep<R>): readonly string[];
  /** @throws {HintedError} if it cannot be put in. */
  putIn(step: PlannedStep<R>, host: SetupHost): Promise<void>;
  /** Takes it out, however much of it is in. A second call finds nothing. @throws {HintedError} if it stays in. */
  takeOut(record: R, host: SetupHost): Promise<TakenOut>;
  /** The command that takes it out; absent: nothing is said. */
  showOut?(record: R): string;
}

type StepTable = { readonly [K in StepKind]: StepRow<Extract<StepRecord, { readonly kind: K }>> };

/** More identical rules than this do not come from a set-up. */
const MOST_RULES = 20;

const STEPS: StepTable = {
  /** A folder that was missing. */
  folder: {
    show: ({ record: { path } }) => [`install -d -m 700 ${path}`],
    putIn: ({ record: { path } }, host) => Promise.resolve(host.makeFolder(path)),
    takeOut: ({ path }, host) => {
      host.removeFolder(path);
      return Promise.resolve(NOT_IN);
    },
  },
  /** A folder that the server or systemd makes at the start, or a link to it, with all that is written there. */
  tree: {
    show: () => [],
    putIn: () => Promise.resolve(),
    takeOut: ({ path }, host) => {
      host.removeTree(path);
      return Promise.resolve(NOT_IN);
    },
  },
  /** A file that belongs to the set-up alone. */
  file: {
    show: showFile,
    putIn: ({ record: { path }, text = "" }, host) => host.write(path, text),
    takeOut: ({ path }, host) => Promise.resolve(removeFile(path, host)),
    showOut: ({ path }) => `rm ${path}`,
  },
  /** Lines at the end of a file that may have others. */
  lines: {
    show: showFile,
    putIn: ({ record: { path }, text = "" }, host) =>
      host.write(path, withBlock(host.read(path) ?? "", text)),
    takeOut: removeLines,
    showOut: ({ path }) => `remove the lines of fwknop setup from ${path}`,
  },
  /** A unit of systemd. */
  unit: {
    show: (step) => [...showFile(step), RELOAD.join(" ")],
    async putIn({ record: { path }, text = "" }, host) {
      await host.write(path, text);
      await must(host, RELOAD);
    },
    async takeOut({ path }, host) {
      const { wasIn } = removeFile(path, host);
      if (wasIn) await must(host, RELOAD);
      return { wasIn };
    },
    showOut: ({ path }) => `rm ${path} && ${RELOAD.join(" ")}`,
  },
  /** A rule of iptables that closes a port. A comment marks it as one of the set-up. */
  rule: {
    show: ({ record: { insert } }) => [insert.join(" ")],
    putIn: ({ record: { insert } }, host) => must(host, insert),
    async takeOut({ remove }, host) {
      let count = 0;
      // iptables fails when there is no such rule left.
      while (count < MOST_RULES && (await host.run(remove)).code === 0) count++;
      return { wasIn: count > 0 };
    },
    showOut: ({ remove }) => remove.join(" "),
  },
  /** The rules that the server makes: this step stands before the one that starts it. */
  grants: {
    show: () => [],
    putIn: () => Promise.resolve(),
    takeOut: async ({ firewall }, host) => ({ wasIn: await host.removeGrants(firewall) }),
    showOut: ({ firewall }) =>
      firewall === "nft" ? "nft delete table inet fwknop" : "fwknop fw-flush",
  },
  /** A service of systemd that is started. Its state goes with it, unless the service had state before. */
  service: {
    show: ({ record: { name } }) => [`systemctl start ${name}`],
    async putIn({ record: { name } }, host) {
      const started = await host.run(["systemctl", "start", name]);
      if (started.code === 0) return;
      throw new HintedError(`The service ${name} does not start: ${lastLine(started)}`, {
        hint: `journalctl --unit ${name} says why`,
      });
    },
    async takeOut({ name, hasState }, host) {
      const wasIn = (await host.run(["systemctl", "is-active", "--quiet", name])).code === 0;
      const stopped = await host.run(["systemctl", "stop", name]);
      // 5: there is no such unit.
      if (stopped.code !== 0 && stopped.code !== 5) {
        throw failed(["systemctl", "stop", name], stopped);
      }
      await host.run(["systemctl", "reset-failed", name]);
      if (!hasState) await host.run(["systemctl", "clean", "--what=state", name]);
      return { wasIn };
    },
    showOut: ({ name }) => `systemctl stop ${name}`,
  },
  /** The server as a process of its own, on a host without systemd. */
  process: {
    show: ({ record: { options } }) => [["fwknop", "serve", ...options].join(" ")],
    putIn: ({ record: { options } }, host) => host.startServer(options),
    takeOut: async ({ marks }, host) => ({ wasIn: await host.endServers(marks) }),
    showOut: () => "fwknop stop",
  },
  /** A service that starts at boot. */
  enabled: {
    show: ({ record: { name } }) => [`systemctl enable ${name}`],
    putIn: ({ record: { name } }, host) => must(host, ["systemctl", "enable", "--quiet", name]),
    async takeOut({ name }, host) {
      const wasIn = (await host.run(["systemctl", "is-enabled", "--quiet", name])).code === 0;
      if (wasIn) await must(host, ["systemctl", "disable", "--quiet", name]);
      return { wasIn };
    },
    showOut: ({ name }) => `systemctl disable ${name}`,
  },
};

const NOT_IN: TakenOut = { wasIn: false };
const RELOAD = ["systemctl", "daemon-reload"] as const;

/** The row of a step, for a step of any kind. */
function rowOf(kind: StepKind): StepRow<StepRecord> {
  return STEPS[kind] as StepRow<StepRecord>;
}

/** The commands that do what the step does, and the content of its file. */
export function showStep(step: PlannedStep): readonly string[] {
  return rowOf(step.record.kind).show(step);
}

/** The command that undoes the step; `undefined` if there is nothing to say. */
export function showTakenOut(record: StepRecord): string | undefined {
  return rowOf(record.kind).showOut?.(record);
}

/** Puts a step in. @throws {HintedError} if it cannot be put in. */
export function putInStep(step: PlannedStep, host: SetupHost): Promise<void> {
  return rowOf(step.record.kind).putIn(step, host);
}

/** Takes a step out. @throws {HintedError} if it stays in. */
export function takeOutStep(record: StepRecord, host: SetupHost): Promise<TakenOut> {
  return rowOf(record.kind).takeOut(record, host);
}

function showFile(
  { record, text = "", shown = text }: PlannedStep<StepRecord & { readonly path: string }>,
): readonly string[] {
  const begin = `cat ${record.kind === "lines" ? ">>" : ">"} ${record.path} <<END`;
  return [begin, ...shown.trimEnd().split("\n").map((line) => `  ${line}`), "END"];
}

function removeFile(path: string, host: SetupHost): TakenOut {
  const wasIn = host.read(path) !== undefined;
  host.remove(path);
  return { wasIn };
}

/** A file that the set-up made is removed, if it holds nothing else. */
async function removeLines(
  { path, wasThere }: { readonly path: string; readonly wasThere: boolean },
  host: SetupHost,
): Promise<TakenOut> {
  const text = host.read(path);
  if (text === undefined) return NOT_IN;
  const rest = withoutBlock(text);
  if (rest === undefined) {
    const mayStay = text.includes("lines of fwknop setup");
    return mayStay
      ? { wasIn: false, left: `${path}: its lines were changed, so they stay` }
      : NOT_IN;
  }
  if (rest === "" && !wasThere) host.remove(path);
  else await host.write(path, rest);
  return { wasIn: true };
}

async function must(host: SetupHost, words: readonly string[]): Promise<void> {
  const outcome = await host.run(words);
  if (outcome.code !== 0) throw failed(words, outcome);
}

function failed(words: readonly string[], outcome: ProgramOutcome): HintedError {
  return new HintedError(`${words.join(" ")} failed: ${lastLine(outcome)}`);
}

function lastLine({ code, stdout, stderr }: ProgramOutcome): string {
  const lines = `${stdout}\n${stderr}`.trim().split("\n");
  return lines.at(-1) || `exit status ${code}`;
}
