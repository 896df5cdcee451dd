/**
 * Says in one sentence what a message asks for.
 *
 * @module
 */
import { oneLine } from "../one_line.ts";
import type { SpaMessage } from "../spa/message.ts";

/** `alice asks for 192.0.2.44,tcp/22, sent 2 s ago`. A message can be a command, so it may hold any text. */
export function summarizeMessage(message: SpaMessage, now: number): string {
  const age = now - message.timestamp;
  const sent = age >= 0 ? `sent ${age} s ago` : `sent ${-age} s in the future`;
  const nat = message.natAccess === undefined ? "" : ` to ${oneLine(message.natAccess)}`;
  const timeout = message.clientTimeout === undefined ? "" : ` for ${message.clientTimeout} s`;
  const who = oneLine(message.username);
  return `${who} asks for ${oneLine(message.message)}${nat}${timeout}, ${sent}`;
}
