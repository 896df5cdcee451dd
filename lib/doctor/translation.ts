/**
 * Where a rule of this host sends a packet in place of where it was going.
 *
 * @module
 */
import { type Address, parseAddress } from "../net/address.ts";
import { parsePort, type Service } from "../net/service.ts";

/** A new destination. */
export interface Translation {
  /** `same`: only the port is another one; `here`: the address of the interface by which the packet came. */
  readonly to: Address | "same" | "here" | "unknown";
  readonly port: number | "same" | "unknown";
  /** The rule, as it is listed or in short. */
  readonly rule: string;
}

/**
 * `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, `:80`; ranges of either lead to addresses and ports that are not
 * known.
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

/** @param value what stands for an address; `unknown` where it is not a single one. */
export function readAddress(value: unknown): Address | "unknown" {
  return (typeof value === "string" ? parseAddress(value) : undefined) ?? "unknown";
}

/** @param value what stands for a port; `unknown` where it is not a single one. */
export function readPort(value: unknown): number | "unknown" {
  return parsePort(String(value)) ?? "unknown";
}

/** As `192.0.2.1:80`, for a sentence. */
export function describeTarget({ to, port }: Translation, { port: before }: Service): string {
  const number = port === "same" ? before : port === "unknown" ? "another port" : port;
  if (to === "same" || to === "here") return `port ${number} of this host`;
  if (to === "unknown") return "another host";
  return to.family === 6 ? `[${to.text}]:${number}` : `${to.text}:${number}`;
}
