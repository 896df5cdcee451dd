/**
 * Command cycles: a stanza's own command opens, and another one closes after a while
 * (`docs/spec/server.md` 11).
 *
 * @module
 */
import type { CommandCycle, Stanza } from "../config/stanza.ts";
import type { Clocks } from "../clocks.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { Slots } from "../exec/slots.ts";
import { formatService } from "../net/service.ts";
import type { CloseReason, CycleEvent } from "./cycle_event.ts";
import { type CycleValues, fillTemplate } from "./cycle_template.ts";
import { Lanes } from "./lanes.ts";
import { parseCloses, type PendingClose, PendingCloses } from "./pending_closes.ts";
import { type CommandOutcome, type CommandSurroundings, runCommand } from "./run_command.ts";
import { splitWords } from "./words.ts";

/** A request to open, from the deciding side: numbers and addresses, no command. */
export interface CycleRequest extends Omit<CycleValues, "expires"> {
  /** Number of the stanza. */
  readonly stanza: number;
}

/** What became of a request: the open command's outcome and the close to come, or why nothing was run. */
export type CycleOpening =
  | {
    readonly ok: true;
    readonly command: string;
    readonly outcome: CommandOutcome;
    /** Seconds from the request on. */
    readonly close?: { readonly command: string; readonly seconds: number };
  }
  | {
    readonly ok: false;
    readonly reason: string;
    /** As much is open as MAX_RULES allows. */
    readonly isFull?: true;
  };

/** What cycles are made of. */
export interface CycleParts {
  /** The file of closes to come. */
  readonly path: string;
  readonly stanzas: readonly Stanza[];
  readonly surroundings: CommandSurroundings;
  readonly clocks: Clocks;
  readonly onEvent: (event: CycleEvent) => void;
}

/** A request that has its turn. */
interface CycleToOpen {
  readonly stanza: number;
  /** MAX_RULES: what the stanza may have open. */
  readonly maxRules: number;
  readonly cycle: CommandCycle;
  readonly values: CycleValues;
}

const FULL =
  "Access request rejected: Maximum allowed number of open command cycles has been reached.";
/** Requests that may run or wait for their turn; closes always may. */
const MOST_WAITING = { atOnce: 64, perStanza: 16 } as const;
/** A clock set forward is noticed within this time, in milliseconds. */
const LONGEST_SLEEP = 60_000;

/**
 * Runs open commands at once and close commands in their time.
 *
 * - A close is in the file before its open command is started, so a crash in between closes something that was
 *   never opened rather than the other way round.
 * - A request for what is open already runs the open command again, as in the C daemon, and puts the one close off;
 *   when its time has come the close command runs as often as the open command did, so neither `iptables -A` leaves
 *   a second rule behind nor does the first close cut the second opening short.
 * - The file names no command to run. After a restart a close belongs to the stanza whose CMD_CYCLE_CLOSE reads as it did;
 *   where none does, an error line names what was left open. Across a reload the command stays the one it was opened with.
 * - Commands of one program are never run at the same time (nothing is, in the C daemon): `iptables` and `ufw` have
 *   locks of their own that make the second one fail. Those of other programs do not wait.
 */
export class CommandCycles {
  readonly #parts: CycleParts;
  readonly #closes: PendingCloses;
  readonly #lanes = new Lanes();
  readonly #slots = new Slots(MOST_WAITING);
  readonly #closing = new Set<string>();
  #stanzas: ReadonlyMap<number, Stanza>;
  #surroundings: CommandSurroundings;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = true;

  private constructor(parts: CycleParts, closes: PendingCloses) {
    this.#parts = parts;
    this.#stanzas = byNumber(parts.stanzas);
    this.#surroundings = parts.surroundings;
    this.#closes = closes;
  }

  /**
   * Reads the file. A broken one is moved aside with an error line: it must not lock everybody out.
   *
   * @throws {HintedError} when there is a file that cannot be read.
   */
  static open(parts: CycleParts): CommandCycles {
    const longest = longestByClose(parts.stanzas);
    const now = Math.floor(parts.clocks.now() / 1000);
    const stored = readCloses(parts).map((close) => {
      // It may have been written by a clock that was ahead.
      const latest = now + (longest.get(close.template) ?? Infinity);
      return close.due <= latest ? close : { ...close, due: latest };
    });
    const known = stored.filter(({ template }) => longest.has(template));
    const cycles = new CommandCycles(parts, new PendingCloses(parts.path, known, parts.clocks));
    const gone = stored.filter((close) => !known.includes(close));
    for (const close of gone) parts.onEvent({ type: "error", text: goneText(close) });
    if (gone.length > 0) cycles.#change(() => cycles.#closes.save());
    return cycles;
  }

  /** Runs what is overdue and waits for the rest. */
  start(): void {
    this.#arm();
  }

  /** Goes on with another configuration; what is open keeps the close it was opened with. */
  adopt(stanzas: readonly Stanza[], surroundings: CommandSurroundings): void {
    this.#stanzas = byNumber(stanzas);
    this.#surroundings = surroundings;
  }

  /** Writes the file again, where there is something to close: another program may have taken it away. */
  save(): void {
    if (this.#closes.all().length > 0) this.#change(() => this.#closes.save());
  }

  /** Closes to come, the next one first. */
  pending(): readonly PendingClose[] {
    return this.#closes.all();
  }

  /**
   * Opens for a request.
   *
   * @param onStart called with the command when it runs.
   */
  async open(request: CycleRequest, onStart: (command: string) => void): Promise<CycleOpening> {
    const { cycle, maxRules = 0 } = this.#stanzas.get(request.stanza) ?? {};
    if (cycle === undefined) {
      return { ok: false, reason: "the stanza has no command cycle any more" };
    }
    const release = this.#slots.take(request.stanza);
    if (typeof release !== "function") {
      return { ok: false, reason: `of the commands of cycles, ${release.reason}` };
    }
    const expires = this.#seconds() + request.seconds;
    const values: CycleValues = { ...request, expires };
    const job = (): Promise<CycleOpening> =>
      this.#open({ stanza: request.stanza, maxRules, cycle, values }, onStart);
    return await this.#lanes.run(laneOf(cycle.open), job).finally(release);
  }

  /** Closes everything that is open, and goes on; resolves with how many cycles there were. */
  async revoke(): Promise<number> {
    const open = this.#closes.all();
    for (const close of open) this.#startClosing(close, "revoked");
    await this.#lanes.settle();
    return open.length;
  }

  /**
   * Stops waiting. With `closeAll` everything that is open is closed first; otherwise it stays in the file, and is
   * closed when it is due or at the next start.
   */
  async close({ closeAll }: { readonly closeAll: boolean }): Promise<void> {
    clearTimeout(this.#timer);
    this.#running = false;
    await this.#lanes.settle();
    if (!closeAll) return;
    for (const close of this.#closes.all()) this.#startClosing(close, "exit");
    await this.#lanes.settle();
  }

  async #open(
    { stanza, maxRules, cycle, values }: CycleToOpen,
    onStart: (command: string) => void,
  ): Promise<CycleOpening> {
    let close: PendingClose | undefined;
    if (cycle.close !== undefined) {
      const wanted = { stanza, template: cycle.close, values, due: values.expires, opens: 1 };
      const isRenewal = this.#closes.current(wanted) !== undefined;
      if (!isRenewal && this.#closes.countOf(stanza) >= maxRules) {
        return { ok: false, reason: FULL, isFull: true };
      }
      try {
        close = this.#closes.add(wanted);
      } catch (error) {
        return { ok: false, reason: `${this.#parts.path} cannot be written: ${reasonOf(error)}` };
      }
    }
    const words = fillTemplate(cycle.open, values);
    const command = words.join(" ");
    const outcome = await runCommand(words, this.#surroundings, {
      kind: "cycle",
      stanza,
      onStart: () => onStart(command),
    });
    if (typeof outcome === "string") {
      if (close !== undefined) this.#change(() => this.#closes.withdraw(close));
      return { ok: false, reason: outcome };
    }
    if (close === undefined) return { ok: true, command, outcome };
    if (outcome.how === "not-started") {
      this.#change(() => this.#closes.withdraw(close));
      return { ok: true, command, outcome };
    }
    this.#arm();
    return {
      ok: true,
      command,
      outcome,
      close: {
        command: fillTemplate(close.template, close.values).join(" "),
        seconds: close.due - values.expires + values.seconds,
      },
    };
  }

  /** One timer for the next close. */
  #arm(): void {
    clearTimeout(this.#timer);
    const { due, wait } = this.#closes.look();
    for (const close of due) this.#startClosing(close, "due");
    if (wait === undefined || !this.#running) return;
    this.#timer = setTimeout(() => this.#arm(), Math.min(wait, LONGEST_SLEEP));
  }

  #startClosing(close: PendingClose, reason: CloseReason): void {
    const words = fillTemplate(close.template, close.values);
    const key = JSON.stringify(words);
    if (this.#closing.has(key)) return;
    this.#closing.add(key);
    void this.#lanes.run(this.#laneFor(close), async () => {
      try {
        await this.#runClose(close, words, reason);
      } finally {
        this.#closing.delete(key);
        if (this.#running) this.#arm();
      }
    });
  }

  async #runClose(
    close: PendingClose,
    words: readonly string[],
    reason: CloseReason,
  ): Promise<void> {
    const current = this.#closes.current(close);
    if (current === undefined) return;
    // It was opened again while it waited for its turn.
    if (reason === "due" && !this.#closes.isDue(current)) return;
    const command = words.join(" ");
    const { onEvent } = this.#parts;
    for (let count = 0; count < current.opens; count++) {
      const outcome = await runCommand(words, this.#surroundings, {
        kind: "cycle",
        stanza: current.stanza,
        // What is open is closed although the daemon ends.
        outlivesStop: true,
        onStart: () => onEvent({ type: "closing", close: current, command, reason }),
      });
      if (typeof outcome !== "string") {
        onEvent({ type: "closed", close: current, command, reason, outcome });
      }
    }
    this.#change(() => this.#closes.remove(current));
  }

  /** The lane of the open command it belongs to, so that a close never overtakes its opening. */
  #laneFor(close: PendingClose): string {
    const stanzas = [...this.#stanzas.values()];
    const cycle = stanzas.find((stanza) => stanza.cycle?.close === close.template)?.cycle;
    return laneOf(cycle?.open ?? close.template);
  }

  #change(change: () => void): void {
    try {
      change();
    } catch (error) {
      const text = `${this.#parts.path} cannot be written: ${reasonOf(error)}`;
      this.#parts.onEvent({ type: "error", text });
    }
  }

  #seconds(): number {
    return Math.floor(this.#parts.clocks.now() / 1000);
  }
}

function byNumber(stanzas: readonly Stanza[]): ReadonlyMap<number, Stanza> {
  return new Map(stanzas.map((stanza) => [stanza.number, stanza]));
}

/** Seconds that a cycle lasts at most, by the words of its close. */
function longestByClose(stanzas: readonly Stanza[]): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const { cycle, maxTimeout } of stanzas) {
    if (cycle?.close === undefined) continue;
    longest.set(cycle.close, Math.max(maxTimeout, longest.get(cycle.close) ?? 0));
  }
  return longest;
}

function laneOf(template: string): string {
  return splitWords(template)[0] ?? "";
}

function readCloses({ path, onEvent }: CycleParts): readonly PendingClose[] {
  let text: string | undefined;
  try {
    text = ifThere(() => Deno.readTextFileSync(path));
  } catch (error) {
    throw new HintedError(`Cannot read the pending closes in ${path}: ${reasonOf(error)}`, {
      hint: "Without them what is open would stay open",
      cause: error,
    });
  }
  if (text === undefined) return [];
  try {
    const { closes, invalid } = parseCloses(text);
    if (invalid > 0) {
      const what = `${invalid} of the entries in ${path} are not pending closes`;
      onEvent({ type: "error", text: `${what}; what they opened stays open` });
    }
    return closes;
  } catch (error) {
    const aside = `${path}.bad`;
    Deno.renameSync(path, aside);
    const what = `${path} cannot be understood (${reasonOf(error)}) and is now ${aside}`;
    onEvent({ type: "error", text: `${what}; what it held stays open until it is closed by hand` });
    return [];
  }
}

function goneText({ stanza, template, values }: PendingClose): string {
  const command = fillTemplate(template, values).join(" ");
  return `(stanza #${stanza}) No stanza has this CMD_CYCLE_CLOSE any more, so ` +
    `${values.address.text} ${formatService(values.service)} stays open; to close it: ${command}`;
}
