/**
 * After the knock: chooses the port to try, and makes the diagnosis when it stays closed.
 *
 * @module
 */
import { isClockWrong, type KnockFacts, suspects } from "../lib/client/diagnosis.ts";
import { readClock } from "../lib/client/local_clock.ts";
import { readOwnAddresses } from "../lib/client/own_addresses.ts";
import type { KnockPlan, Route } from "../lib/client/plan.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import type { WaitResult } from "../lib/client/wait_open.ts";
import { present } from "../lib/config/present.ts";
import type { Address } from "../lib/net/address.ts";
import type { Service } from "../lib/net/service.ts";
import { RELEASED } from "../lib/version.ts";
import type { Knock } from "./made_knock.ts";
import type { KnockResult } from "./send_knock.ts";
import { WaitExit } from "./wait_exit.ts";

/** The service to try: the first TCP service of the request, at its outside port. */
export function serviceToTry(services: readonly Service[] | undefined): Service | Problem {
  const service = services?.find(({ protocol }) => protocol === "tcp");
  return service ?? usageProblem("--wait can only try TCP ports, and none is requested", {
    hint: "leave out --wait (and WAIT of the stanza)",
  });
}

/** A port that was tried. */
export interface TriedPort {
  readonly result: Exclude<WaitResult, { readonly connection: Deno.TcpConn }>;
  readonly address: Address;
  readonly port: number;
}

/** The text for the user, and the exit status. */
export interface Diagnosis {
  readonly text: string;
  readonly status: number;
}

/** The server as the user wrote it, and the address of its name. */
export function nameOf({ server }: Route, { text }: Address): string {
  const bare = server.replace(/^\[(.*)\]$/, "$1");
  return bare === text ? text : `${bare} (${text})`;
}

/** Why the port may have stayed closed, the likeliest reason first, and what to do next. */
export function diagnose(
  { result, address, port }: TriedPort,
  { knock, resolvedBy }: KnockResult,
  plan: KnockPlan,
): Diagnosis {
  const where = `tcp/${port} at ${nameOf(plan.route, address)}`;
  const silent = `${where} did not answer for ${plan.wait} s`;
  const facts = { ...factsOf(knock, address, plan), ...present({ resolvedBy }) };
  if (isClockWrong(facts)) {
    return { status: WaitExit.wrongClock, text: format(silence(silent, facts)) };
  }
  switch (result.state) {
    case "refused":
      return { status: WaitExit.refused, text: format(refusal(where, port, result.before)) };
    case "unreachable":
      return { status: WaitExit.unreachable, text: format(noWay(where, result.reason)) };
    case "silent":
      return { status: WaitExit.silent, text: format(silence(silent, facts)) };
  }
}

function noWay(where: string, reason: string): string[] {
  return [
    `${where} cannot be reached: ${reason}`,
    "this host, a router on the way or the server's own firewall reported this:",
    "1. the network is down, or the address is not the server's",
    "   look at the route, and try another network",
    "2. the server's firewall rejects (as firewalld does), and the knock was not accepted",
    "   on the server: fwknop status, then fwknop serve -vtf, and knock again",
  ];
}

function refusal(where: string, port: number, before: "refused" | "other"): string[] {
  const service = [`no program listens on port ${port}`, "on the server: ss -ltn"];
  const knock = ["the knock was not accepted", "on the server: fwknop serve -vtf, and knock again"];
  // A port that was silent and then refuses: the firewall has opened it.
  if (before === "other") {
    return [
      `${where} refuses connections`,
      `the firewall admits you now, but ${service[0]}`,
      `   ${service[1]}`,
    ];
  }
  return [
    `${where} refuses connections, as before the knock`,
    "the firewall admits you, or it rejects packets where others drop them:",
    ...[service, knock].flatMap(([text, next], index) => [`${index + 1}. ${text}`, `   ${next}`]),
  ];
}

function silence(silent: string, facts: KnockFacts): string[] {
  return [
    silent,
    "the server never says why. These causes look the same to the client; the likeliest first:",
    ...suspects(facts).flatMap(({ text, next }, index) => [`${index + 1}. ${text}`, `   ${next}`]),
    "to find the cause, run one of these on the server:",
    "   fwknop serve -vtf, and knock again",
    `   tcpdump -w knock.pcap port ${facts.port}, knock again, and fwknop explain knock.pcap`,
  ];
}

function format(lines: readonly string[]): string {
  return `fwknop: ${lines.join("\n  ")}\n`;
}

function factsOf(
  { request, keys, ports: { port } }: Knock,
  server: Address,
  { timeOffset, route: { transport } }: KnockPlan,
): KnockFacts {
  const { admitted, asked: access } = request;
  const hasHmac = keys.hmac !== undefined;
  const clock = readClock();
  const known = { clock, released: RELEASED, timeOffset, admitted, access };
  const own = readOwnAddresses(server);
  return { ...known, server, ...present({ own }), hasHmac, transport, port };
}
