/**
 * After the knock: trying the port, and what to say when it stays closed.
 *
 * @module
 */
import { isClockWrong, type KnockFacts, suspects } from "../lib/client/diagnosis.ts";
import { readClock } from "../lib/client/local_clock.ts";
import { readOwnAddresses } from "../lib/client/own_addresses.ts";
import { DEFAULTS, type Settings } from "../lib/client/settings.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { type WaitResult, waitUntilOpen } from "../lib/client/wait_open.ts";
import { present } from "../lib/config/present.ts";
import type { Address } from "../lib/net/address.ts";
import { parseServices, type Service } from "../lib/net/service.ts";
import { RELEASED } from "../lib/version.ts";
import type { Knock } from "./knock_output.ts";
import type { KnockResult } from "./send_knock.ts";

/** Exit statuses of `--wait`, so that scripts can tell. */
export const WaitExit = { silent: 3, refused: 4, unreachable: 5, wrongClock: 6 } as const;

/** The service that can be tried: the first TCP one of the request, at its outside port. */
export function serviceToTry(access: string | undefined): Service | Problem {
  const service = parseServices(access ?? "")?.find(({ protocol }) => protocol === "tcp");
  return service ?? usageProblem("--wait can only try TCP ports, and none is asked for");
}

/** A port that was tried. */
export interface TriedPort {
  readonly result: WaitResult;
  readonly address: Address;
  readonly port: number;
}

/** Tries the port at the address that was knocked. */
export async function waitForPort(
  { knock, sent }: KnockResult,
  seconds: number,
): Promise<TriedPort | Problem> {
  const { message } = knock.request;
  const service = serviceToTry(message.slice(message.indexOf(",") + 1));
  if (service instanceof Problem) return service;
  if (sent === undefined) return usageProblem("--wait needs a packet that is sent");
  const { address } = sent;
  const { port } = service;
  return { result: await waitUntilOpen(address, port, seconds), address, port };
}

/** What to tell, and the exit status. */
export interface Diagnosis {
  readonly text: string;
  readonly status: number;
}

/** Why it may have stayed closed, the likeliest first, and what to do next. */
export function diagnose(
  { result, address, port }: TriedPort,
  { knock }: KnockResult,
  settings: Settings,
): Diagnosis {
  const where = `tcp/${port} at ${address.text}`;
  const silent = `${where} did not answer for ${settings.wait ?? DEFAULTS.wait} s`;
  const facts = factsOf(knock, address, settings);
  if (isClockWrong(facts)) {
    return { status: WaitExit.wrongClock, text: format(silence(silent, facts)) };
  }
  switch (result.state) {
    case "open":
      throw new TypeError("There is nothing wrong with an open port");
    case "refused":
      return { status: WaitExit.refused, text: format(refusal(where, port)) };
    case "unreachable":
      return { status: WaitExit.unreachable, text: format(noWay(where, result.reason)) };
    case "silent":
      return { status: WaitExit.silent, text: format(silence(silent, facts)) };
  }
}

function noWay(where: string, reason: string): string[] {
  return [
    `${where} cannot be reached: ${reason}`,
    "is the network up, and is the address right?",
  ];
}

function refusal(where: string, port: number): string[] {
  return [
    `${where} refuses connections`,
    "the firewall lets you through, or it rejects where others drop:",
    `1. no program listens on port ${port}`,
    "   on the server: ss -ltn",
    "2. the knock was not accepted",
    "   on the server: fwknop serve -vtf, and knock again",
  ];
}

function silence(silent: string, facts: KnockFacts): string[] {
  return [
    silent,
    "the server never says why, and from here these look the same; the likeliest first:",
    ...suspects(facts).flatMap(({ text, next }, index) => [`${index + 1}. ${text}`, `   ${next}`]),
    "on the server, either of these tells which it is:",
    "   fwknop serve -vtf, and knock again",
    `   tcpdump -w knock.pcap port ${facts.port}, knock again, and fwknop explain knock.pcap`,
  ];
}

function format(lines: readonly string[]): string {
  return `fwknop: ${lines.join("\n  ")}\n`;
}

function factsOf(
  { request, keys, port }: Knock,
  server: Address,
  { timeOffset = 0, transport = DEFAULTS.transport }: Settings,
): KnockFacts {
  const comma = request.message.indexOf(",");
  const [admitted, access] = [request.message.slice(0, comma), request.message.slice(comma + 1)];
  const hasHmac = keys.hmac !== undefined;
  const clock = readClock();
  const known = { clock, released: RELEASED, timeOffset, admitted, access };
  const own = readOwnAddresses(server);
  return { ...known, server, ...present({ own }), hasHmac, transport, port };
}
