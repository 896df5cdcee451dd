/**
 * `knock --json`: one object for each packet, on one line. Names are part of the interface.
 *
 * @module
 */
import { toJson } from "../lib/one_line.ts";
import type { KnockPlan } from "../lib/client/plan.ts";
import type { WaitResult } from "../lib/client/wait_open.ts";
import type { KnockResult } from "./send_knock.ts";

/** The request, the server, what left this host, and whether the port opened. Never a key. */
export function formatKnockJson(
  { knock, sent }: KnockResult,
  { route, isTest }: KnockPlan,
  waited?: WaitResult,
): string {
  const { message, request, ports: { port }, packet } = knock;
  return `${
    toJson({
      destination: route.server === "" ? null : route.server,
      address: sent?.address.text ?? null,
      transport: route.transport,
      port,
      bytes: sent?.bytes ?? 0,
      message_type: message.type,
      message: message.message,
      nat_access: message.natAccess ?? null,
      client_timeout: message.clientTimeout ?? null,
      random_nat_port: request.randomNatPort ?? null,
      username: message.username,
      timestamp: message.timestamp,
      ...(isTest ? { packet: packet.packetText } : {}),
      ...(waited === undefined ? {} : {
        // With "open_before" it is not known whether the knock opened the port.
        state: waited.state,
        open_after_ms: waited.state === "open" ? waited.milliseconds : null,
      }),
    })
  }\n`;
}
