/**
 * After the knock: trying the port, and what to say when it stays closed.
 *
 * @module
 */
import type { Settings } from "../lib/client/settings.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { type WaitResult, waitUntilOpen } from "../lib/client/wait_open.ts";
import { parseServices, type Service } from "../lib/net/service.ts";
import type { KnockResult } from "./send_knock.ts";

/** Exit statuses of `--wait`, so that scripts can tell. */
export const WaitExit = { silent: 3, refused: 4, unreachable: 5 } as const;

/** The service that can be tried: the first TCP one of the request, at its outside port. */
export function serviceToTry(access: string | undefined): Service | Problem {
  const service = parseServices(access ?? "")?.find(({ protocol }) => protocol === "tcp");
  return service ?? usageProblem("--wait can only try TCP ports, and none is asked for");
}

/** Tries the port at the address that was knocked. */
export async function waitForPort(
  { knock, sent }: KnockResult,
  seconds: number,
): Promise<{ readonly result: WaitResult; readonly port: number } | Problem> {
  const { message } = knock.request;
  const service = serviceToTry(message.slice(message.indexOf(",") + 1));
  if (service instanceof Problem) return service;
  if (sent === undefined) return usageProblem("--wait needs a packet that is sent");
  return { result: await waitUntilOpen(sent.address, service.port, seconds), port: service.port };
}

/** Why it may have stayed closed, the likeliest first, and what to do next. */
export function diagnose(
  result: Exclude<WaitResult, { state: "open" }>,
  { knock, sent }: KnockResult,
  settings: Settings,
  port: number,
  now: Date,
): string {
  const where = `tcp/${port} at ${sent?.address.text}`;
  const lines = result.state === "refused"
    ? [
      `${where} refuses connections`,
      "the firewall lets you through, or it rejects instead of dropping:",
      `1. no program listens on port ${port}: on the server, ss -ltn`,
      "2. the knock was not accepted: on the server, run fwknop serve -v and knock again",
    ]
    : result.state === "unreachable"
    ? [
      `${where} cannot be reached: ${result.reason}`,
      "is the network up, and is the address right?",
    ]
    : [
      `${where} did not answer for ${settings.wait} s`,
      "the server does not say why; in order of likelihood:",
      `1. the clock: it must agree with the server's within 120 s; here it is ${formatTime(now)}`,
      `2. the address: ${admitted(knock.request.message)}`,
      "3. the keys: both lines of the stanza must be those of the server's access.conf",
      `4. a filter on the way: try another port with -p, or -P tcp`,
      "on the server, fwknop serve -v tells which it is",
    ];
  return `fwknop: ${lines.join("\n  ")}\n`;
}

function admitted(message: string): string {
  const address = message.slice(0, message.indexOf(","));
  return address === "0.0.0.0"
    ? "a gateway between here and the server may change it on the way; try -R in place of -s"
    : `the server was asked to admit ${address}; what the world sees may differ; try -R`;
}

function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
