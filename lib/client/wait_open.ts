/**
 * Did it open? Trying the port that was knocked for.
 *
 * @module
 */
import type { Address } from "../net/address.ts";

/** What became of the port. */
export type WaitResult =
  | { readonly state: "open"; readonly connection: Deno.TcpConn; readonly milliseconds: number }
  /** Every try was refused: a host answered, but no program listens, or the firewall rejects. */
  | { readonly state: "refused" }
  /** No answer at all: the firewall still drops. */
  | { readonly state: "silent" }
  /** This host has no way to the address. */
  | { readonly state: "unreachable"; readonly reason: string };

/** Milliseconds between tries: a SYN that came before the rule is only repeated by the kernel after a second. */
const INTERVAL = 150;

/**
 * Connects again and again until it works or the time is over. Tries overlap, because one that meets a
 * closed port hangs; the first to succeed wins and the others are closed.
 *
 * @param seconds how long to try.
 */
export async function waitUntilOpen(
  address: Address,
  port: number,
  seconds: number,
): Promise<WaitResult> {
  const start = performance.now();
  const deadline = start + seconds * 1000;
  const tries = new Set<Promise<void>>();
  let open: Deno.TcpConn | undefined;
  let isOver = false;
  let failure: unknown;
  let wake = () => {};
  while (open === undefined && performance.now() < deadline) {
    const attempt = Deno.connect({ hostname: address.text, port }).then((connection) => {
      if (open === undefined && !isOver) open = connection;
      else connection.close();
    }, (error) => {
      failure = error;
    }).finally(() => {
      tries.delete(attempt);
      if (open !== undefined) wake();
    });
    tries.add(attempt);
    const left = Math.max(1, Math.min(INTERVAL, deadline - performance.now()));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, left);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  if (open !== undefined) {
    return { state: "open", connection: open, milliseconds: Math.round(performance.now() - start) };
  }
  isOver = true;
  if (failure instanceof Deno.errors.ConnectionRefused) return { state: "refused" };
  if (failure === undefined) return { state: "silent" };
  const reason = failure instanceof Error ? failure.message : String(failure);
  return { state: "unreachable", reason: reason.replace(/ \(os error.*$/, "") };
}
