/**
 * One sentence for what a message asks.
 *
 * @module
 */
import type { SpaMessage } from "../spa/message.ts";

/** `alice asks for 192.0.2.44,tcp/22, sent 2 s ago`. All texts are printable ASCII by the rules of the decoder. */
export function summarizeMessage(message: SpaMessage, now: number): string {
  const age = now - message.timestamp;
  const sent = age >= 0 ? `sent ${age} s ago` : `sent ${-age} s in the future`;
  const nat = message.natAccess === undefined ? "" : ` to ${message.natAccess}`;
  const timeout = message.clientTimeout === undefined ? "" : ` for ${message.clientTimeout} s`;
  return `${message.username} asks for ${message.message}${nat}${timeout}, ${sent}`;
}
