/**
 * The firewall rules that send packets to our queue (`docs/spec/firewalls.md` 1.3). Rules are removed by their text and
 * never by their number, so no other rule is removed (`docs/spec/server.md` 16, row 26).
 *
 * @module
 */
import { commandWords } from "../config/command_words.ts";
import { outputLines } from "../exec/bounded_output.ts";
import { runProgram } from "../exec/run.ts";
import { HintedError } from "../errors/hinted_error.ts";

/** The NFQ_ variables (`docs/spec/server.md` 4.2). */
export interface QueueRuleOptions {
  /** NFQ_TABLE. */
  readonly table: string;
  /** NFQ_CHAIN. */
  readonly chain: string;
  /** NFQ_INTERFACE; absent: any. */
  readonly device?: string;
  /** NFQ_PORT. */
  readonly port: number;
  /** NFQ_QUEUE_NUMBER. */
  readonly queue: number;
  /** The firewall programs as argument vectors, one per IP version: `iptables`, `ip6tables`. */
  readonly programs: readonly (readonly string[])[];
}

/**
 * The programs for both families, from FIREWALL_EXE, which may be a command with blanks. If it is not an `iptables`, it
 * cannot create queue rules, and the usual programs are used.
 */
export function queueRulePrograms(firewallExe: string): string[][] {
  const words = commandWords(firewallExe);
  const match = /^(.*\/)?iptables(-[a-z]+)?$/.exec(words.at(-1) ?? "");
  if (match === null) return [["iptables"], ["ip6tables"]];
  const [, folder = "", variant = ""] = match;
  const before = words.slice(0, -1);
  return ["iptables", "ip6tables"].map((name) => [...before, `${folder}${name}${variant}`]);
}

/** Argument vectors, to be run in order. */
interface Plan {
  readonly add: readonly (readonly string[])[];
  readonly remove: readonly (readonly string[])[];
}

/** The arguments for one program. */
export function queueRulePlan(options: QueueRuleOptions): Plan {
  const { table, chain, device, port, queue } = options;
  const on = device === undefined ? [] : ["-i", device];
  const match = [...on, "-p", "udp", "-m", "udp", "--dport", `${port}`];
  return {
    add: [
      ["-w", "-t", table, "-N", chain],
      ["-w", "-t", table, "-A", chain, ...match, "-j", "NFQUEUE", "--queue-num", `${queue}`],
      ["-w", "-t", table, "-I", "INPUT", "1", "-j", chain],
    ],
    remove: [
      ["-w", "-t", table, "-D", "INPUT", "-j", chain],
      ["-w", "-t", table, "-F", chain],
      ["-w", "-t", table, "-X", chain],
    ],
  };
}

/**
 * Adds the rules, after it has removed those of an earlier run.
 *
 * @throws {HintedError} with the program's own text; the rules that were added by then are removed.
 */
export async function addQueueRules(options: QueueRuleOptions): Promise<void> {
  await removeQueueRules(options);
  const plan = queueRulePlan(options);
  for (const program of options.programs) {
    for (const words of plan.add) {
      const failure = await run(program, words);
      if (failure === undefined) continue;
      await removeQueueRules(options);
      throw new HintedError(`${[...program, ...words].join(" ")}: ${failure}`, {
        hint: "NFQUEUE needs root and the kernel module xt_NFQUEUE",
      });
    }
  }
}

/** Removes the rules and the chain. It is not a failure when they are absent. */
export async function removeQueueRules(options: QueueRuleOptions): Promise<void> {
  const plan = queueRulePlan(options);
  for (const program of options.programs) {
    for (const words of plan.remove) await run(program, words);
  }
}

/** The error, or `undefined` on success. */
async function run(
  program: readonly string[],
  words: readonly string[],
): Promise<string | undefined> {
  const ended = await runProgram("firewall", [...program, ...words]);
  if ("why" in ended) return ended.reason;
  if (ended.how === "late") return "it gave no answer and was stopped";
  if (ended.code === 0) return undefined;
  const [line] = outputLines(ended.stderr);
  return line ?? `exit ${ended.code}`;
}
