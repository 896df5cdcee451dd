/**
 * A firewall program that is kept open and takes one document after another.
 *
 * @module
 */
import { prepareYield } from "../../ffi/processor.ts";
import { readLines } from "../exec/lines.ts";
import { settleStreams } from "../exec/linger.ts";
import type { StartFailure } from "../exec/start_failure.ts";
import { describeFailure, type Dialect, type Helper, programName } from "./plan.ts";
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

/** How a dialect says "done". */
interface Acknowledgement {
  /** The stream the answer comes on. */
  readonly stream: "stdout" | "stderr";
  /** What is written after a document so that the program answers when it has carried it out. */
  request(number: number, document: string): string;
  /** Whether an output line is that answer. */
  isAnswer(line: string, number: number): boolean;
  /** What in the error output, up to the answer, says that the document was refused. */
  complaint(said: readonly string[]): string | undefined;
  /** Whether one that ended says that it did so because of the document; otherwise it may have done its work before. */
  refusesByEnd(said: readonly string[]): boolean;
  /** Documents after which another one is started in its place; absent: one lives as long as it can. */
  readonly most?: number;
}

const ACKNOWLEDGEMENTS: Readonly<Record<Dialect, Acknowledgement>> = {
  // Echoes a comment line (-v) once what stands before it has been committed; ends on a bad line.
  "iptables-restore": {
    stream: "stdout",
    // The comment alone is echoed within a table as well, so a wrapper that loses COMMIT would be believed: there the
    // other table is an error.
    request: (number, document) => `${document.split("\n", 1)[0]}\nCOMMIT\n# fwknop ${number}\n`,
    isAnswer: (line, number) => line === `# fwknop ${number}`,
    complaint: () => undefined,
    // `Error occurred at line: 4`, `line 2 failed`: a document is one table, of which nothing is in force then.
    refusesByEnd: (said) => said.some((line) => /\bline:? [0-9]+/.test(line)),
  },
  // Goes on after a bad line. Errors come on stderr and command output on stdout, so only an answer on
  // stderr is in order with them: hence a line that is no command, which nft repeats in its complaint.
  "nft": {
    stream: "stderr",
    request: (number) => `fwknop_${number}\n`,
    isAnswer: (line, number) => line === `fwknop_${number}`,
    complaint: (said) => {
      const errors = said.filter((line) => line.startsWith("Error: "));
      return errors.length > 1 ? errors[0]?.slice("Error: ".length) : undefined;
    },
    // A bad line is no reason for it to end.
    refusesByEnd: () => false,
    // It keeps a history of its lines, which grows, and which it searches for each of them.
    most: 1000,
  },
};

/** Lines of error output kept for messages. */
const MAX_SAID = 50;

/** What a {@link KeptOpen} needs beside the words of its program. */
export interface KeptOpenOptions {
  /** How long the program may take to acknowledge a document. */
  readonly milliseconds: number;
  readonly programs: Programs;
}

/** One program kept open. It is started when first needed and again after it ended or had to be killed. */
export class KeptOpen {
  readonly #helper: Helper;
  readonly #options: KeptOpenOptions;
  readonly #giveWay = prepareYield();
  #running: Running | undefined;
  #number = 0;

  constructor(helper: Helper, options: KeptOpenOptions) {
    this.#helper = helper;
    this.#options = options;
  }

  /** Hands over a document and waits for its acknowledgement. One at a time. */
  async submit(document: string): Promise<Submission> {
    const acknowledgement = ACKNOWLEDGEMENTS[this.#helper.dialect];
    let running = this.#running;
    if (running === undefined || running.ended) {
      const started = this.#start();
      if ("why" in started) {
        const how = started.why === "exhausted" ? "unstarted" : "unusable";
        return { ok: false, how, text: `${this.#name()}: ${describeFailure(started)}` };
      }
      running = this.#running = started;
    }
    const { milliseconds } = this.#options;
    const number = ++this.#number;
    running.said.length = 0;
    const answered = running.waitFor((line) => acknowledgement.isAnswer(line, number));
    const written = running.write(document + acknowledgement.request(number, document));
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
      const complaint = acknowledgement.complaint(running.said);
      if (++running.documents === acknowledgement.most) this.#renew(running);
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
    if (complaint !== undefined && acknowledgement.refusesByEnd(running.said)) {
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
    return programName(this.#helper.words);
  }

  #start(): Running | StartFailure {
    const child = this.#options.programs.keepOpen(this.#helper);
    const { stream } = ACKNOWLEDGEMENTS[this.#helper.dialect];
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
    const output = readLines(child.stdout, (line) => {
      if (answers === "stdout") this.#answer(line);
    });
    const errors = readLines(child.stderr, (line) => {
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
