/**
 * Command cycles: a stanza's own command opens, and another one closes later
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
import { SerialQueues } from "./serial_queues.ts";
import { parseCloses, type PendingClose, PendingCloses } from "./pending_closes.ts";
import { type CommandLimits, type CommandOutcome, executeCommand } from "./execute_command.ts";
import { argumentVector } from "./words.ts";

/** A request to open, from the policy code: numbers and addresses, no command. */
export interface CycleRequest extends Omit<CycleValues, "expires"> {
  /** Number of the stanza. */
  readonly stanza: number;
}

/** The result of a request: the outcome of the open command and the close to come, or why no command was run. */
export type CycleOpening =
  | {
    readonly ok: true;
    readonly command: string;
    readonly outcome: CommandOutcome;
    /** `seconds` counts from the request. */
    readonly close?: { readonly command: string; readonly seconds: number };
  }
  | {
    readonly ok: false;
    readonly reason: string;
    /** The stanza has as many cycles open as MAX_RULES allows. */
    readonly isFull?: true;
  };

/** The parts from which cycles are built. */
export interface CycleParts {
  /** The file of pending closes. */
  readonly path: string;
  readonly stanzas: readonly Stanza[];
  readonly limits: CommandLimits;
  readonly clocks: Clocks;
  readonly onEvent: (event: CycleEvent) => void;
}

/** A request whose turn has come. */
interface CycleToOpen {
  readonly stanza: number;
  readonly name: string | undefined;
  /** MAX_RULES: how many cycles the stanza may have open. */
  readonly maxRules: number;
  readonly cycle: CommandCycle;
  readonly values: CycleValues;
}

const FULL =
  "Access request rejected: Maximum allowed number of open command cycles has been reached.";
/** Requests that may run or wait for their turn. Closes are not limited. */
const MOST_WAITING = { atOnce: 64, perStanza: 16 } as const;
/** A clock that was set forward is noticed within this time, in milliseconds. */
const LONGEST_SLEEP = 60_000;

/**
 * Runs open commands at once and close commands when they are due.
 *
 * - A close is written to the file before its open command is started. After a crash in between, the daemon closes
 *   something that was never opened; the reverse cannot happen.
 * - A request for something that is already open runs the open command again, as in the C daemon, and postpones the
 *   one close. When the close is due, its command runs as often as the open command did. So `iptables -A` leaves no
 *   second rule behind, and the first close does not cut the second opening short.
 * - The file names no command to run. After a restart a close belongs to the stanza with the same CMD_CYCLE_CLOSE. If
 *   no stanza has it, an error line states what stays open. Across a reload a close keeps the command of its opening.
 * - Commands of one program never run at the same time (in the C daemon no commands do): `iptables` and `ufw` have locks
 *   that make the second one fail. Commands of different programs do not wait for each other.
 */
export class CommandCycles {
  readonly #parts: CycleParts;
  readonly #closes: PendingCloses;
  readonly #queues = new SerialQueues();
  readonly #slots = new Slots(MOST_WAITING);
  readonly #closing = new Set<string>();
  #stanzas: ReadonlyMap<number, Stanza>;
  #limits: CommandLimits;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = true;

  private constructor(parts: CycleParts, closes: PendingCloses) {
    this.#parts = parts;
    this.#stanzas = byNumber(parts.stanzas);
    this.#limits = parts.limits;
    this.#closes = closes;
  }

  /**
   * Reads the file. A damaged file is moved aside with an error line, so that it does not stop the daemon.
   *
   * @throws {HintedError} when the file exists and cannot be read.
   */
  static open(parts: CycleParts): CommandCycles {
    const longest = longestByClose(parts.stanzas);
    const now = Math.floor(parts.clocks.now() / 1000);
    const stored = readCloses(parts).map((close) => {
      // A clock that was ahead may have written it.
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

  /** Runs overdue closes and waits for the others. */
  start(): void {
    this.#arm();
  }

  /** Continues with another configuration. Open cycles keep the close of their opening. */
  adopt(stanzas: readonly Stanza[], limits: CommandLimits): void {
    this.#stanzas = byNumber(stanzas);
    this.#limits = limits;
  }

  /** Writes the file again if there are pending closes: another program may have removed it. */
  save(): void {
    if (this.#closes.all().length > 0) this.#change(() => this.#closes.save());
  }

  /** Pending closes, the next one first. */
  pending(): readonly PendingClose[] {
    return this.#closes.all();
  }

  /**
   * Opens access for a request.
   *
   * @param onStart called with the command when it starts.
   */
  async open(request: CycleRequest, onStart: (command: string) => void): Promise<CycleOpening> {
    const { cycle, maxRules = 0, name } = this.#stanzas.get(request.stanza) ?? {};
    if (cycle === undefined) {
      return { ok: false, reason: "the stanza no longer has a command cycle" };
    }
    const release = this.#slots.take(request.stanza);
    if (typeof release !== "function") {
      return { ok: false, reason: `command cycles: ${release.reason}` };
    }
    const expires = this.#seconds() + request.seconds;
    const values: CycleValues = { ...request, expires };
    const job = (): Promise<CycleOpening> =>
      this.#open({ stanza: request.stanza, name, maxRules, cycle, values }, onStart);
    return await this.#queues.run(queueOf(cycle.open), job).finally(release);
  }

  /** Closes all open cycles, and goes on. Resolves with their number. */
  async revoke(): Promise<number> {
    const open = this.#closes.all();
    for (const close of open) this.#startClosing(close, "revoked");
    await this.#queues.settle();
    return open.length;
  }

  /**
   * Stops waiting. With `closeAll` all open cycles are closed first. Otherwise they stay in the file, and are closed
   * when they are due or at the next start.
   */
  async close({ closeAll }: { readonly closeAll: boolean }): Promise<void> {
    clearTimeout(this.#timer);
    this.#running = false;
    await this.#queues.settle();
    if (!closeAll) return;
    for (const close of this.#closes.all()) this.#startClosing(close, "exit");
    await this.#queues.settle();
  }

  async #open(
    { stanza, name, maxRules, cycle, values }: CycleToOpen,
    onStart: (command: string) => void,
  ): Promise<CycleOpening> {
    let close: PendingClose | undefined;
    if (cycle.close !== undefined) {
      const wanted = {
        stanza,
        ...(name === undefined ? {} : { name }),
        template: cycle.close,
        values,
        due: values.expires,
        opens: 1,
      };
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
    const outcome = await executeCommand(words, this.#limits, {
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

  /** Sets one timer for the next close. */
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
    void this.#queues.run(this.#queueFor(close), async () => {
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
    // Another request opened it again while this close waited for its turn.
    if (reason === "due" && !this.#closes.isDue(current)) return;
    const command = words.join(" ");
    const { onEvent } = this.#parts;
    for (let count = 0; count < current.opens; count++) {
      const outcome = await executeCommand(words, this.#limits, {
        kind: "cycle",
        stanza: current.stanza,
        // A close runs to its end even if the daemon ends.
        outlivesStop: true,
        onStart: () => onEvent({ type: "closing", close: current, command, reason }),
      });
      if (typeof outcome !== "string") {
        onEvent({ type: "closed", close: current, command, reason, outcome });
      }
    }
    this.#change(() => this.#closes.remove(current));
  }

  /** The queue of the open command to which the close belongs, so that a close never overtakes its opening. */
  #queueFor(close: PendingClose): string {
    const stanzas = [...this.#stanzas.values()];
    const cycle = stanzas.find((stanza) => stanza.cycle?.close === close.template)?.cycle;
    return queueOf(cycle?.open ?? close.template);
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

/** The longest duration of a cycle in seconds, by the text of its close. */
function longestByClose(stanzas: readonly Stanza[]): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const { cycle, maxTimeout } of stanzas) {
    if (cycle?.close === undefined) continue;
    longest.set(cycle.close, Math.max(maxTimeout, longest.get(cycle.close) ?? 0));
  }
  return longest;
}

function queueOf(template: string): string {
  return argumentVector(template)[0] ?? "";
}

function readCloses({ path, onEvent }: CycleParts): readonly PendingClose[] {
  let text: string | undefined;
  try {
    text = ifThere(() => Deno.readTextFileSync(path));
  } catch (error) {
    throw new HintedError(`Cannot read the pending closes in ${path}: ${reasonOf(error)}`, {
      hint: "Make the file readable, or remove it and close by hand the access that is open",
      cause: error,
    });
  }
  if (text === undefined) return [];
  try {
    const { closes, invalid } = parseCloses(text);
    if (invalid > 0) {
      const what = `${invalid} entries in ${path} are not pending closes`;
      onEvent({ type: "error", text: `${what}: the access that they opened stays open` });
    }
    return closes;
  } catch (error) {
    const aside = `${path}.bad`;
    Deno.renameSync(path, aside);
    const what = `Cannot parse the pending closes in ${path}: ${reasonOf(error)}`;
    const rest = "the access in it stays open until it is closed by hand";
    onEvent({ type: "error", text: `${what}: the file is now ${aside}, and ${rest}` });
    return [];
  }
}

function goneText({ stanza, template, values }: PendingClose): string {
  const command = fillTemplate(template, values).join(" ");
  return `(stanza #${stanza}) No stanza has this CMD_CYCLE_CLOSE any more, so ` +
    `${values.address.text} ${formatService(values.service)} stays open; to close it: ${command}`;
}
