/**
 * The host on which `fwknop setup` runs.
 *
 * @module
 */
import type { ConfigFiles } from "../config/config_files.ts";
import { GivenOptions } from "../config/option.ts";
import { readUsableConfig } from "../config/server_config.ts";
import { ownCommand, startDetached } from "../daemon/detach.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { systemReasonOf } from "../errors/reason.ts";
import { forEachLine } from "../exec/lines.ts";
import { runProgram } from "../exec/run.ts";
import { isFailure, startProgram } from "../exec/start.ts";
import { ifThere } from "../files/if_there.ts";
import { replacePrivateFile } from "../files/private_file.ts";
import { firewallFromSettings } from "../firewall/from_settings.ts";
import type { FirewallKind } from "../firewall/kind.ts";
import type { ProgramOutcome, SetupHost } from "./host.ts";

/** The table of the nft adapter, made and deleted in one transaction, so that it need not be there. */
const DELETE_TABLE = ["nft", "add table inet fwknop; delete table inet fwknop"];

/** Milliseconds between SIGTERM and SIGKILL. */
const PATIENCE = 5_000;
/** Milliseconds between two looks at a process. */
const LOOK = 20;

/** A line of the server's log that says that it is ready. */
const READY = /^Starting fwknopd main event loop/;

/** This host. */
export class SystemHost implements SetupHost {
  readonly #files: ConfigFiles;
  readonly #onLog: (line: string) => void;

  /** @param onLog takes the log of a server that {@link startServer} started, line by line. */
  constructor(files: ConfigFiles, onLog: (line: string) => void = () => {}) {
    this.#files = files;
    this.#onLog = onLog;
  }

  async run(words: readonly string[]): Promise<ProgramOutcome> {
    const ended = await runProgram("system", words);
    if ("why" in ended) {
      return { code: ended.why === "missing" ? 127 : 126, stdout: "", stderr: ended.reason };
    }
    const decoder = new TextDecoder();
    const { code, how } = ended;
    const late = how === "late" ? "it takes too long\n" : "";
    const stderr = `${decoder.decode(ended.stderr)}${late}`;
    return { code, stdout: decoder.decode(ended.stdout), stderr };
  }

  read(path: string): string | undefined {
    return ifThere(() => Deno.readTextFileSync(path));
  }

  async write(path: string, text: string): Promise<void> {
    try {
      const before = ifThere(() => Deno.statSync(path));
      await replacePrivateFile(path, text);
      if (before === undefined) return;
      if (before.uid !== null && before.gid !== null) Deno.chownSync(path, before.uid, before.gid);
      if (before.mode !== null) Deno.chmodSync(path, before.mode & 0o777);
    } catch (error) {
      throw notWritten(path, error);
    }
  }

  remove(path: string): void {
    ifThere(() => Deno.removeSync(path));
  }

  makeFolder(path: string): void {
    try {
      Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw notWritten(path, error);
    }
  }

  removeFolder(path: string): void {
    try {
      Deno.removeSync(path);
    } catch {
      // It is not there, or holds the files of others.
    }
  }

  removeTree(path: string): void {
    ifThere(() => Deno.removeSync(path, { recursive: true }));
  }

  /** With `--foreground`, its log comes to this process as long as that lives; else it goes to syslog. */
  async startServer(options: readonly string[]): Promise<void> {
    const command = ownCommand(["serve", ...options]);
    if (!options.includes("--foreground")) {
      if ((await startDetached(command)).started) return;
      throw new HintedError("The server does not start");
    }
    const server = startProgram("daemon", command, {
      stdin: "null",
      stdout: "null",
      environment: { NO_COLOR: "1" },
    });
    if (isFailure(server)) throw new HintedError(`The server does not start: ${server.reason}`);
    const lines: string[] = [];
    const ready = Promise.withResolvers<void>();
    const reading = forEachLine(server.stderr, (line) => {
      lines.push(line);
      if (READY.test(line)) ready.resolve();
      this.#onLog(line);
    });
    const ended = Promise.all([server.status, reading.done]).then(() => {
      throw new HintedError(`The server does not start: ${lines.slice(-2).join("; ")}`);
    });
    server.unref();
    try {
      await Promise.race([ready.promise, ended]);
    } finally {
      ended.catch(() => {});
    }
  }

  async endServers(marks: readonly string[]): Promise<boolean> {
    const pids = serversWith(marks);
    for (const pid of pids) signal(pid, "SIGTERM");
    const deadline = performance.now() + PATIENCE;
    while (serversWith(marks).length > 0) {
      if (performance.now() > deadline) {
        for (const pid of serversWith(marks)) signal(pid, "SIGKILL");
      }
      if (performance.now() > 2 * PATIENCE + deadline) {
        throw new HintedError(`A server survives SIGKILL (pid=${pids.join(", ")})`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    return pids.length > 0;
  }

  async removeGrants(firewall: FirewallKind): Promise<boolean> {
    if (firewall === "nft") return await this.#deleteTable();
    const { settings, given } = readUsableConfig(new GivenOptions([]), this.#files);
    const driven = await firewallFromSettings(
      { ...settings, FIREWALL: firewall },
      given,
      () => {},
    );
    try {
      const text = async () =>
        (await driven.ask({ name: "show", all: false, family: 4 })).map((it) => it.text).join("");
      const before = await text();
      await driven.ask({ name: "flush", extent: "everywhere", whole: true });
      return before !== await text();
    } finally {
      await driven.ask({ name: "release" });
    }
  }

  async #deleteTable(): Promise<boolean> {
    const listed = await this.run(["nft", "list", "tables", "inet"]);
    if (listed.code !== 0) {
      throw new HintedError(`The table inet fwknop may stay: ${listed.stderr.trim()}`);
    }
    if (!/^table inet fwknop$/m.test(listed.stdout)) return false;
    const deleted = await this.run(DELETE_TABLE);
    if (deleted.code === 0) return true;
    throw new HintedError(`The table inet fwknop stays: ${deleted.stderr.trim()}`);
  }
}

function notWritten(path: string, error: unknown): HintedError {
  return new HintedError(`${path} is not written: ${systemReasonOf(error)}`, { cause: error });
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/** Processes of this network whose command line holds the word `serve` and the marks. */
function serversWith(marks: readonly string[]): number[] {
  const network = networkOf("self");
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => name).filter((name) => {
    if (!/^[0-9]+$/.test(name) || Number(name) === Deno.pid) return false;
    try {
      const words = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      return ["serve", ...marks].every((mark) => words.includes(mark)) &&
        networkOf(name) === network;
    } catch {
      // It ended in the meantime.
      return false;
    }
  }).map(Number);
}

function networkOf(process: string): string {
  return Deno.readLinkSync(`/proc/${process}/ns/net`);
}
