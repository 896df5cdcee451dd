/**
 * What follows a knock that is to be waited for: the port is tried, and then comes a command or a connection. Loaded only
 * for those.
 *
 * @module
 */
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { DEFAULTS, type Settings } from "../lib/client/settings.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { type Context, ExitCode } from "./context.ts";
import { formatKnockJson } from "./knock_json.ts";
import { diagnose, serviceToTry, waitForPort } from "./knock_wait.ts";
import { joinStreams, runCommand } from "./run_beside.ts";
import type { KnockResult } from "./send_knock.ts";
import { tellProblem } from "./tell_problem.ts";

/** Why nothing could be tried after such a knock. */
export function checkFollowed({ command, access }: Settings): Problem | undefined {
  if (command !== undefined) return usageProblem("a command message opens no port to wait for");
  const service = serviceToTry(access);
  return service instanceof Problem ? service : undefined;
}

/** Tries the port and goes on with the command or the connection; returns the exit status. */
export async function follow(
  knocked: KnockResult,
  settings: Settings,
  options: GivenOptions,
  words: readonly string[],
  context: Context,
): Promise<number> {
  const waited = await waitForPort(knocked, settings.wait ?? DEFAULTS.wait);
  if (waited instanceof Problem) return tellProblem(waited, context);
  const { result } = waited;
  if (options.has("json")) context.out(formatKnockJson(knocked, settings, result));
  if (result.state !== "open") {
    const { text, status } = diagnose(waited, knocked, settings);
    context.err(text);
    return status;
  }
  if (options.has("proxy")) {
    await joinStreams(result.connection);
    return ExitCode.ok;
  }
  result.connection.close();
  if (words.length > 0) return await runCommand(words);
  if (!options.has("json")) {
    context.out(`tcp/${waited.port} open after ${result.milliseconds} ms\n`);
  }
  return ExitCode.ok;
}
