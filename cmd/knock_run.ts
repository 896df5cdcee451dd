/**
 * The run of `fwknop knock`.
 *
 * @module
 */
import { Problem } from "../lib/client/problem.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { stanzaNames } from "../lib/config/fwknoprc.ts";
import { rcSettings } from "../lib/client/rc_text.ts";
import { readClientSettings } from "./client_settings.ts";
import { type Context, ExitCode } from "./context.ts";
import { openClientRc } from "./client_rc.ts";
import { sendKnock } from "./send_knock.ts";
import { describeProblem } from "./problem_text.ts";
import { saveStanza } from "./save_stanza.ts";
import { validateSettings } from "../lib/client/validate.ts";

/** Runs the subcommand and returns its exit status. */
export async function runKnock(
  options: GivenOptions,
  _words: readonly string[],
  context: Context,
): Promise<number> {
  const problem = options.has("stanza-list")
    ? await listStanzas(options, context)
    : await knock(options, context);
  if (problem === undefined) return ExitCode.ok;
  context.err(describeProblem(problem, "native"));
  return problem.facts.usage ? ExitCode.usage : ExitCode.failure;
}

/** One name a line, for programs. */
async function listStanzas(options: GivenOptions, context: Context): Promise<Problem | undefined> {
  const rc = await openClientRc(options, context, "native");
  if (rc instanceof Problem) return rc;
  const names = rc.rcFile === undefined ? [] : stanzaNames(rc.rcFile.rc);
  context.out([...new Set(names)].map((name) => `${name}\n`).join(""));
  return undefined;
}

/** Makes and sends one packet; returns what kept it from that, not yet told to the user. */
async function knock(options: GivenOptions, context: Context): Promise<Problem | undefined> {
  const read = await readClientSettings(options, context, "native");
  if (read instanceof Problem) return read;
  const { settings, fromOptions, rc } = read;
  const saves = options.has("save-rc-stanza");
  const stanza = options.value("named-config");
  const invalid = validateSettings(settings, {
    savesByDestination: saves && stanza === undefined,
    sends: settings.test !== true,
  });
  if (invalid !== undefined) return invalid;
  if (saves) {
    const unsaved = await saveStanza({
      rc,
      stanza: stanza ?? settings.server ?? "",
      settings: rcSettings(fromOptions),
      force: options.has("force-stanza"),
    }, context);
    if (unsaved !== undefined) return unsaved;
  }
  return await sendKnock(settings, context, "native");
}
