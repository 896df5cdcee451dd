/**
 * The parts of a daemon in test mode, which a test sets up and reloads, without a run folder.
 *
 * @module
 */
import { loadServerConfig } from "../../cmd/load_server_config.ts";
import type { DaemonLog } from "../../lib/daemon/daemon_log.ts";
import type { Life, Parts, Running } from "../../lib/daemon/part.ts";
import { changeParts, endParts } from "../../lib/daemon/walks.ts";
import { BufferContext } from "./buffer_context.ts";
import { givenOptions } from "./config_files.ts";
import { pcapBytes } from "./pcap_bytes.ts";

/** Starts with the first {@link change}. After an empty capture file it waits for packets. */
export class TestModeParts {
  readonly #folder: string;
  readonly #life: Life;
  #running: Running | undefined;

  /** @param folder for the files of the configuration. */
  constructor(folder: string) {
    this.#folder = folder;
    const silent = (): void => {};
    const log: DaemonLog = {
      observe: silent,
      repeats: undefined,
      firewall: silent,
      cycle: silent,
      error: silent,
      warning: silent,
      info: silent,
      debug: silent,
      finish: silent,
      [Symbol.dispose]: silent,
    };
    this.#life = {
      testMode: true,
      isFindable: false,
      rotates: false,
      packetLimit: 0,
      uid: 0,
      log,
      env: () => undefined,
      ending: new AbortController().signal,
    };
    Deno.writeTextFileSync(`${folder}/a`, "SOURCE ANY\nKEY testtest\nHMAC_KEY hmackey1\n", {
      mode: 0o600,
    });
    Deno.writeFileSync(`${folder}/none.pcap`, pcapBytes(1, []));
  }

  /** The running parts. */
  get parts(): Parts {
    if (this.#running === undefined) throw new TypeError("nothing was started");
    return this.#running.parts;
  }

  /** Starts or reloads, with more lines of `fwknopd.conf`. */
  async change(...lines: readonly string[]): Promise<void> {
    const folder = this.#folder;
    const all = [`FWKNOP_RUN_DIR ${folder}`, `PCAP_FILE ${folder}/none.pcap`, "FIREWALL iptables"];
    Deno.writeTextFileSync(`${folder}/f`, `${[...all, ...lines].join("\n")}\n`, { mode: 0o600 });
    const options = givenOptions({ "config-file": `${folder}/f`, "access-file": `${folder}/a` });
    const config = loadServerConfig(options, new BufferContext());
    if (config === undefined) throw new TypeError("The configuration has an error");
    await changeParts(config, this.#life, this.#running, (running) => this.#running = running);
  }

  async end(): Promise<void> {
    if (this.#running !== undefined) await endParts(this.#running, this.#life);
  }
}
