/**
 * Rules of this host that change the destination of a packet.
 *
 * @module
 */
import { type Address, parseAddress } from "../net/address.ts";
import { parsePort, type Service } from "../net/service.ts";

/** A new destination. */
export interface Translation {
  /** `same`: only the port changes; `here`: the address of the interface by which the packet entered. */
  readonly to: Address | "same" | "here" | "unknown";
  readonly port: number | "same" | "unknown";
  /** The rule as the firewall lists it, or a short form. */
  readonly rule: string;
}

/**
 * Reads `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80` or `:80`. A range of addresses or ports becomes `unknown`.
 */
export function parseEndpoint(text: string): Pick<Translation, "to" | "port"> {
  const [, six, four, ports] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([0-9-]+)(?:\/[0-9]+)?)?$/
    .exec(text) ?? [];
  // An IPv6 address without a port has no brackets.
  if (six === undefined && four === undefined) return { to: readAddress(text), port: "same" };
  const address = six ?? four ?? "";
  return {
    to: address === "" ? "same" : readAddress(address),
    port: ports === undefined ? "same" : readPort(ports),
  };
}

/** @param value the text of an address; the result is `unknown` unless it is a single address. */
export function readAddress(value: unknown): Address | "unknown" {
  return (typeof value === "string" ? parseAddress(value) : undefined) ?? "unknown";
}

/** @param value a port as text or number; the result is `unknown` unless it is a single port. */
export function readPort(value: unknown): number | "unknown" {
  return parsePort(String(value)) ?? "unknown";
}

/** The new destination in a sentence, for example `192.0.2.1:80`. */
export function describeTarget({ to, port }: Translation, { port: before }: Service): string {
  if (to === "unknown") return "another host";
  const isHere = to === "same" || to === "here";
  if (port === "unknown") return `another port of ${isHere ? "this host" : to.text}`;
  const number = port === "same" ? before : port;
  if (isHere) return `port ${number} of this host`;
  return to.family === 6 ? `[${to.text}]:${number}` : `${to.text}:${number}`;
}
