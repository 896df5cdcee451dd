/**
 * Explains why a port may have stayed closed. The server never answers, so a wrong clock, a wrong key and a wrong
 * address look the same to the client. It reports what it can prove, and sorts the other explanations by likelihood.
 *
 * @module
 */
import { type Address, isUnspecified, parseAddress } from "../net/address.ts";
import { isPrivate } from "../net/private_address.ts";
import type { LocalClock } from "./local_clock.ts";
import type { OwnAddresses } from "./own_addresses.ts";
import type { Transport } from "../config/transport.ts";

/** What the client knows about its knock. */
export interface KnockFacts {
  readonly clock: LocalClock;
  /** When this release was made, seconds since 1970 UTC. A correct clock never shows an earlier time. */
  readonly released: number;
  /** Seconds by which the time stamp was shifted. */
  readonly timeOffset: number;
  /** The address to admit; `0.0.0.0` is the packet's own source. */
  readonly admitted: string;
  readonly server: Address;
  /** The address service that answered `admitted`. Absent: the user named the address. */
  readonly resolvedBy?: string;
  /** Absent: the system does not report them. */
  readonly own?: OwnAddresses;
  readonly hasHmac: boolean;
  readonly transport: Transport;
  /** Destination port of the packet. */
  readonly port: number;
  /** The service that was requested, such as `tcp/22`. */
  readonly access: string;
}

/** One explanation. */
export interface Suspect {
  readonly kind: "clock" | "address" | "server" | "keys" | "rights" | "filter";
  /** The client has proof. */
  readonly isCertain?: true;
  readonly text: string;
  /** What to look at, or a command to run. */
  readonly next: string;
}

/** How far the clocks may differ (MAX_SPA_PACKET_AGE, `docs/spec/server.md` 4.2). */
const USUAL_AGE = 120;

/** Whether the time is certainly wrong: the packet is dated before this release was made. */
export function isClockWrong({ clock, timeOffset, released }: KnockFacts): boolean {
  return clock.now + timeOffset < released;
}

/** Every explanation, the likeliest first. The clock is among them only when there is evidence against it. */
export function suspects(facts: KnockFacts): Suspect[] {
  const clock = weighClock(facts);
  const all = [
    ...(clock === undefined ? [] : [clock]),
    weighAddress(facts),
    weighServer(),
    weighKeys(facts),
    weighRights(facts),
    weighFilter(facts),
  ];
  return all.sort((a, b) => b.weight - a.weight).map(({ suspect }) => suspect);
}

interface Weighed {
  readonly weight: number;
  readonly suspect: Suspect;
}

function weighClock(facts: KnockFacts): Weighed | undefined {
  const { clock: { now, isKept }, timeOffset } = facts;
  const shown = formatTime(now);
  const next = `compare with the server's: date -u (at most ${USUAL_AGE} s apart)`;
  if (isClockWrong(facts)) {
    const stamp = formatTime(now + timeOffset);
    const text = `the clock is wrong: the packet says ${stamp}, before this program was made`;
    const advice = timeOffset === 0 ? "set it: date -u" : "leave out the time offset";
    return { weight: 9, suspect: { kind: "clock", isCertain: true, text, next: advice } };
  }
  if (Math.abs(timeOffset) > USUAL_AGE) {
    const text = `the clock: the time stamp was shifted by ${timeOffset} s, from ${shown}`;
    return { weight: 7, suspect: { kind: "clock", text, next } };
  }
  if (isKept) return undefined;
  // A container or a virtual machine has the correct time of its host, but cannot see that the host keeps it.
  const kept = isKept === undefined ? "" : ", and no time server sets it";
  const text = `the clock: this machine's shows ${shown}${kept}`;
  return { weight: 2, suspect: { kind: "clock", text, next } };
}

function formatTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function weighServer(): Weighed {
  return {
    weight: 5,
    suspect: {
      kind: "server",
      text: "the server: it does not run, or watches another interface or port",
      next: "on the server: fwknop status",
    },
  };
}

function weighAddress({ admitted, server, own, resolvedBy }: KnockFacts): Weighed {
  const address = parseAddress(admitted);
  if (address === undefined || isUnspecified(address)) {
    return {
      weight: 3,
      suspect: {
        kind: "address",
        text:
          "the address: the packet's own source was to be admitted, which the server may not allow",
        next: "name it: -R or -a ADDRESS in place of -s",
      },
    };
  }
  const text = `the address: the server was asked to admit ${admitted}`;
  if (isPrivate(address) && !isPrivate(server)) {
    return {
      weight: 8,
      suspect: {
        kind: "address",
        text: `${text}, which it never sees`,
        next: resolvedBy === undefined
          ? "use -R"
          : `ask another service than ${resolvedBy}: --resolve-url`,
      },
    };
  }
  if (own !== undefined && isOther(address, own)) {
    return {
      weight: 8,
      suspect: {
        kind: "address",
        text: `${text}, and this host reaches it from ${own.source.text}`,
        next: `use -a ${own.source.text}`,
      },
    };
  }
  if (resolvedBy !== undefined) {
    return {
      weight: 3,
      suspect: {
        kind: "address",
        text:
          `${text}, as ${resolvedBy} answered; it may see another one of yours (a VPN, a proxy)`,
        next: "run on the server: tcpdump -ni any; then knock again and read the source address",
      },
    };
  }
  return {
    weight: 4,
    suspect: { kind: "address", text, next: "it may see another one of yours: use -R" },
  };
}

/**
 * Whether the server certainly sees another address than this one. A private source and a public address may be the two
 * sides of an address translation, which the client cannot see.
 */
function isOther(admitted: Address, { source, all }: OwnAddresses): boolean {
  if (admitted.text === source.text) return false;
  return isPrivate(admitted) === isPrivate(source) ||
    all.some(({ text }) => text === admitted.text);
}

function weighKeys({ hasHmac }: KnockFacts): Weighed {
  return {
    weight: hasHmac ? 3.5 : 4.5,
    suspect: {
      kind: "keys",
      text: hasHmac
        ? "the keys: one of the two is not the server's"
        : "the key: it is not the server's, or the server wants an HMAC too",
      next: "compare: fwknop stanza show --show-keys with the server's access.conf",
    },
  };
}

function weighRights({ access }: KnockFacts): Weighed {
  return {
    weight: 2.5,
    suspect: {
      kind: "rights",
      text: `the request: with these keys you may not open ${access}, or not from here`,
      next: "look at OPEN_PORTS and SOURCE of the stanza in the server's access.conf",
    },
  };
}

function weighFilter({ transport, port }: KnockFacts): Weighed {
  // The connection was made, so no filter on the way drops it.
  if (transport === "tcp" || transport === "http") {
    const text = `another program than fwknop took the connection to port ${port}`;
    return { weight: 1, suspect: { kind: "filter", text, next: "on the server: ss -ltnp" } };
  }
  return {
    weight: 1,
    suspect: {
      kind: "filter",
      text: `a filter on the way, which drops ${transport} to port ${port}`,
      next: transport === "udp"
        ? "try -p with another port that the server watches, or -P tcp if it has ENABLE_TCP_SERVER"
        : "try -P udp",
    },
  };
}
