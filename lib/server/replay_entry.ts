/**
 * One line of the replay file, in the C daemon's format (`docs/spec/server.md` 8).
 *
 * @module
 */
import { decodeBase64 } from "../crypto/base64.ts";
import { parseAddress } from "../net/address.ts";

/** The first line of a new file. */
export const REPLAY_FILE_HEADER =
  "# <digest> <proto> <src_ip> <src_port> <dst_ip> <dst_port> <time>\n";

/** A packet that was accepted before. */
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
  /** Time in the message, in seconds since 1970 UTC; the file does not hold it. */
  readonly timestamp?: number;
}

/** The line for an entry, newline included. */
export function formatReplayEntry(entry: ReplayEntry): string {
  const { digest, protocol, source, sourcePort, destination, destinationPort, time } = entry;
  return `${digest} ${protocol} ${source} ${sourcePort} ${destination} ${destinationPort} ${time}\n`;
}

/** The entry on a line, or `undefined` when the line does not hold the seven fields. */
export function parseReplayEntry(line: string): ReplayEntry | undefined {
  const [digest, protocol, source, sourcePort, destination, destinationPort, time, ...rest] = line
    .trim().split(/[ \t]+/);
  if (digest === undefined || source === undefined || destination === undefined) return undefined;
  const numbers = [protocol, sourcePort, destinationPort, time].map((text) =>
    /^[0-9]{1,10}$/.test(text ?? "") ? Number(text) : NaN
  );
  const addresses = parseAddress(source) !== undefined && parseAddress(destination) !== undefined;
  const digestLength = digest.length === 43 ? decodeBase64(digest)?.length : undefined;
  if (rest.length > 0 || numbers.some(Number.isNaN) || !addresses || digestLength !== 32) {
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
