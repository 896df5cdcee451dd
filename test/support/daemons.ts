/**
 * Starts the two servers, ours and the C daemon, inside a namespace on a UDP port.
 *
 * @module
 */
import { SOURCE_PROGRAM } from "./first_knock.ts";
import { LoggedProcess } from "./logged_process.ts";
import type { Namespace } from "./namespace.ts";

/** The files of a daemon. */
export interface DaemonFiles {
  readonly folder: string;
  readonly accessConf: string;
  readonly fwknopdConf?: readonly string[];
}

/** Starts `fwknop serve` and returns when it is listening. */
export async function startOurs(
  namespace: Namespace,
  files: DaemonFiles,
  ...options: readonly string[]
): Promise<LoggedProcess> {
  const words = [
    ...SOURCE_PROGRAM,
    "serve",
    "-f",
    "--udp-server",
    ...writeFiles(files),
    ...options,
  ];
  const daemon = spawn(namespace, words);
  await daemon.line(/listen on port/, { seconds: 30 });
  return daemon;
}

/** Starts `fwknop serve` with libpcap and returns when it is sniffing. */
export async function startSniffing(
  namespace: Namespace,
  files: DaemonFiles,
  ...options: readonly string[]
): Promise<LoggedProcess> {
  const words = [...SOURCE_PROGRAM, "serve", "-f", ...writeFiles(files), ...options];
  const daemon = spawn(namespace, words);
  await daemon.line(/^Starting fwknopd main event loop/, { seconds: 30 });
  return daemon;
}

/** Starts Debian's `fwknopd` and returns when it is listening. */
export async function startReference(
  namespace: Namespace,
  files: DaemonFiles,
  ...options: readonly string[]
): Promise<LoggedProcess> {
  const words = ["fwknopd", "-f", "--udp-server", ...writeFiles(files), ...options];
  const daemon = spawn(namespace, words);
  await daemon.line(/listen on port/, { seconds: 30 });
  return daemon;
}

function spawn(namespace: Namespace, words: readonly string[]): LoggedProcess {
  return new LoggedProcess(
    namespace.spawn(words, {
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1" },
    }),
  );
}

function writeFiles({ folder, accessConf, fwknopdConf = [] }: DaemonFiles): string[] {
  const settings = [`FWKNOP_RUN_DIR ${folder}/run`, ...fwknopdConf, ""].join("\n");
  Deno.writeTextFileSync(`${folder}/fwknopd.conf`, settings, { mode: 0o600 });
  Deno.writeTextFileSync(`${folder}/access.conf`, accessConf, { mode: 0o600 });
  return ["-c", `${folder}/fwknopd.conf`, "-a", `${folder}/access.conf`];
}
