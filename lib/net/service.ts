/**
 * Transport protocols, ports, and a service: a protocol with a port.
 *
 * @module
 */

/** The protocols that a request may name. `icmp` and `none` fail validation in the C tools too. */
export type Protocol = "tcp" | "udp";

/** IP protocol numbers (IANA), for firewalls and the replay file. */
export const PROTOCOL_NUMBERS = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 } as const;

/** One service that a client may ask for: `tcp/22`. */
export interface Service {
  readonly protocol: Protocol;
  /** 1 to 65535. */
  readonly port: number;
}

/**
 * Parses a decimal port of 1 to 5 digits with a value of 1 to 65535, or returns `undefined`.
 * Leading zeros within five digits are allowed on the wire (`docs/spec/wire.md` 3.3).
 */
export function parsePort(text: string): number | undefined {
  if (!/^[0-9]{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}

/** Parses `tcp/22` or `udp/53`, in lower case, with no other text; otherwise `undefined`. */
export function parseService(text: string): Service | undefined {
  const slash = text.indexOf("/");
  const protocol = text.slice(0, Math.max(0, slash));
  if (protocol !== "tcp" && protocol !== "udp") return undefined;
  const port = parsePort(text.slice(slash + 1));
  return port === undefined ? undefined : { protocol, port };
}

/**
 * Parses a comma-separated list of services: no blank, no empty item, at least one item
 * (`docs/spec/wire.md` 3.3); otherwise `undefined`.
 */
export function parseServices(text: string): Service[] | undefined {
  const services: Service[] = [];
  for (const item of text.split(",")) {
    const service = parseService(item);
    if (service === undefined) return undefined;
    services.push(service);
  }
  return services;
}

/** `tcp/22`. */
export function formatService(service: Service): string {
  return `${service.protocol}/${service.port}`;
}

/** `tcp/22,udp/53`. */
export function formatServices(services: readonly Service[]): string {
  return services.map(formatService).join(",");
}

/** Whether both services have the same protocol and port. */
export function sameService(a: Service, b: Service): boolean {
  return a.protocol === b.protocol && a.port === b.port;
}
