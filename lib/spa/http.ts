/**
 * SPA packets inside HTTP requests (`docs/spec/wire.md` 10.4).
 *
 * @module
 */
import { type Address, parseAddress } from "../net/address.ts";
import { isNoHost } from "../net/host_range.ts";
import { failure, success } from "../errors/result.ts";
import type { SpaFailure, SpaResult } from "./error.ts";
import { MIN_PACKET_LENGTH } from "./limits.ts";

/** The user agent of the C client. A server requires that every user agent begins like it. */
export const DEFAULT_USER_AGENT = "Fwknop/2.6.10";

/** How to wrap a packet in a request. */
export interface HttpRequestOptions {
  /** The server, as the user named it. */
  readonly host: string;
  /** Default: {@link DEFAULT_USER_AGENT}. */
  readonly userAgent?: string;
  /** The proxy to which the request is sent, when there is one. */
  readonly proxyHost?: string;
}

/** A server's rules for requests. */
export interface HttpRules {
  /** Also accept requests without `User-Agent: Fwknop` (the name in any case) (ALLOW_ANY_USER_AGENT). */
  readonly anyUserAgent: boolean;
  /** Read the header `X-Forwarded-For` (ENABLE_X_FORWARDED_FOR). */
  readonly forwardedFor: boolean;
}

/** A packet from a request. */
export interface HttpPacket {
  /** In the ordinary base64 alphabet; not checked further. */
  readonly text: string;
  /** The client's address in the header. */
  readonly forwardedFor?: Address;
  /**
   * The received text of a header that does not hold exactly one address, or a note that the head of the request is cut
   * off. Such a request can be granted only if the message names an address.
   */
  readonly invalidForwardedFor?: string;
}

// Failures are created once: junk must not cause allocations.
const NOT_HTTP = failure("SPA_MSG_NOT_SPA_DATA");
const WRONG_USER_AGENT = failure("SPA_MSG_NOT_SPA_DATA", "HTTP request of another user agent");
const TOO_SHORT = failure("SPA_MSG_BAD_DATA", "HTTP request without packet");

/** The name of a header is case-insensitive, the value is not. Blanks before the value are optional (RFC 9112 5.1). */
const USER_AGENT = /[Uu][Ss][Ee][Rr]-[Aa][Gg][Ee][Nn][Tt]:[ \t]*Fwknop/;
const METHOD = "get /";
const decoder = new TextDecoder("latin1");

/**
 * The HTTP request for a packet text.
 *
 * @throws {RangeError} when a host or the user agent has a character that would end its line or the target.
 */
export function encodeHttpRequest(packetText: string, options: HttpRequestOptions): string {
  const { host, userAgent = DEFAULT_USER_AGENT, proxyHost } = options;
  for (const name of [host, proxyHost ?? ""]) {
    if (/[^\x21-\x7e]/.test(name)) throw new RangeError(`Not a host name: ${JSON.stringify(name)}`);
  }
  if (/[^\x20-\x7e]/.test(userAgent)) {
    throw new RangeError(`Not a user agent: ${JSON.stringify(userAgent)}`);
  }
  const path = `/${packetText.replaceAll("+", "-").replaceAll("/", "_")}`;
  return [
    `GET ${proxyHost === undefined ? path : `http://${host}${path}`} HTTP/1.0`,
    `User-Agent: ${userAgent}`,
    "Accept: */*",
    `Host: ${proxyHost ?? host}`,
    "Connection: close",
    "\r\n",
  ].join("\r\n");
}

/** Whether a payload begins like a request; otherwise it is a plain packet. */
export function isHttpRequest(payload: Uint8Array): boolean {
  for (let index = 0; index < METHOD.length; index++) {
    const byte = payload[index] ?? 0;
    const lowered = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lowered !== METHOD.charCodeAt(index)) return false;
  }
  return true;
}

/**
 * Takes the packet text out of a request: the text between `GET /` and the first white space. The version and other
 * headers are ignored. Accepts any bytes and never throws.
 */
export function decodeHttpRequest(payload: Uint8Array, rules: HttpRules): SpaResult<HttpPacket> {
  if (!isHttpRequest(payload)) return NOT_HTTP;
  const request = decoder.decode(payload);
  if (!rules.anyUserAgent && !USER_AGENT.test(request)) return WRONG_USER_AGENT;
  const text = decodeTarget(request);
  if (typeof text !== "string") return text;
  return success({ text, ...(rules.forwardedFor ? readForwardedFor(request) : {}) });
}

function decodeTarget(request: string): string | SpaFailure {
  const target = /^[^ \t\n\v\f\r]*/.exec(request.slice(METHOD.length))?.[0] ?? "";
  if (target.length < MIN_PACKET_LENGTH) return TOO_SHORT;
  return target.replaceAll("-", "+").replaceAll("_", "/");
}

/**
 * The client's address as the proxy reports it: one header with one address, with or without blanks around it. Stricter
 * than the reference. The header must be at the beginning of a line in the head of the request. Two headers count as a
 * list, because the sender may have written the first, and only the last is the proxy's. A header without exactly one
 * host address is reported, and differs from a missing header: the source of the request is then the proxy, and
 * admitting the proxy would admit every host behind it.
 */
function readForwardedFor(request: string): Partial<HttpPacket> {
  const [head = "", body] = request.split(/\r?\n\r?\n/, 2);
  // A long request arrives in parts: the header, or the rest of its value, may be in the next part.
  if (body === undefined) return { invalidForwardedFor: CUT_OFF };
  const values = Array.from(head.matchAll(FORWARDED_FOR), ([, gap = "", value = ""]) =>
    // A blank before the colon is forbidden (RFC 9112 5.1), and readers treat such a line differently.
    gap === "" ? value.trim() : `${gap}:${value}`);
  if (values.length === 0) return {};
  const value = values.join(", ");
  const address = parseAddress(value);
  return address === undefined || isNoHost(address)
    ? { invalidForwardedFor: value }
    : { forwardedFor: address };
}

const CUT_OFF = "(the head of the request is cut off)";

/** The name is case-insensitive (RFC 9110 5.1). A line that begins with a blank continues the last one (RFC 9112 5.2). */
const FORWARDED_FOR = /\nx-forwarded-for([ \t]*):([^\n]*(?:\n[ \t][^\n]*)*)/gi;
