/**
 * Waits until a set-up is confirmed, or until its time is up.
 *
 * @module
 */
import type { LoadedServerConfig } from "../lib/config/server_config.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { firewallFromSettings } from "../lib/firewall/from_settings.ts";
import { formatServices } from "../lib/net/service.ts";
import { visible } from "../lib/one_line.ts";
import { Confirmation, type Proof } from "../lib/setup/confirmation.ts";
import { type Connection, readConnections } from "../lib/firewall/netfilter/connections.ts";
import { readJournal } from "../lib/setup/journal.ts";
import type { SystemHost } from "../lib/setup/system_host.ts";
import type { SetupRequest } from "./setup_request.ts";
import type { TypedLines } from "./typed_lines.ts";

/** How the wait ended. */
export type WaitOutcome =
  | { readonly kind: "proof"; readonly proof: Proof }
  /** A person typed the word. */
  | { readonly kind: "word" }
  | { readonly kind: "late" }
  /** A signal, or the end of the server. */
  | { readonly kind: "stopped"; readonly why: string }
  /** Another process took the trial out. */
  | { readonly kind: "gone" };

/** What is waited for. */
export interface Wait {
  readonly request: SetupRequest;
  readonly config: LoadedServerConfig;
  readonly host: SystemHost;
  /** The identity of the trial. */
  readonly id: string;
  /** The connections before the ports were closed. */
  readonly before: readonly Connection[];
  /** By `performance.now()`. */
  readonly deadline: number;
  /** The lines that the server logged since the last call. */
  readonly readLog: () => Promise<readonly string[]>;
  readonly typed: TypedLines | undefined;
  /** Why to stop; `undefined`: go on. */
  readonly stopped: () => string | undefined;
  readonly say: (text: string) => void;
}

/** Milliseconds between two looks at the connections. A connection may be short. */
const LOOK = 50;
/** Looks between two questions to the firewall, and to the log. */
const LOOKS_PER_QUESTION = 16;
/** Seconds between two lines about the time that is left. */
const NEWS = 20;
/** The part of the time after which a person may confirm by a word. */
const WORD_AFTER = 0.25;
/** The word. */
const WORD = "keep";

/** Waits. */
export async function waitForProof(wait: Wait): Promise<WaitOutcome> {
  const { request, config, host, before, deadline, say } = wait;
  const own = Deno.networkInterfaces().map(({ address }) => address);
  const confirmation = new Confirmation(request.services, before, own);
  const firewall = await firewallFromSettings(config.settings, config.given, () => {});
  const services = formatServices(request.services);
  const start = performance.now();
  let nextNews = -1;
  let mayType = false;
  try {
    for (let look = 0;; look++) {
      const why = wait.stopped();
      if (why !== undefined) return { kind: "stopped", why };
      confirmation.see(readConnections());
      const isAsked = look % LOOKS_PER_QUESTION === 0;
      if (isAsked) {
        for (const line of await wait.readLog()) say(`  server: ${visible(line)}\n`);
        confirmation.grant(await grantedAddresses(firewall));
        if (readJournal(host)?.id !== wait.id) return { kind: "gone" };
      }
      const { proof } = confirmation;
      if (proof !== undefined) return { kind: "proof", proof };
      const now = performance.now();
      if (now > deadline) return { kind: "late" };
      const left = Math.ceil((deadline - now) / 1000);
      if (isAsked && (nextNews < 0 || left <= nextNews)) {
        say(`Waiting for a new connection to ${services} through a knock: ${left} s left\n`);
        nextNews = left - NEWS;
      }
      if (wait.typed !== undefined && !mayType && now - start > (deadline - start) * WORD_AFTER) {
        say(offer(services, confirmation));
        mayType = true;
        // What was typed before this warning confirms nothing.
        while (wait.typed.typed() !== undefined);
      }
      const typed = mayType ? wait.typed?.typed()?.trim() : undefined;
      if (typed === WORD) return { kind: "word" };
      if (typed !== undefined && typed !== "") {
        say(`"${visible(typed)}" is not the word "${WORD}"\n`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  } finally {
    await firewall.ask({ name: "release" });
  }
}

async function grantedAddresses(
  firewall: Awaited<ReturnType<typeof firewallFromSettings>>,
): Promise<string[]> {
  try {
    return (await firewall.ask({ name: "list" })).map(({ address }) => address);
  } catch (error) {
    if (error instanceof HintedError) return [];
    throw error;
  }
}

function offer(services: string, { seen }: Confirmation): string {
  const others = seen.length === 0
    ? ""
    : ` (only without a knock, from ${
      [...new Set(seen.map(({ address }) => address))].join(", ")
    })`;
  return `\nNo new connection to ${services} through a knock was seen yet${others}. This session proves nothing: it\n` +
    "was open before. If you can reach this host in another way, and only then, type " +
    `${WORD} to keep the port closed.\n`;
}
