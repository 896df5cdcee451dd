/**
 * Follows a knock with `--wait`: tries the port, and then runs a command or opens a connection. Other knocks do not
 * load this.
 *
 * @module
 */
import { resolveDestination } from "../lib/client/destination.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import type { KnockPlan } from "../lib/client/plan.ts";
import { PortWatch } from "../lib/client/wait_open.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import type { Address } from "../lib/net/address.ts";
import { parseServices } from "../lib/net/service.ts";
import { type Context, ExitCode } from "./context.ts";
import { formatKnockJson } from "./knock_json.ts";
import type { Knock } from "./made_knock.ts";
import { diagnose, nameOf, serviceToTry } from "./knock_wait.ts";
import { joinStreams, runBeside } from "./run_beside.ts";
import type { KnockResult } from "./send_knock.ts";
import { tellProblem } from "./problem_text.ts";
import { WaitExit } from "./wait_exit.ts";

/** A knock and the port that it requests, which is watched from just before the packet leaves. */
export class FollowedKnock {
  #port: PortWatch | undefined;

  private constructor(
    private readonly plan: KnockPlan,
    /** Address of the port, if the packet goes to a proxy. */
    private readonly behindProxy: Address | undefined,
  ) {}

  /** Finds the port to try, or says why there is no port. */
  static async prepare(plan: KnockPlan): Promise<FollowedKnock | Problem> {
    const { request, route } = plan;
    if (request.command !== undefined) {
      return usageProblem("a command message opens no port to wait for", {
        hint: "leave out --wait (and WAIT of the stanza)",
      });
    }
    const service = serviceToTry(request.services);
    if (service instanceof Problem) return service;
    if (route.proxy === undefined) return new FollowedKnock(plan, undefined);
    const found = await resolveDestination(route.server);
    return found instanceof Problem ? found : new FollowedKnock(plan, found[0]);
  }

  /** Tries the port once before the packet leaves. */
  readonly watch = ({ request }: Knock, address: Address): void => {
    const service = serviceToTry(parseServices(request.asked));
    if (service instanceof Problem) return;
    this.#port?.close();
    this.#port = new PortWatch(this.behindProxy ?? address, service.port);
  };

  /** Reports why no packet left; returns the exit status. */
  unsent(problem: Problem, context: Context): number {
    this.#port?.close();
    const status = tellProblem(problem, context);
    return problem.facts.unreachable ? WaitExit.unreachable : status;
  }

  /** Tries the port, then runs the command or opens the connection; returns the exit status. */
  async follow(
    knocked: KnockResult,
    options: GivenOptions,
    words: readonly string[],
    context: Context,
  ): Promise<number> {
    const { plan } = this;
    const watch = this.#port;
    if (watch === undefined) throw new TypeError("A packet that left was not announced");
    const { address, port } = watch;
    const result = await watch.wait(plan.wait);
    if (options.has("json")) context.out(formatKnockJson(knocked, plan, result));
    if (result.state !== "open" && result.state !== "open_before") {
      const { text, status } = diagnose({ result, address, port }, knocked, plan);
      context.err(text);
      return status;
    }
    const where = `tcp/${port} at ${nameOf(plan.route, address)}`;
    const wasOpen = result.state === "open_before";
    if (options.has("proxy")) {
      if (wasOpen && plan.isVerbose) context.err(openBefore(where));
      await joinStreams(result.connection);
      return ExitCode.ok;
    }
    result.connection.close();
    if (words.length > 0) {
      if (wasOpen) context.err(openBefore(where));
      await this.#warnOfOtherFamily(words, address, context);
      return await runBeside(words);
    }
    if (!options.has("json")) {
      if (wasOpen) context.err(openBefore(where));
      else context.out(`${where} open after ${result.milliseconds} ms\n`);
    }
    return wasOpen ? WaitExit.openBefore : ExitCode.ok;
  }

  /**
   * Warns that a program which looks the name up itself starts with the first address, where the port may be closed.
   */
  async #warnOfOtherFamily(
    words: readonly string[],
    { family }: Address,
    context: Context,
  ): Promise<void> {
    const { server } = this.plan.route;
    if (words.includes(`-${family}`)) return;
    const found = await resolveDestination(server);
    if (found instanceof Problem || found[0] === undefined || found[0].family === family) return;
    context.err(
      `fwknop: warning: the port is open over IPv${family}, and ${server} has the address ${
        found[0].text
      } as well; ` +
        `${words[0]} may try that first\n  use ssh -${family}, or --proxy as ssh's ProxyCommand\n`,
    );
  }
}

function openBefore(where: string): string {
  return `fwknop: ${where} was open before the knock, so it is unknown whether the server accepted the knock\n` +
    "  if the port should be closed to clients without a grant, run on the server: fwknop doctor\n";
}
