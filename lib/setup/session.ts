/**
 * The ssh session from which a set-up is run: it says by which address and port the administrator came in.
 *
 * @module
 */
import { type Address, parseAddress } from "../net/address.ts";
import { parsePort } from "../net/service.ts";

/** Both ends of the session's connection, as sshd saw them. */
export interface SshSession {
  readonly client: Address;
  /** The address of this host. */
  readonly server: Address;
  readonly port: number;
}

/** Reads `SSH_CONNECTION` (ssh(1)): client, port, server, port. */
export function parseSshConnection(text: string): SshSession | undefined {
  const [from = "", , to = "", portText = ""] = text.split(" ");
  // A link-local address has its interface behind it.
  const [client, server] = [from, to].map((it) => parseAddress(it.replace(/%.*$/, "")));
  const port = parsePort(portText);
  if (client === undefined || server === undefined || port === undefined) return undefined;
  return { client, server, port };
}

/** More ancestors than this do not lead to a session. */
const MOST_ANCESTORS = 32;

/**
 * The session of this process. sudo and su remove the variable, so it is looked for in the processes that started this
 * one; only root may read those.
 *
 * @param own `SSH_CONNECTION` of this process.
 */
export function findSshSession(own: string | undefined): SshSession | undefined {
  if (own !== undefined) return parseSshConnection(own);
  let pid = String(Deno.pid);
  for (let step = 0; step < MOST_ANCESTORS && pid !== "0" && pid !== ""; step++) {
    const variables = readProcess(pid, "environ").split("\0");
    const found = variables.find((text) => text.startsWith("SSH_CONNECTION="));
    if (found !== undefined) return parseSshConnection(found.slice(found.indexOf("=") + 1));
    pid = /^PPid:\s*([0-9]+)$/m.exec(readProcess(pid, "status"))?.[1] ?? "";
  }
  return undefined;
}

function readProcess(pid: string, file: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return "";
  }
}
