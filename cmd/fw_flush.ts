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

/** Takes every rule of ours out of the firewall. */
export const fwFlush: Command = {
  description: [
    "Removes the rules, chains and jumps of the server, also those an earlier configuration left behind. Rules that",
    "others put into its chains stay, with the chain that holds them.",
  ].join("\n"),
  options: CONFIG_OPTIONS,
  /**
   * Removes what is ours. A server that runs is asked to do it: it would take what another process removes for a flush by
   * somebody else, and put it back. It stays ready, with empty chains.
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
      // First: a chain of another name is known for ours only as long as there are rules of ours in it.
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
        context.out(`Removed ${rules}; the chains stay for the server that runs (pid=${pid})\n`);
        return ExitCode.ok;
      }
      context.out(`Removed ${rules} and the chains of fwknop\n`);
      if (settings.NFT_PROTECT !== undefined) {
        const services = formatServices(settings.NFT_PROTECT);
        context.out(`Nothing drops ${services} any more, until the server runs again\n`);
      }
      return ExitCode.ok;
    } finally {
      for (const each of [firewall, ...others]) await each.ask({ name: "release" });
    }
  },
};

/** `--fw-flush` of the C dialect removes our chains with whatever is in them; returns the exit status. */
export async function flushAsInC(
  { settings, given }: ResolvedSettings,
  context: Context,
): Promise<number> {
  context.out("Deleting any existing firewall rules...\n");
  const firewall = await firewallFromSettings(settings, given, () => {});
  try {
    await firewall.ask({ name: "flush", extent: "everywhere", whole: true });
    // A server of ours that runs would take this for another program's flush, and put its rules back.
    revokeGrants(settings.FWKNOP_PID_FILE);
    return ExitCode.ok;
  } finally {
    await firewall.ask({ name: "release" });
  }
}

/** How long a running server may take to remove its rules, milliseconds. */
const PATIENCE = 5_000;
/** Between two looks, milliseconds. */
const LOOK = 50;

/** Whether it comes true in time. */
async function within(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + PATIENCE;
  while (!await isSo()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  return true;
}

/** Only the server has the commands that close. */
function cyclesText(count: number, closed: boolean): string {
  const cycles = `${count} command cycle${count === 1 ? "" : "s"}`;
  return closed
    ? `Closed ${cycles}\n`
    : `${cycles} not closed yet: that is done by the server, in time or when it is started\n`;
}

/** What configurations with other firewalls left behind; those need not be there. */
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
