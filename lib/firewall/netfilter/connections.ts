/**
 * The TCP connections of this host, as the kernel lists them in `/proc/net/tcp` and `/proc/net/tcp6` (proc_net(5)).
 *
 * @module
 */
import { ifThere } from "../../files/if_there.ts";
import { type Address, addressFromBytes } from "../../net/address.ts";

/** One connection, or a listening socket. */
export interface Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** `listening`; `open`: the handshake is done, even if an end has closed since. */
  readonly state: "listening" | "open" | "other";
}

/** One end of a connection. */
export interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

/** States of the kernel (`include/net/tcp_states.h`): all that follow a complete handshake, except TIME_WAIT's end. */
const OPEN = new Set(["01", "04", "05", "06", "08", "09", "0B"]);
const LISTENING = "0A";

/** Reads one of the two files. A line that is not an entry is left out. */
export function parseTcpTable(text: string): Connection[] {
  return text.split("\n").flatMap((line): Connection[] => {
    const [, local = "", remote = "", code = ""] = line.trim().split(/ +/);
    const [here, there] = [parseEndpoint(local), parseEndpoint(remote)];
    if (here === undefined || there === undefined) return [];
    const state = OPEN.has(code) ? "open" : code === LISTENING ? "listening" : "other";
    return [{ local: here, remote: there, state }];
  });
}

/** Identifies the other end of a connection. */
export function peerKey({ remote, local }: Connection): string {
  return `${remote.address.text} ${remote.port} ${local.port}`;
}

/** Every connection of this host's network. A host without IPv6 has one table less. Throws the system's errors. */
export function readConnections(): Connection[] {
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) =>
    parseTcpTable(ifThere(() => Deno.readTextFileSync(path)) ?? "")
  );
}

/** `0100007F:0016`: the address as words of 32 bits in the order of bytes of this host, the port in hexadecimal. */
function parseEndpoint(text: string): Endpoint | undefined {
  const [, words, port] = /^([0-9A-F]{8}(?:[0-9A-F]{24})?):([0-9A-F]{4})$/.exec(text) ?? [];
  if (words === undefined || port === undefined) return undefined;
  const bytes = new Uint8Array(words.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    // All platforms of the program are little-endian.
    const from = at - at % 4 + 3 - at % 4;
    bytes[at] = Number.parseInt(words.slice(from * 2, from * 2 + 2), 16);
  }
  return { address: addressFromBytes(bytes), port: Number.parseInt(port, 16) };
}
