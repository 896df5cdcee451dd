/**
 * Runs a firewall program to its end.
 *
 * @module
 */
import { runProgram } from "../exec/run.ts";
import {
  CANNOT_RUN,
  describeStartFailure,
  type FirewallCommand,
  NOT_FOUND,
  type Outcome,
} from "./plan.ts";

/**
 * Runs a command and waits for its end, for at most `milliseconds`. Never rejects: a program that cannot be started gives
 * status 126 or 127, and the reason in place of its error output.
 */
export async function runOnce(command: FirewallCommand, milliseconds: number): Promise<Outcome> {
  const { words, document } = command;
  const ended = await runProgram("firewall", words, { input: document, milliseconds });
  if ("why" in ended) {
    return {
      words,
      code: ended.why === "missing" ? NOT_FOUND : CANNOT_RUN,
      stdout: "",
      stderr: describeStartFailure(ended),
      notStarted: ended.why,
    };
  }
  const { how, code, stdout, stderr } = ended;
  const decoder = new TextDecoder();
  const complaint = how === "late"
    ? `no answer within ${milliseconds} ms\n`
    : how === "too-much"
    ? "its answer is too long\n"
    : "";
  return {
    words,
    code,
    stdout: decoder.decode(stdout),
    stderr: complaint + decoder.decode(stderr),
    ...(how === "late" ? { late: true } : {}),
  };
}
