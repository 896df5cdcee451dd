/**
 * A firewall program that is kept open and takes one document after another.
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
 * How a document ended. `refused`: the program said no, nothing of it is in force. `lost`: the program ended, and did not
 * say that it was for the document; `late`: it said nothing in time; either way the document may be in force. `unusable`: it cannot be started, and
 * `unstarted`: not now, for want of something that may be there again.
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

/** What a {@link HelperProcess} needs beside the words of its program. */
export interface HelperProcessOptions {
  /** How long the program may take to acknowledge a document. */
  readonly milliseconds: number;
  readonly programs: Programs;
}

/** One program kept open. It is started when first needed and again after it ended or had to be killed. */
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

  /** Hands over a document and waits for its handshake. One at a time. */
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
    // It was woken by the write, often on this processor: it must not wait until all else that is to do here is done.
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

  /** Ends the program: it reads the end of its input and leaves, or is killed after `milliseconds`. */
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

  /** Has another one ready before it is needed. If it cannot be started, whoever needs it is told. */
  #renew(worn: Running): void {
    const started = this.#start();
    this.#running = "why" in started ? undefined : started;
    void end(worn, 500);
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

/** The first line that says something; iptables spreads its messages over several. */
function firstLine(said: readonly string[]): string | undefined {
  const [first, second] = said.map((line) => line.trim()).filter((line) => line !== "");
  return first?.endsWith(":") && second !== undefined ? `${first} ${second}` : first;
}

/** A running program and its streams. */
class Running {
  ended = false;
  /** How many it has answered. */
  documents = 0;
  /** Error output since the last document. */
  readonly said: string[] = [];
  /** Resolves when the program has ended and everything it said was read; whoever holds its streams open is killed. */
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

  /** Never rejects: a program that is gone is noticed by its end. */
  async write(text: string): Promise<void> {
    try {
      await this.#writer.write(new TextEncoder().encode(text));
    } catch {
      // Its end is reported by `gone`.
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
