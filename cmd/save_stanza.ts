/**
 * `--save-rc-stanza`: writes the options of this command line to a stanza (`docs/spec/client.md` 6).
 *
 * @module
 */
import { DescriptorLines } from "../lib/client/descriptor_lines.ts";
import { systemReasonOf } from "../lib/errors/reason.ts";
import { replacePrivateFile } from "../lib/files/private_file.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { criticalVariables, writeStanza } from "../lib/client/rc_edit.ts";
import { type RcSetting, unwritable } from "../lib/client/rc_text.ts";
import { parseFwknoprc } from "../lib/config/fwknoprc.ts";
import type { ClientRc } from "./client_rc.ts";
import type { Context } from "./context.ts";

/** What to write, and where. */
export interface StanzaToSave {
  readonly rc: ClientRc;
  readonly stanza: string;
  readonly settings: readonly RcSetting[];
  /** Replace keys without asking. */
  readonly force: boolean;
}

/** Yes is only a lower-case y at the beginning of the line. */
const YES = 0x79;

/** Asks about keys that would be replaced and writes the stanza. */
export async function saveStanza(
  { rc, stanza, settings, force }: StanzaToSave,
  context: Context,
): Promise<Problem | undefined> {
  if (stanza === "" || /[\]\r\n]/.test(stanza)) {
    return usageProblem(`'${stanza}' cannot be the name of a stanza`, { hint: "use -n NAME" });
  }
  const reason = settings.map(unwritable).find((text) => text !== undefined);
  if (reason !== undefined) return usageProblem(`the stanza cannot be written: ${reason}`);
  const parsed = rc.rcFile?.rc ?? parseFwknoprc("", rc.rcPath);
  const critical = force ? [] : criticalVariables(parsed, stanza);
  const keep = new Set<string>();
  const lines = new DescriptorLines();
  for (const name of critical) {
    context.out(`Variable '${name}' found in stanza '${stanza}'. Overwrite [N/y] ? \n`);
    const answer = await lines.readLine(0);
    if (!(answer instanceof Uint8Array) || answer[0] !== YES) keep.add(name);
  }
  const text = writeStanza(parsed, stanza, settings, keep);
  try {
    await replacePrivateFile(rc.rcPath, rc.rcFile?.encode(text) ?? text);
    return undefined;
  } catch (error) {
    return new Problem(`the stanza is not saved to ${rc.rcPath}: ${systemReasonOf(error)}`, {
      reference: `update_rc() : Unable to create temporary rc file: ${rc.rcPath}.updated: ${
        systemReasonOf(error)
      }`,
    });
  }
}
