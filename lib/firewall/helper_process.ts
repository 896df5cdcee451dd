/**
 * A firewall program that stays open and takes one document after another.
 *
 * @module
 */
import { prepareYield } from "../../ffi/processor.ts";
import { forEachLine } from "../exec/lines.ts";
import { settleStreams } from "../exec/linger.ts";
import type { StartFailure } from "../exec/start_failure.ts";
import { describeStartFailure, type Helper, programOf } from "./plan.ts";
import type { Programs, RunningProgram } from "./programs.ts";

/**
 * How a document ended. `refused`: the program refused it, and no part of it is in force. `lost`: the program ended and
 * did not say that the document was the reason. `late`: the program did not answer in time. After `lost` and `late` the
 * document may be in force. `unusable`: the program cannot be started. `unstarted`: it cannot be started now, because
 * the system lacks a resource that may be free again later.
 */
export type Submission =
  | { readonly ok: true }
  | {
    readonly ok: false;
    readonly how: "refused" | "lost" | "late" | "unusable" | "unstarted";
    readonly text: string;
  };

/** Lines of error output kept for messages. */
const MAX_SAID = 50;

/** What a {@link HelperProcess} needs beside its command. */
export interface HelperProcessOptions {
  /** How long the program may take to acknowledge a document. */
  readonly milliseconds: number;
  readonly programs: Programs;
}

/** One program that stays open. It is started when first needed, and again after it ended or was killed. */
export class HelperProcess {
  readonly #helper: Helper;
  readonly #options: HelperProcessOptions;
  readonly #giveWay = prepareYield();
  #running: Running | undefined;
  #number = 0;

  constructor(helper: Helper, options: HelperProcessOptions) {
    this.#helper = helper;
    this.#options = options;
  }

  /** Writes a document and waits for the program's answer. One call at a time. */
  async submit(document: string): Promise<Submission> {
    const { handshake } = this.#helper;
    let running = this.#running;
    if (running === undefined || running.ended) {
      const started = this.#start();
      if ("why" in started) {
        const how = started.why === "exhausted" ? "unstarted" : "unusable";
        return { ok: false, how, text: `${this.#name()}: ${describeStartFailure(started)}` };
      }
      running = this.#running = started;
    }
    const { milliseconds } = this.#options;
    const number = ++this.#number;
    running.said.length = 0;
    const answered = running.waitFor((line) => handshake.isAnswer(line, number));
    const written = running.write(document + handshake.request(number, document));
    // The write wakes the program, often on this processor. Yield now, so that it runs before our remaining work.
    this.#giveWay();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), milliseconds);
    });
    const outcome = await Promise.race([answered, late]);
    clearTimeout(timer);
    if (outcome === "answered") {
      await written;
      const complaint = handshake.complaint(running.said);
      if (++running.documents === handshake.most) this.#renew(running);
      return complaint === undefined ? { ok: true } : refused(complaint);
    }
    this.#running = undefined;
    running.child.kill();
    await running.gone;
    const program = this.#name();
    if (outcome === "late") {
      const text = `${program} did not answer within ${milliseconds} ms and was stopped`;
      return { ok: false, how: "late", text };
    }
    const complaint = firstLine(running.said);
    if (complaint !== undefined && handshake.refusesByEnd(running.said)) {
      return refused(complaint);
    }
    return { ok: false, how: "lost", text: complaint ?? `${program} ended without a word` };
  }

  /** Ends the program: closes its input, and kills it if it still runs after `milliseconds`. */
  async close(milliseconds = 500): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) await end(running, milliseconds);
  }

  #name(): string {
    return programOf(this.#helper.words);
  }

  #start(): Running | StartFailure {
    const child = this.#options.programs.startHelper(this.#helper);
    const { stream } = this.#helper.handshake;
    return "why" in child ? child : new Running(child, stream);
  }

  /** Starts the next program before it is needed. If that fails, the next document tries again and reports it. */
  #renew(old: Running): void {
    const started = this.#start();
    this.#running = "why" in started ? undefined : started;
    void end(old, 500);
  }
}

async function end(running: Running, milliseconds: number): Promise<void> {
  const timer = setTimeout(() => running.child.kill(), milliseconds);
  await running.finish();
  clearTimeout(timer);
}

function refused(text: string): Submission {
  return { ok: false, how: "refused", text };
}

/** The first line with text. iptables spreads its messages over several lines. */
function firstLine(said: readonly string[]): string | undefined {
  const [first, second] = said.map((line) => line.trim()).filter((line) => line !== "");
  return first?.endsWith(":") && second !== undefined ? `${first} ${second}` : first;
}

/** A running program and its streams. */
class Running {
  ended = false;
  /** How many documents it has answered. */
  documents = 0;
  /** Error output since the last document. */
  readonly said: string[] = [];
  /** Resolves when the program has ended and its output was read. Processes that hold its streams open are killed. */
  readonly gone: Promise<void>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #waiting: {
    readonly isAnswer: (line: string) => boolean;
    readonly resolve: (how: "answered" | "ended") => void;
  } | undefined;

  constructor(readonly child: RunningProgram, answers: "stdout" | "stderr") {
    this.#writer = child.stdin.getWriter();
    const output = forEachLine(child.stdout, (line) => {
      if (answers === "stdout") this.#answer(line);
    });
    const errors = forEachLine(child.stderr, (line) => {
      if (answers === "stderr" && this.#answer(line)) return;
      if (this.said.length < MAX_SAID) this.said.push(line);
    });
    this.gone = child.status.then(async () => {
      if (!await settleStreams([output, errors])) child.kill();
      this.ended = true;
      this.#waiting?.resolve("ended");
    });
  }

  waitFor(isAnswer: (line: string) => boolean): Promise<"answered" | "ended"> {
    return new Promise((resolve) => this.#waiting = { isAnswer, resolve });
  }

  /** Never rejects: `gone` reports a program that has ended. */
  async write(text: string): Promise<void> {
    try {
      await this.#writer.write(new TextEncoder().encode(text));
    } catch {
      // `gone` reports the end of the program.
    }
  }

  async finish(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.gone;
  }

  #answer(line: string): boolean {
    if (this.#waiting?.isAnswer(line) !== true) return false;
    this.#waiting.resolve("answered");
    this.#waiting = undefined;
    return true;
  }
}
