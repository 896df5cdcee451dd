/**
 * Closes that are still to be run, in memory and in a file. Access ends in time even if the daemon was reloaded,
 * restarted or killed (`docs/spec/server.md` 16, row 7).
 *
 * @module
 */
import { replaceFile } from "../files/replace_file.ts";
import { isClientName } from "../config/client_name.ts";
import { type Clocks, HOST_CLOCKS, isOver, steadyDeadline } from "../clocks.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { ifThere } from "../files/if_there.ts";
import { parseAddress } from "../net/address.ts";
import { formatService, parseService } from "../net/service.ts";
import { type CycleValues, fillTemplate } from "./cycle_template.ts";

/** One pending close. */
export interface PendingClose {
  /** Number of the stanza at the time of its opening, for the log. */
  readonly stanza: number;
  /** NAME of that stanza. */
  readonly name?: string;
  /** The stanza's CMD_CYCLE_CLOSE, which identifies the stanza whose command this is. */
  readonly template: string;
  readonly values: CycleValues;
  /** When to run it, in seconds since 1970 UTC. */
  readonly due: number;
  /** How many times the open command ran. The close command runs as often. */
  readonly opens: number;
}

/** Content of the file. */
export interface StoredCloses {
  readonly closes: readonly PendingClose[];
  /** Number of entries that are not pending closes. */
  readonly invalid: number;
}

/** Path of the file. */
export function closesPath(runFolder: string): string {
  return `${runFolder}/pending-closes.json`;
}

/**
 * Pending closes for a reader outside the daemon, the next one first.
 *
 * @throws {HintedError} when the file exists and cannot be read or parsed.
 */
export function lookAtCloses(path: string): readonly PendingClose[] {
  try {
    const text = ifThere(() => Deno.readTextFileSync(path));
    return text === undefined ? [] : parseCloses(text).closes.toSorted((a, b) => a.due - b.due);
  } catch (error) {
    const reason = reasonOf(error);
    throw new HintedError(`Cannot read the pending closes in ${path}: ${reason}`, {
      hint: "Only root and the user that the server runs as may read it",
      cause: error,
    });
  }
}

/** Closes with the same words close the same thing. */
function keyOf({ template, values }: PendingClose): string {
  return JSON.stringify(fillTemplate(template, values));
}

interface Kept {
  readonly close: PendingClose;
  /** The time when it is due, by the steady clock. */
  readonly at: number;
}

/** Keeps pending closes. Every change is in the file before the method returns. */
export class PendingCloses {
  readonly #path: string;
  readonly #clocks: Clocks;
  readonly #kept = new Map<string, Kept>();

  /** @param path of the file, which is not read here. */
  constructor(path: string, closes: readonly PendingClose[] = [], clocks: Clocks = HOST_CLOCKS) {
    this.#path = path;
    this.#clocks = clocks;
    for (const close of closes) this.#merge(close);
  }

  /** All closes, the next one first. */
  all(): PendingClose[] {
    return Array.from(this.#kept.values(), ({ close }) => close).sort((a, b) => a.due - b.due);
  }

  /** Number of closes that a stanza opened. */
  countOf(stanza: number): number {
    return this.#kept.values().filter(({ close }) => close.stanza === stanza).toArray().length;
  }

  /**
   * The closes that are due, the earliest first, and the milliseconds until the next of the others; absent when there is
   * no other. Both come from one reading of the clocks: with two readings, a close could become due unseen in between.
   */
  look(): { readonly due: readonly PendingClose[]; readonly wait?: number } {
    const [now, steady] = [this.#clocks.now(), this.#clocks.steady()];
    const clocks = { now: () => now, steady: () => steady };
    const kept = Array.from(this.#kept.values())
      .map(({ close, at }) => ({ close, at, over: isOver(clocks, { seconds: close.due, at }) }));
    const due = kept.filter(({ over }) => over).map(({ close }) => close);
    const waits = kept.filter(({ over }) => !over).map(({ at }) => at - steady);
    return {
      due: due.sort((a, b) => a.due - b.due),
      ...(waits.length === 0 ? {} : { wait: Math.min(...waits) }),
    };
  }

  /** Whether a close, as it stands now, is due. */
  isDue(close: PendingClose): boolean {
    const kept = this.#kept.get(keyOf(close));
    return kept !== undefined &&
      isOver(this.#clocks, { seconds: kept.close.due, at: kept.at });
  }

  /** The close as it stands now; another request may have postponed it. */
  current(close: PendingClose): PendingClose | undefined {
    return this.#kept.get(keyOf(close))?.close;
  }

  /**
   * Adds a close. If one with the same words exists, it is postponed to the later of both times and counts one opening
   * more.
   *
   * @returns the resulting close.
   * @throws {Error} when the file cannot be written; then the close is not added.
   */
  add(close: PendingClose): PendingClose {
    const key = keyOf(close);
    const before = this.#kept.get(key);
    const merged = this.#merge(close);
    try {
      this.save();
      return merged;
    } catch (error) {
      if (before === undefined) this.#kept.delete(key);
      else this.#kept.set(key, before);
      throw error;
    }
  }

  /** Takes back one opening: the open command did not start. @throws {Error} when the file cannot be written. */
  withdraw(close: PendingClose): void {
    const key = keyOf(close);
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    const opens = kept.close.opens - 1;
    if (opens > 0) this.#kept.set(key, { ...kept, close: { ...kept.close, opens } });
    else this.#kept.delete(key);
    this.save();
  }

  /** Removes a close. @throws {Error} when the file cannot be written; in memory it is removed anyway. */
  remove(close: PendingClose): void {
    if (this.#kept.delete(keyOf(close))) this.save();
  }

  /** Writes the file. @throws {Error} when it cannot be written. */
  save(): void {
    replaceFile(this.#path, formatCloses(this.all()), { writers: "one" }).close();
  }

  #merge(close: PendingClose): PendingClose {
    const key = keyOf(close);
    const there = this.#kept.get(key);
    const at = steadyDeadline(this.#clocks, close.due);
    const merged = there === undefined ? { close, at } : {
      close: {
        ...close,
        due: Math.max(close.due, there.close.due),
        opens: close.opens + there.close.opens,
      },
      at: Math.max(at, there.at),
    };
    this.#kept.set(key, merged);
    return merged.close;
  }
}

/** The file's text: JSON, one entry per line. No command to run is taken from it, see `CommandCycles`. */
export function formatCloses(closes: readonly PendingClose[]): string {
  const lines = closes.map(({ stanza, name, template, values, due, opens }) =>
    JSON.stringify({
      stanza,
      name,
      template,
      address: values.address.text,
      packetSource: values.packetSource.text,
      destination: values.destination.text,
      service: formatService(values.service),
      seconds: values.seconds,
      expires: values.expires,
      due,
      opens,
    })
  );
  return `{"version":1,"closes":[\n${lines.join(",\n")}\n]}\n`;
}

/** Parses the file's text. @throws {Error} when the text is not a list of pending closes. */
export function parseCloses(text: string): StoredCloses {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document) || document["version"] !== 1 || !Array.isArray(document["closes"])) {
    throw new Error("not a list of pending closes of version 1");
  }
  const closes: PendingClose[] = [];
  let invalid = 0;
  for (const entry of document["closes"]) {
    const close = parseClose(entry);
    if (close === undefined) invalid++;
    else closes.push(close);
  }
  return { closes, invalid };
}

/** Checks values as strictly as those of a packet: they become arguments of a command. */
function parseClose(entry: unknown): PendingClose | undefined {
  if (!isRecord(entry)) return undefined;
  const address = parseAddress(String(entry["address"]));
  const packetSource = parseAddress(String(entry["packetSource"]));
  const destination = parseAddress(String(entry["destination"]));
  const service = parseService(String(entry["service"]));
  const { stanza, template, seconds, expires, due, opens } = entry;
  if (
    address === undefined || packetSource === undefined || destination === undefined ||
    service === undefined || typeof template !== "string" || !isCount(stanza) ||
    !isCount(seconds) || !isCount(expires) || !isCount(due) || !isCount(opens)
  ) return undefined;
  const values = { address, packetSource, destination, service, seconds, expires };
  const { name } = entry;
  // A close whose name cannot be read must still be run.
  const isNamed = typeof name === "string" && isClientName(name);
  return { stanza, ...(isNamed ? { name } : {}), template, values, due, opens };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
