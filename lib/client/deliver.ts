/**
 * Delivers a packet along its route: looks the host up, orders its addresses, and makes the payload of the transport.
 *
 * @module
 */
import { type Address, type AddressFamily, parseAddress } from "../net/address.ts";
import { parsePort } from "../net/service.ts";
import { encodeHttpRequest } from "../spa/http.ts";
import { resolveDestination } from "./destination.ts";
import { Problem, usageProblem } from "./problem.ts";
import { type BeforeSending, send, type Sent } from "./send.ts";
import type { Admission, KnockPlan, Route } from "./plan.ts";
import { isRaw, type Transport } from "../config/transport.ts";

/** The ports of one packet. Where the route says "random", they are drawn by the caller. */
export interface Ports {
  readonly port: number;
  /** Absent: the system picks one. */
  readonly sourcePort?: number | undefined;
}

/**
 * Looks the host up and sends the packet.
 *
 * @param beforeSending is called with each address right before the packet goes to it.
 */
export async function deliver(
  packet: string,
  { route, admission }: Pick<KnockPlan, "route" | "admission">,
  { port, sourcePort }: Ports,
  beforeSending?: BeforeSending,
): Promise<Sent | Problem> {
  const { transport, family, spoofSource, icmpType, icmpCode } = route;
  const proxy = route.proxy === undefined ? undefined : parseProxy(route.proxy, port);
  if (proxy instanceof Problem) return proxy;
  const host = proxy?.host ?? route.server;
  const addresses = await resolveDestination(host, family === undefined ? {} : { family });
  if (addresses instanceof Problem) return withUnsent(addresses, host, transport);
  const payload = transport === "http" ? httpRequest(packet, route) : packet;
  if (payload instanceof Problem) return payload;
  return await send(
    payload,
    {
      transport,
      addresses: orderAddresses(addresses, admittedFamily(admission)),
      port: proxy?.port ?? port,
      sourcePort,
      spoofSource,
      icmpType,
      icmpCode,
    },
    undefined,
    beforeSending,
  );
}

/** The C client's lines about a host that cannot be looked up (`docs/spec/client.md` 10). */
function withUnsent({ text, facts }: Problem, host: string, transport: Transport): Problem {
  const said = facts.reference ?? "";
  const looked = isRaw(transport)
    ? `${
      said.replace("error in getaddrinfo", "resolve_dst_addr() ")
    }\n[*] Unable to resolve ${host} as an ip address`
    : said;
  return new Problem(text, { ...facts, reference: `${looked}\nsend_spa_packet: packet not sent.` });
}

/** The complete HTTP request that carries the packet. */
export function httpRequest(packet: string, route: Route): string | Problem {
  const proxy = route.proxy === undefined ? undefined : parseProxy(route.proxy, 0);
  if (proxy instanceof Problem) return proxy;
  try {
    return encodeHttpRequest(packet, {
      host: route.server,
      userAgent: route.userAgent,
      ...(proxy === undefined ? {} : { proxyHost: proxy.host }),
    });
  } catch (error) {
    if (error instanceof RangeError) return usageProblem(error.message);
    throw error;
  }
}

/** Parses `[http://]host[:port]`. Without a port, the packet's own destination port counts. */
export function parseProxy(text: string, port: number): { host: string; port: number } | Problem {
  const bare = text.replace(/^http:\/\//i, "").replace(/\/$/, "");
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(bare) ?? [];
  const host = bracketed ?? plain ?? "";
  if (host === "") {
    return usageProblem(`--http-proxy: '${text}' does not name a host`, {
      hint: "use -H [http://]host[:port]",
    });
  }
  if (portText === undefined) return { host, port };
  const parsed = parsePort(portText);
  return parsed === undefined
    ? usageProblem(`--http-proxy: '${portText}' is not a port from 1 to 65535`, {
      reference:
        "[-] proxy port value is invalid, must be in [1-65535]\nsend_spa_packet: packet not sent.",
    })
    : { host, port: parsed };
}

/**
 * The family of the address to admit. The session will come from that address, so the packet prefers the same IP
 * version. `-s` names no address: IPv4 then, because the C daemon listens on IPv4 only.
 */
function admittedFamily(admission: Admission): AddressFamily {
  return admission.kind === "address" ? parseAddress(admission.text)?.family ?? 4 : 4;
}

function orderAddresses(addresses: readonly Address[], first: AddressFamily): Address[] {
  return addresses.toSorted((a, b) => Number(b.family === first) - Number(a.family === first));
}
