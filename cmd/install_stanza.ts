/**
 * Installs a new stanza in the configuration of the server on this machine.
 *
 * @module
 */
import { systemReasonOf } from "../lib/errors/reason.ts";
import { replacePrivateFile } from "../lib/files/private_file.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { type AccessAddition, addStanza } from "../lib/config/access_addition.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { reloadDaemon, serviceWithCopies } from "../lib/daemon/remote_control.ts";
import type { Context } from "./context.ts";
import { readsElsewhere } from "./daemon_access.ts";
import { printDiagnostics } from "./print_diagnostics.ts";
import { systemFiles } from "./system_files.ts";

/** Tries the stanza in the configuration that the options name. Writes nothing. */
export function tryStanza(
  stanza: string,
  name: string,
  options: GivenOptions,
  context: Context,
): AccessAddition | Problem {
  if (!/^\w/.test(name)) {
    return usageProblem(`with --install the name may become that of a file: '${name}' cannot`, {
      hint: "let it begin with a letter, a digit or _",
    });
  }
  const outcome = addStanza(stanza, name, options, systemFiles);
  if (!("errors" in outcome)) return outcome.addition;
  printDiagnostics(outcome.errors, context);
  return new Problem("the server would not start with this configuration; nothing is installed");
}

/** Writes the stanza that was tried, and makes a running daemon read it. */
export async function installStanza(
  { path, text, settings, config, earlier }: AccessAddition,
  context: Context,
): Promise<Problem | undefined> {
  if (config !== undefined) {
    const unwritten = await replace(config.path, config.text);
    if (unwritten !== undefined) return unwritten;
    context.err(
      `${config.path} is new: set PCAP_INTF in it, the interface that packets come to.\n`,
    );
  }
  const unwritten = await replace(path, text);
  if (unwritten !== undefined) return unwritten;
  // Standard output holds only the client's stanza, so that it can be appended to a file.
  context.err(`The server's stanza is in ${path}.\n`);
  if (earlier !== undefined) {
    context.err(
      `fwknop: warning: the same name was invited before, and the keys of both stanzas are valid\n` +
        `  to keep the old ones out, remove the stanza at ${path}:${earlier}\n`,
    );
  }
  const pid = reloadDaemon(settings.FWKNOP_PID_FILE);
  const elsewhere = pid === undefined ? undefined : readsElsewhere(pid, path);
  if (elsewhere !== undefined) {
    context.err(
      `fwknop: warning: the daemon (pid=${pid}) reads ${elsewhere}, so this stanza is not in force\n` +
        `  fwknop stop, then start it with these files, or name its own: --access-file ${elsewhere}\n`,
    );
    return undefined;
  }
  const service = pid === undefined ? undefined : serviceWithCopies(pid);
  context.err(
    pid === undefined
      ? "No daemon runs here. To start it: fwknop serve\n"
      : service === undefined
      ? `The daemon (pid=${pid}) reads it now.\n`
      : `The daemon (pid=${pid}) has copies of its files. For it to see this: systemctl restart ${service}\n`,
  );
  return undefined;
}

/** Keeps the owner of the file: a daemon that does not run as root must be able to read it. */
async function replace(path: string, text: string): Promise<Problem | undefined> {
  try {
    const before = await Deno.stat(path).catch(() => undefined);
    const folder = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
    if (before === undefined && folder !== "") {
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    }
    await replacePrivateFile(path, text);
    if (before !== undefined && (before.uid !== Deno.uid() || before.gid !== Deno.gid())) {
      await Deno.chown(path, before.uid, before.gid);
      // Keep only the group's right to read, because the daemon may have this group.
      await Deno.chmod(path, 0o600 | (before.mode ?? 0) & 0o040);
    }
    return undefined;
  } catch (error) {
    const isForbidden = error instanceof Deno.errors.PermissionDenied;
    return new Problem(
      `${path} is not written: ${systemReasonOf(error)}`,
      isForbidden ? { hint: "only root can add to the server's configuration" } : {},
    );
  }
}
