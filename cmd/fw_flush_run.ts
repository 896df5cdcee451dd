/**
 * What `fwknop fw-flush` does.
 *
 * @module
 */
import type { GivenOptions } from "../lib/config/option.ts";
import { firewallFromSettings } from "../lib/firewall/from_settings.ts";
import { type Context, ExitCode } from "./context.ts";
import { loadServerSettings } from "./load_server_settings.ts";

/** Removes what is ours; a server that still runs puts its chains back with the next grant. */
export async function runFwFlush(
  options: GivenOptions,
  _words: readonly string[],
  context: Context,
): Promise<number> {
  const resolved = loadServerSettings(options, context);
  if (resolved === undefined) return ExitCode.failure;
  const firewall = await firewallFromSettings(resolved.settings, resolved.given, () => {});
  try {
    const rules = await firewall.list();
    await firewall.flush();
    context.out(
      `Removed ${rules.length} rule${rules.length === 1 ? "" : "s"} and the chains of fwknop\n`,
    );
    return ExitCode.ok;
  } finally {
    await firewall.release();
  }
}
