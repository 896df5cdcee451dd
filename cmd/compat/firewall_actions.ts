/**
 * What the C daemon's command line does to the firewall itself; loaded when it is asked for.
 *
 * @module
 */
import type { GivenOptions } from "../../lib/config/option.ts";
import type { ResolvedSettings } from "../../lib/config/server_settings.ts";
import { revokeGrants } from "../../lib/daemon/remote_control.ts";
import { cListing } from "../../lib/firewall/c_listing.ts";
import { firewallFromSettings } from "../../lib/firewall/from_settings.ts";
import { visibleLines } from "../../lib/one_line.ts";
import { type Context, ExitCode } from "../context.ts";

/** `--fw-list` and `--fw-list-all`. */
export async function listRules(
  { settings, given }: ResolvedSettings,
  context: Context,
  options: GivenOptions,
): Promise<number> {
  const firewall = await firewallFromSettings(settings, given, () => {});
  try {
    const { text, complaint } = await cListing(firewall, options.has("fw-list-all"));
    context.out(visibleLines(text));
    context.err(visibleLines(complaint));
    return ExitCode.ok;
  } finally {
    await firewall.release();
  }
}

/** `--fw-flush`: removes our chains with whatever is in them. */
export async function flushRules(
  { settings, given }: ResolvedSettings,
  context: Context,
): Promise<number> {
  context.out("Deleting any existing firewall rules...\n");
  const firewall = await firewallFromSettings(settings, given, () => {});
  try {
    await firewall.flush(true);
    // Ours would put back what it takes for somebody else's flush.
    revokeGrants(settings.FWKNOP_PID_FILE);
    return ExitCode.ok;
  } finally {
    await firewall.release();
  }
}
