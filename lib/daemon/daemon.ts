/**
 * The life of a daemon: start, reload, revoke, counters, stop (`docs/architecture.md`).
 *
 * @module
 */
import type { CaptureStatistics } from "../capture/datagram.ts";
import { nowSeconds } from "../clocks.ts";
import type { LoadedServerConfig } from "../config/server_config.ts";
import { type Diagnostic, formatDiagnostic } from "../errors/diagnostic.ts";
import { HintedError } from "../errors/hinted_error.ts";
import { reasonOf } from "../errors/reason.ts";
import { warmUp } from "../server/warm_up.ts";
import { type Advice, prepareAdvice } from "./advice.ts";
import type { Life, Parts, Running } from "./part.ts";
import { dropPermissions } from "./permissions.ts";
import { changeParts, endParts, restoreParts } from "./walks.ts";

/** Options of the command line for the whole run. */
export interface DaemonOptions
  extends Pick<Life, "testMode" | "rotates" | "packetLimit" | "log" | "env"> {
  /** The daemon runs in the background. */
  readonly isDetached: boolean;
  /** The daemon reports problems of the host's firewall. */
  readonly advises: boolean;
  /** Reads the configuration again and reports its problems; `undefined` if it has errors. */
  readonly load: (
    report: (diagnostics: readonly Diagnostic[]) => void,
  ) => LoadedServerConfig | undefined;
  /** Called after every step that can fail. */
  readonly ready: () => void;
}

/** Numbers of packets since the start. */
export interface Counters extends CaptureStatistics {
  /** Packets that the daemon examined. */
  readonly taken: number;
  /** Packets in the replay memory. */
  readonly remembered: number;
}

/** What {@link Daemon.revoke} ended. */
export interface Revoked {
  readonly rules: number;
  readonly cycles: number;
}

/** A daemon that is set up. */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #life: Life;
  readonly #ending: AbortController;
  #running: Running;

  private constructor(
    options: DaemonOptions,
    life: Life,
    ending: AbortController,
    running: Running,
  ) {
    this.#options = options;
    this.#life = life;
    this.#ending = ending;
    this.#running = running;
  }

  /**
   * Sets a daemon up and drops the permissions that it does not need any more.
   *
   * @throws {HintedError} when a part cannot be set up. Nothing stays then.
   */
  static async start(config: LoadedServerConfig, options: DaemonOptions): Promise<Daemon> {
    const ending = new AbortController();
    const { testMode, isDetached } = options;
    const life: Life = {
      ...options,
      // In test mode on a terminal, this process may run beside the daemon. In test mode in the background, it needs a
      // PID file so that the administrator can stop it.
      isFindable: !testMode || isDetached,
      uid: Deno.uid() ?? 0,
      ending: ending.signal,
    };
    let running: Running | undefined;
    await changeParts(config, life, undefined, (parts) => running = parts);
    if (running === undefined) throw new TypeError("The start switches to its configuration");
    const daemon = new Daemon(options, life, ending, running);
    try {
      await daemon.#begin();
    } catch (error) {
      await daemon.#end();
      throw error;
    }
    return daemon;
  }

  /** Processes packets until {@link stop} or the packet limit. Then ends every part. */
  async run(): Promise<void> {
    const { log, packetLimit } = this.#life;
    try {
      const { server, signals } = this.#running.parts;
      const end = await server.run();
      if (end === "packet-limit") {
        log.warning(`* Incoming packet count limit of ${packetLimit} reached`);
        log.info(`Packet count limit (${packetLimit}) reached. Exiting...`);
      } else if (signals.last !== undefined) {
        log.info("Gracefully leaving the fwknopd event loop.");
        log.info(`Got ${signals.last}. Exiting...`);
      }
    } finally {
      await this.#end();
    }
  }

  /** Ends {@link run} soon. */
  stop(): void {
    this.#ending.abort();
    this.#running.parts.server.stop();
  }

  /**
   * Reads the configuration again and switches to it only if it has no error: a mistake in a file changes nothing
   * (`docs/spec/server.md` 16, row 7). Resolves when the previous configuration is not needed any more.
   */
  async reload(): Promise<void> {
    const { testMode, isFindable, log, ending } = this.#life;
    if (ending.aborted) return;
    const { serviceManager } = this.#running.parts;
    serviceManager.reloading();
    log.info("Got SIGHUP. Re-reading configs.");
    if (isFindable && !testMode) restoreParts(this.#running, this.#life);
    await this.#reconfigure();
    await this.#running.parts.firewall?.ask({ name: "check" });
    serviceManager.ready(this.#status());
  }

  /**
   * Ends every grant. A client is admitted again only after it knocks again.
   *
   * @throws {HintedError} when the firewall cannot be changed.
   */
  async revoke(): Promise<Revoked> {
    const { firewall, cycles } = this.#running.parts;
    const closing = cycles?.revoke();
    const rules = await firewall?.ask({ name: "revoke" }) ?? 0;
    return { rules, cycles: await closing ?? 0 };
  }

  /** The counters so far. */
  counters(): Counters {
    const { capture, server, replay } = this.#running.parts;
    return { ...capture.capture.statistics(), taken: server.taken, remembered: replay.size };
  }

  /** The last steps of the start, after every part is set up. */
  async #begin(): Promise<void> {
    const { config, parts } = this.#running;
    const { signals, firewall } = parts;
    const { testMode, log, ending } = this.#life;
    signals.on("SIGINT", () => this.stop());
    signals.on("SIGTERM", () => this.stop());
    const { advises, ready } = this.#options;
    const look = firewall && advises ? prepareAdvice(config) : undefined;
    // In test mode the daemon cannot start programs after it drops permissions, so it waits for the answer here.
    if (testMode && look !== undefined) this.#reportAdvice(await look());
    ready();
    await dropPermissions({
      programs: !testMode || config.stanzas.some(({ gpg }) => gpg !== undefined),
      writing: !testMode,
    });
    signals.on("SIGHUP", () => this.reload());
    signals.on("SIGPROF", () => this.#reportCounters());
    signals.on("SIGUSR2", () => this.#reportRevocation());
    for (const line of parts.capture.announcements) log.info(line);
    parts.cycles?.start();
    parts.serviceManager.ready(this.#status());
    if (testMode) return;
    void look?.().then((advice) => this.#reportAdvice(advice));
    warmUp(parts.server.setup, nowSeconds, ending)
      .catch((error) => log.debug(`The warm-up failed: ${error}`));
  }

  async #end(): Promise<void> {
    const { signals, serviceManager } = this.#running.parts;
    this.stop();
    serviceManager.stopping();
    // Wait for a running reload: its firewall would restore the rules that are removed below.
    await signals.settle();
    await endParts(this.#running, this.#life);
  }

  async #reconfigure(): Promise<void> {
    const { log, ending } = this.#life;
    try {
      const config = this.#options.load((diagnostics) => reportDiagnostics(diagnostics, log));
      if (config === undefined) {
        log.error("The new configuration has errors: continuing with the previous one");
        return;
      }
      const before: Parts = this.#running.parts;
      await changeParts(config, this.#life, this.#running, (running) => this.#running = running);
      log.info("Re-starting fwknopd");
      const { capture } = this.#running.parts;
      if (capture !== before.capture) { for (const line of capture.announcements) log.info(line); }
    } catch (error) {
      if (ending.aborted) return;
      const reason = needsPermission(error)
        ? "The new configuration needs permissions that were dropped at the start (restart it)"
        : reasonOf(error);
      log.error(`${reason}: continuing with the previous configuration`);
    }
  }

  #status(): string {
    return `Watching ${this.#running.parts.capture.capture.description}`;
  }

  #reportAdvice(advice: readonly Advice[]): void {
    const { log, ending } = this.#life;
    if (ending.aborted) return;
    for (const [text, ...rest] of advice) log.warning(text, ...rest);
    log.debug(`Looked at the host's firewall: ${countOf(advice.length, "finding")}`);
  }

  #reportCounters(): void {
    const { received, dropped, refused, taken, remembered } = this.counters();
    this.#life.log.info(
      `Packets: ${received} received, ${dropped} dropped before they could be read, ` +
        `${refused} of no use to us, ${taken} looked at; ${remembered} remembered`,
    );
  }

  async #reportRevocation(): Promise<void> {
    const { log } = this.#life;
    try {
      const { rules, cycles } = await this.revoke();
      const counts = [
        countOf(rules, "rule"),
        ...cycles > 0 ? [countOf(cycles, "command cycle")] : [],
      ];
      log.warning(`Got SIGUSR2. Revoked every grant: ${counts.join(", ")}`);
    } catch (error) {
      if (!(error instanceof HintedError)) throw error;
      log.error(`Got SIGUSR2, but the rules are still there: ${error.message}`);
    }
  }
}

function reportDiagnostics(diagnostics: readonly Diagnostic[], log: Life["log"]): void {
  for (const found of diagnostics) {
    const [text = "", ...rest] = formatDiagnostic(found).split("\n");
    log[found.severity](text, ...rest);
  }
}

function needsPermission(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some((one) => one instanceof Deno.errors.NotCapable);
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
