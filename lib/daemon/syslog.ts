/**
 * Logs to the system's log (`docs/spec/server.md` 14).
 *
 * @module
 */
import { LocalDatagram } from "../../ffi/local_datagram.ts";
import type { Severity } from "../errors/severity.ts";
import { entryLines, type LogLine, SYSLOG_SEVERITY } from "../report/log_line.ts";

/** Values of SYSLOG_FACILITY and their numbers, shifted as syslog expects them. */
const SYSLOG_FACILITIES: Readonly<Record<string, number>> = {
  LOG_DAEMON: 3 << 3,
  LOG_LOCAL0: 16 << 3,
  LOG_LOCAL1: 17 << 3,
  LOG_LOCAL2: 18 << 3,
  LOG_LOCAL3: 19 << 3,
  LOG_LOCAL4: 20 << 3,
  LOG_LOCAL5: 21 << 3,
  LOG_LOCAL6: 22 << 3,
  LOG_LOCAL7: 23 << 3,
};

/** Where syslog listens, on systems other than Linux. */
const SOCKETS: Readonly<Record<string, string>> = { darwin: "/var/run/syslog" };
/** Longest message in bytes. Longer ones are cut: rsyslog accepts at least 8 KiB, and a datagram has a limit. */
const LONGEST = 8192;

const encoder = new TextEncoder();

/** Where syslog listens on this system. */
function systemSocket(): string {
  return SOCKETS[Deno.build.os] ?? "/dev/log";
}

/** Whether syslog listens. @param socket its path; absent: the system's. */
export function hasSyslog(socket = systemSocket()): boolean {
  try {
    Deno.statSync(socket);
    return true;
  } catch {
    return false;
  }
}

/** How the daemon appears in syslog. */
export interface SyslogOptions {
  /** SYSLOG_IDENTITY. */
  readonly identity: string;
  /** A key of {@link SYSLOG_FACILITIES}, in any case. */
  readonly facility: string;
  /** For tests; absent: the system's socket. */
  readonly socket?: string;
}

/**
 * A connection to syslog. It never waits and never fails: it counts the lines that syslog cannot take, and logs the
 * count when syslog listens again.
 */
export class Syslog implements Disposable {
  readonly #socket: LocalDatagram;
  readonly #facility: number;
  readonly #identity: string;
  #lost = 0;

  /** @throws {RangeError} for a facility that {@link SYSLOG_FACILITIES} does not have. */
  constructor(options: SyslogOptions) {
    const facility = SYSLOG_FACILITIES[options.facility.toUpperCase()];
    if (facility === undefined) {
      throw new RangeError(`Invalid SYSLOG_FACILITY setting '${options.facility}'`);
    }
    this.#facility = facility;
    this.#identity = options.identity;
    this.#socket = new LocalDatagram(options.socket ?? systemSocket());
  }

  /** Sends each line of the entry as `<facility+severity>IDENTITY[PID]: TEXT`: one message is one line. */
  readonly log = (entry: LogLine): void => {
    if (this.#lost > 0) {
      const text = `${this.#lost} lines lost: syslog did not take them`;
      if (this.#send("warning", text)) this.#lost = 0;
    }
    for (const line of entryLines(entry)) {
      if (!this.#send(entry.severity, line)) this.#lost++;
    }
  };

  /** Idempotent. */
  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  #send(severity: Severity, line: string): boolean {
    const priority = this.#facility | SYSLOG_SEVERITY[severity];
    const message = `<${priority}>${this.#identity}[${Deno.pid}]: ${line}`;
    const bytes = new Uint8Array(LONGEST);
    const { written } = encoder.encodeInto(message, bytes);
    return this.#socket.send(bytes.subarray(0, written));
  }
}
