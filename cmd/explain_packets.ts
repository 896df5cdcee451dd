/**
 * Reads the packets that `explain` examines.
 *
 * @module
 */
import type { Datagram } from "../lib/capture/datagram.ts";
import type { CapturedDatagram } from "../lib/capture/captured_packets.ts";
import type { ServerSettings } from "../lib/config/fwknopd_variables.ts";
import { listenersOf, openedPorts, portOf } from "../lib/config/listeners.ts";
import { textBytes } from "../lib/crypto/bytes.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { reasonOf } from "../lib/errors/reason.ts";
import { type Address, parseAddress } from "../lib/net/address.ts";
import { PROTOCOL_NUMBERS } from "../lib/net/service.ts";
import { MIN_PACKET_LENGTH } from "../lib/spa/limits.ts";
import { screenPacket } from "../lib/spa/screen.ts";

/** A packet to explain. */
export interface ExplainedPacket {
  readonly datagram: Datagram;
  /** When it was captured, in seconds since 1970; absent for a packet text. */
  readonly time?: number;
  /** What of the settings keeps the server from seeing it, if anything does. */
  readonly leftOutBy?: string;
}

/** Packets, and the number of datagrams in capture files that are not SPA packets. */
export interface ExplainedPackets {
  readonly packets: readonly ExplainedPacket[];
  readonly leftOut: number;
}

/** Replaces the headers, which a packet text does not have. */
const LOOPBACK = parseAddress("127.0.0.1") as Address;

/**
 * The packets that a word names: those of a file, or the word itself.
 *
 * @throws {HintedError} when it is neither, or a file without anything like a packet.
 */
export async function readExplained(
  word: string,
  settings: ServerSettings,
): Promise<ExplainedPackets> {
  const bytes = readIfFile(word);
  if (bytes === undefined) {
    if (word.length < MIN_PACKET_LENGTH) {
      throw new HintedError(`'${word}' is neither a file nor a packet`, {
        hint: `A packet has at least ${MIN_PACKET_LENGTH} characters; knock -T -B FILE writes one`,
      });
    }
    return textPackets([word], settings);
  }
  if (bytes.length === 0) {
    throw new HintedError(`${word} is empty`, {
      hint: "tcpdump holds packets back until it ends; with -U it writes each packet at once",
    });
  }
  const { isCaptureFile } = await import("../lib/capture/captured_packets.ts");
  if (isCaptureFile(bytes)) return await capturedPackets(word, settings);
  const lines = new TextDecoder("latin1").decode(bytes).split("\n").map((line) => line.trim());
  if (!lines.some((line) => LIKE_A_PACKET.test(line))) {
    throw new HintedError(`There is no packet in ${word}`, {
      hint:
        "Name a capture file, or a text file with one packet per line; knock -T -B FILE writes one",
    });
  }
  return textPackets(lines.filter((line) => line !== ""), settings);
}

/** A packet, or what is left of one that was cut, wrapped, quoted or put into a line with other words. */
const LIKE_A_PACKET = /^[\w+\/=%"'-]{40,}$|[\w+\/]{100,}/;

function readIfFile(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    // No file system accepts a packet text as a name: it is too long, or names folders that do not exist.
    if (path.length >= MIN_PACKET_LENGTH || error instanceof Deno.errors.NotFound) return undefined;
    const reason = reasonOf(error);
    throw new HintedError(`Cannot read ${path}: ${reason}`, { cause: error });
  }
}

function textPackets(texts: readonly string[], settings: ServerSettings): ExplainedPackets {
  const packets = texts.map((text) => ({
    datagram: {
      protocol: PROTOCOL_NUMBERS.udp,
      source: LOOPBACK,
      sourcePort: 0,
      destination: LOOPBACK,
      destinationPort: settings.UDPSERV_PORT,
      payload: textBytes(text),
    },
  }));
  return { packets, leftOut: 0 };
}

/** The datagrams that the server would capture, and others that look like a packet, for example to a wrong port. */
async function capturedPackets(path: string, settings: ServerSettings): Promise<ExplainedPackets> {
  const { readCapturedDatagrams } = await import("../lib/capture/captured_packets.ts");
  const all = await readCapturedDatagrams(path, "");
  const isCaptured = await captureRule(path, settings);
  const http = { anyUserAgent: true, forwardedFor: false };
  const packets = all.flatMap((captured): ExplainedPacket[] => {
    if (isCaptured.test(captured)) return [captured];
    return screenPacket(captured.datagram.payload, { http }).ok
      ? [{ ...captured, leftOutBy: isCaptured.name }]
      : [];
  });
  return { packets, leftOut: all.length - packets.length };
}

/** The rule that decides which datagrams of the file the server would see, from the settings. */
async function captureRule(
  path: string,
  settings: ServerSettings,
): Promise<{ readonly name: string; readonly test: (captured: CapturedDatagram) => boolean }> {
  const ports = openedPorts(settings);
  const isServed = ({ protocol, destinationPort }: Datagram): boolean =>
    ports.some((opened) =>
      PROTOCOL_NUMBERS[opened.protocol] === protocol && opened.port === destinationPort
    );
  const main = portOf(listenersOf(settings)[0], settings);
  if (main !== undefined) {
    return { name: `${main.variable} ${main.port}`, test: ({ datagram }) => isServed(datagram) };
  }
  const { readCapturedDatagrams } = await import("../lib/capture/captured_packets.ts");
  const filter = settings.PCAP_FILTER;
  const passed = new Set((await readCapturedDatagrams(path, filter)).map(identify));
  return {
    name: `PCAP_FILTER '${filter}'`,
    test: (captured) => passed.has(identify(captured)) || isServed(captured.datagram),
  };
}

function identify({ datagram, time }: CapturedDatagram): string {
  const { protocol, source, sourcePort, destination, destinationPort, payload } = datagram;
  const addresses = [source.text, sourcePort, destination.text, destinationPort];
  return [time, protocol, ...addresses, payload].join(" ");
}
