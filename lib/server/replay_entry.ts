/**
 * The entry of the replay file for one packet, in the C daemon's format (`docs/spec/server.md` 8).
 *
 * The C daemon's line is followed by a line of ours, which the C daemon takes for a comment. It holds the digest and
 * the time of the message, which the C daemon does not record.
 *
 * @module
 */
import { decodeBase64 } from "../crypto/base64.ts";
import { parseAddress } from "../net/address.ts";

/** The first line of a new file. */
export const REPLAY_FILE_HEADER =
  "# <digest> <proto> <src_ip> <src_port> <dst_ip> <dst_port> <time>\n";

/** An accepted packet. */
export interface ReplayEntry {
  /** SHA-256 of the packet text, 43 characters of base64. */
  readonly digest: string;
  /** IP protocol number. */
  readonly protocol: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  /** Seconds since 1970 UTC by the server's clock. */
  readonly time: number;
  /** Absent if the C daemon wrote the entry. */
  readonly message?: SeenMessage;
}

/** The message in the packet. */
export interface SeenMessage {
  /** SHA-256 of the message's fields, 43 characters of base64. */
  readonly digest: string;
  /** Time in the message, in seconds since 1970 UTC. */
  readonly timestamp: number;
}

/** The lines for an entry, each with its newline. */
export function formatReplayEntry(entry: ReplayEntry): string {
  const { digest, protocol, source, sourcePort, destination, destinationPort, time, message } =
    entry;
  const line =
    `${digest} ${protocol} ${source} ${sourcePort} ${destination} ${destinationPort} ${time}\n`;
  if (message === undefined) return line;
  return `${line}# message ${message.digest} ${message.timestamp}\n`;
}

/** The entry on a line, without its message; `undefined` if the line does not hold the seven fields. */
export function parseReplayEntry(line: string): ReplayEntry | undefined {
  const [digest, protocol, source, sourcePort, destination, destinationPort, time, ...rest] = line
    .trim().split(/[ \t]+/);
  if (digest === undefined || source === undefined || destination === undefined) return undefined;
  const numbers = [protocol, sourcePort, destinationPort, time].map((text) =>
    /^[0-9]{1,10}$/.test(text ?? "") ? Number(text) : NaN
  );
  const addresses = parseAddress(source) !== undefined && parseAddress(destination) !== undefined;
  if (rest.length > 0 || numbers.some(Number.isNaN) || !addresses || !isDigest(digest)) {
    return undefined;
  }
  const [protocolNumber = 0, from = 0, to = 0, seconds = 0] = numbers;
  return {
    digest,
    protocol: protocolNumber,
    source,
    sourcePort: from,
    destination,
    destinationPort: to,
    time: seconds,
  };
}

/** The message on the line after an entry; `undefined` for other comments. */
export function parseSeenMessage(line: string): SeenMessage | undefined {
  const [, digest = "", timestamp] = /^# message (\S{43}) ([0-9]{1,10})$/.exec(line) ?? [];
  if (timestamp === undefined || !isDigest(digest)) return undefined;
  return { digest, timestamp: Number(timestamp) };
}

function isDigest(text: string): boolean {
  return text.length === 43 && decodeBase64(text)?.length === 32;
}
