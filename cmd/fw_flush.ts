/**
 * `fwknop fw-flush`, and `fwknopd --fw-flush`.
 *
 * @module
 */
import { closesPath, lookAtCloses } from "../lib/command/pending_closes.ts";
import type { ResolvedSettings } from "../lib/config/server_settings.ts";
import { CONFIG_OPTIONS } from "../lib/config/server_options.ts";
import { revokeGrants } from "../lib/daemon/remote_control.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import type { Firewall } from "../lib/firewall/firewall.ts";
import { firewallFromSettings, otherFirewalls } from "../lib/firewall/from_settings.ts";
import { formatServices } from "../lib/net/service.ts";
import type { Command } from "./command.ts";
import { type Context, ExitCode } from "./context.ts";
import { loadServerSettings } from "./load_server_settings.ts";

/** Removes every rule of ours from the firewall. */
export const fwFlush: Command = {
  description: [
    "Removes the rules, chains and jumps of the server, also those that an earlier configuration left behind. Rules of",
    "other programs in its chains stay, with the chain that holds them.",
  ].join("\n"),
  options: CONFIG_OPTIONS,
  /**
   * Removes our rules. A running server must do it: if another process removed them, the server would take that for
   * another program's flush and restore the rules. The server continues, with empty chains.
   */
  async run(options, _words, context) {
    const resolved = loadServerSettings(options, context);
    if (resolved === undefined) return ExitCode.failure;
    const { settings, given } = resolved;
    const firewall = await firewallFromSettings(settings, given, () => {});
    const others = otherFirewalls(settings, given, firewall.kind);
    try {
      const found = (await firewall.ask({ name: "list" })).length + await countRules(others);
      const rules = `${found} rule${found === 1 ? "" : "s"}`;
      // Do this first: a chain of another name is recognized as ours only while it holds rules of ours.
      await firewall.ask({ name: "flush", extent: "elsewhere", whole: false });
      const pid = revokeGrants(settings.FWKNOP_PID_FILE);
      const closes = closesPath(settings.FWKNOP_RUN_DIR);
      const cycles = lookAtCloses(closes).length;
      const leaves = pid !== undefined &&
        await within(async () => (await firewall.ask({ name: "list" })).length === 0);
      if (!leaves) await firewall.ask({ name: "flush", extent: "everywhere", whole: false });
      await flushAll(others);
      if (cycles > 0) {
        const closed = pid !== undefined && await within(() => lookAtCloses(closes).length === 0);
        context.out(cyclesText(cycles, closed));
      }
      if (leaves) {
        context.out(`Removed ${rules}; the chains stay for the running server (pid=${pid})\n`);
        return ExitCode.ok;
      }
      context.out(`Removed ${rules} and the chains of fwknop\n`);
      if (settings.NFT_PROTECT !== undefined) {
        const services = formatServices(settings.NFT_PROTECT);
        context.out(`No rule drops ${services} any more, until the server runs again\n`);
      }
      return ExitCode.ok;
    } finally {
      for (const each of [firewall, ...others]) await each.ask({ name: "release" });
    }
  },
};

/** `--fw-flush` of the C dialect removes our chains with all rules in them; returns the exit status. */
export async function flushAsInC(
  { settings, given }: ResolvedSettings,
  context: Context,
): Promise<number> {
  context.out("Deleting any existing firewall rules...\n");
  const firewall = await firewallFromSettings(settings, given, () => {});
  try {
    await firewall.ask({ name: "flush", extent: "everywhere", whole: true });
    // A running server of ours would take this for another program's flush, and restore its rules.
    revokeGrants(settings.FWKNOP_PID_FILE);
    return ExitCode.ok;
  } finally {
    await firewall.ask({ name: "release" });
  }
}

/** Milliseconds that a running server may need to remove its rules. */
const PATIENCE = 5_000;
/** Milliseconds between two checks. */
const LOOK = 50;

/** Whether the condition becomes true in time. */
async function within(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + PATIENCE;
  while (!await isSo()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  return true;
}

/** A text about open cycles: only the server can run the commands that close them. */
function cyclesText(count: number, closed: boolean): string {
  const cycles = `${count} command cycle${count === 1 ? "" : "s"}`;
  return closed
    ? `Closed ${cycles}\n`
    : `${cycles} not closed yet: the server closes them when their time is up, or at its next start\n`;
}

/** The number of rules that configurations with other firewalls left behind. Their programs may be missing. */
async function countRules(firewalls: readonly Firewall[]): Promise<number> {
  let count = 0;
  for (const firewall of firewalls) {
    await ifThere(async () => {
      count += (await firewall.ask({ name: "list" })).length;
    });
  }
  return count;
}

async function flushAll(firewalls: readonly Firewall[]): Promise<void> {
  for (const firewall of firewalls) {
    await ifThere(() => firewall.ask({ name: "flush", extent: "everywhere", whole: false }));
  }
}

async function ifThere(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
  }
}
