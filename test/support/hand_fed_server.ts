/**
 * A server whose packets, firewall and reloads a test controls.
 *
 * @module
 */
import type { Receive } from "../../lib/capture/datagram.ts";
import type { Firewall, OpenResult } from "../../lib/firewall/firewall.ts";
import { refuseNames } from "../../lib/server/look_up.ts";
import { ReplayCache } from "../../lib/server/replay_cache.ts";
import { type OpenedReplayFile, openReplayFile } from "../../lib/server/replay_file.ts";
import { rotateReplayFile } from "../../lib/server/rotate_replay.ts";
import { Server, type ServerSetup } from "../../lib/server/server.ts";
import { grantTaker } from "./grant_taker.ts";
import { datagram, seal } from "./packet.ts";
import { aPlace, aStanza, NO_NAT } from "./stanza.ts";

/** Each packet asks for another port from here on, so a grant identifies its packet. */
const FIRST_PORT = 1000;
const AGE = 30;

/** Runs one server after the other on a replay file. Reloads follow `lib/daemon/walks.ts`. */
export class HandFedServer {
  /** Seconds since 1970 UTC. */
  now = 1_800_000_000;
  /** How often the firewall received each packet, by its port. */
  readonly granted = new Map<number, number>();
  /** Packets made so far. */
  sent = 0;
  readonly #path: string;
  readonly #packets: string[] = [];
  readonly #answers: (() => void)[] = [];
  readonly #adoptions: Promise<void>[] = [];
  #receive: Receive = () => {};
  #replay = new ReplayCache();
  #server: Server;
  #run: Promise<unknown>;
  #reload: OpenedReplayFile | undefined;

  constructor(path: string) {
    this.#path = path;
    [this.#server, this.#run] = this.#start();
  }

  /** A new packet. */
  knock(): void {
    const port = FIRST_PORT + this.sent++;
    this.#packets.push(seal({ message: `0.0.0.0,tcp/${port}` }, { time: this.now }).packetText);
    this.replay(this.#packets.length - 1);
  }

  /** Sends one of the earlier packets again, if there is one, unchanged or without the mac. */
  replay(which: number): void {
    const text = this.#packets[which % this.#packets.length];
    if (text === undefined) return;
    this.#receive(datagram(text, `192.0.2.${which + 1}`));
    this.#receive(datagram(text.slice(0, -43), `198.51.100.${which + 1}`));
  }

  /** Does the part of a reload before the firewall's programs run. */
  beginReload(): void {
    this.#reload ??= openReplayFile(this.#path, this.#replay.store);
  }

  /** Completes the reload that began, or a whole one. */
  finishReload(): void {
    this.beginReload();
    this.#replay.configure({ window: AGE, opened: this.#reload }, this.now);
    this.#reload = undefined;
    this.#adoptions.push(this.#server.adopt(this.#setup()));
  }

  /** A reload with an error in a file. */
  failEarly(): void {}

  /** A reload with a firewall that cannot be used. */
  failLate(): void {
    this.beginReload();
    if (this.#reload?.content !== undefined) this.#reload.store.close();
    this.#reload = undefined;
  }

  /** Lets the firewall complete its requests. */
  async answer(): Promise<void> {
    for (const answer of this.#answers.splice(0)) answer();
    await Promise.all(this.#adoptions.splice(0));
  }

  async restart(rotates: boolean): Promise<void> {
    await this.stop();
    if (rotates) rotateReplayFile(this.#path, AGE, this.now);
    this.#replay = new ReplayCache();
    [this.#server, this.#run] = this.#start();
  }

  async stop(): Promise<void> {
    this.failLate();
    this.#server.stop();
    await this.answer();
    await this.#run;
    this.#replay.close();
  }

  #start(): [Server, Promise<unknown>] {
    this.#replay.configure({ window: AGE, opened: openReplayFile(this.#path) }, this.now);
    const server = new Server(this.#setup(), {
      observe: () => {},
      replay: this.#replay,
      now: () => this.now,
      packetLimit: 0,
    });
    return [server, server.run()];
  }

  #setup(): ServerSetup {
    const { hmac: _, ...withoutHmac } = aStanza({ number: 2 });
    let end = (): void => {};
    return {
      capture: {
        description: "by hand",
        run: (receive) => {
          this.#receive = receive;
          return new Promise((resolve) => end = resolve);
        },
        statistics: () => ({ received: 0, dropped: 0, refused: 0 }),
        close: () => end(),
      },
      firewall: this.#firewall(),
      commands: undefined,
      cycles: undefined,
      placeOf: aPlace(),
      lookUp: refuseNames,
      stanzas: [aStanza({ number: 1 }), withoutHmac],
      policy: {
        maxAge: AGE,
        http: undefined,
        nat: NO_NAT,
        destinationRule: false,
        testMode: false,
      },
    };
  }

  /** A firewall that counts its requests, and answers when the test says so. */
  #firewall(): Firewall {
    return grantTaker(({ services: [service] }) => {
      const port = service?.port ?? 0;
      this.granted.set(port, (this.granted.get(port) ?? 0) + 1);
      return new Promise<OpenResult>((resolve) =>
        this.#answers.push(() => resolve({ added: [], present: [] }))
      );
    });
  }
}
