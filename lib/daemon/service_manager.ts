/**
 * Reports the state of the daemon to systemd (sd_notify(3), `Type=notify`).
 *
 * @module
 */
import { ifThere } from "../files/if_there.ts";
import { LocalDatagram } from "../../ffi/local_datagram.ts";

/** A state to report: `READY=1`, `STOPPING=1`, `RELOADING=1`, `STATUS=…`. */
export type ServiceState = Readonly<Record<string, string>>;

/** The manager that started this process, if it wants reports. */
export class ServiceManager implements Disposable {
  readonly #socket: LocalDatagram | undefined;

  /** @param notifySocket `NOTIFY_SOCKET` of the environment; absent, or not a socket: nothing is sent. */
  constructor(notifySocket: string | undefined) {
    const isSocket = notifySocket?.startsWith("/") || notifySocket?.startsWith("@");
    this.#socket = isSocket && notifySocket ? new LocalDatagram(notifySocket) : undefined;
  }

  /** Sends the assignments in one message; true when the manager took it. */
  notify(state: ServiceState): boolean {
    const text = Object.entries(state).map(([name, value]) => `${name}=${value}\n`).join("");
    return this.#socket?.send(new TextEncoder().encode(text).slice()) ?? false;
  }

  /** Ready: capture is open and the firewall prepared. */
  ready(status: string): boolean {
    return this.notify({ READY: "1", STATUS: status });
  }

  /** A reload begins; {@link ready} ends it. */
  reloading(): boolean {
    return this.notify({ RELOADING: "1" });
  }

  /** The daemon begins to end. */
  stopping(): boolean {
    return this.notify({ STOPPING: "1" });
  }

  /** Idempotent. */
  [Symbol.dispose](): void {
    this.#socket?.[Symbol.dispose]();
  }
}

/** Whether systemd is the init of this host (sd_booted(3)). */
export function isSystemdRunning(): boolean {
  return ifThere(() => Deno.lstatSync("/run/systemd/system"))?.isDirectory ?? false;
}
