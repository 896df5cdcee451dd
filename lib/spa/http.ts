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

/** The user agent of the C client; a server wants every user agent to begin like it. */
export const DEFAULT_USER_AGENT = "Fwknop/2.6.10";

/** How to wrap a packet. */
export interface HttpRequestOptions {
  /** The server as the user named it. */
  readonly host: string;
  /** Default: {@link DEFAULT_USER_AGENT}. */
  readonly userAgent?: string;
  /** The proxy the request is sent to, when there is one. */
  readonly proxyHost?: string;
}

/** What a server expects of a request. */
export interface HttpRules {
  /** Take requests without `User-Agent: Fwknop` (the name in any case) too (ALLOW_ANY_USER_AGENT). */
  readonly anyUserAgent: boolean;
  /** Read the header `X-Forwarded-For` (ENABLE_X_FORWARDED_FOR). */
  readonly forwardedFor: boolean;
}

/** A packet taken out of a request. */
export interface HttpPacket {
  /** In the ordinary base64 alphabet; not checked any further. */
  readonly text: string;
  /** The client's address as the header names it. */
  readonly forwardedFor?: Address;
  /**
   * A header that does not hold one address, as received, or that the head of the request is not whole: only a message
   * that names an address can be answered.
   */
  readonly invalidForwardedFor?: string;
}

// Failures are made once: junk must not cost an allocation.
const NOT_HTTP = failure("SPA_MSG_NOT_SPA_DATA");
const WRONG_USER_AGENT = failure("SPA_MSG_NOT_SPA_DATA", "HTTP request of another user agent");
const TOO_SHORT = failure("SPA_MSG_BAD_DATA", "HTTP request without packet");

/** The name of a header has no case, the value has; blanks before it are optional (RFC 9112 5.1). */
const USER_AGENT = /[Uu][Ss][Ee][Rr]-[Aa][Gg][Ee][Nn][Tt]:[ \t]*Fwknop/;
const METHOD = "get /";
const decoder = new TextDecoder("latin1");

/**
 * The request that carries a packet text.
 *
 * @throws {RangeError} when a host or the user agent holds a character that would end its line or the target.
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

/** Whether a payload begins as a request does; otherwise it is a packet in the open. */
export function isHttpRequest(payload: Uint8Array): boolean {
  for (let index = 0; index < METHOD.length; index++) {
    const byte = payload[index] ?? 0;
    const lowered = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lowered !== METHOD.charCodeAt(index)) return false;
  }
  return true;
}

/**
 * Takes the packet text out of a request: what stands between `GET /` and the first white space. Method, version
 * and other headers are not looked at. Takes any bytes and never throws.
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
 * The client's address as the proxy names it: one header of one address, with or without blanks around it. Stricter
 * than the reference: the header must stand in the head of the request and begin a line there, and two of them make a
 * list, because the first may be the sender's own and only the last the proxy's. A header that is there and does not
 * hold one address of a host is told apart from one that is missing: the source of the request is the proxy's then, and
 * admitting it would let everybody behind the proxy in.
 */
function readForwardedFor(request: string): Partial<HttpPacket> {
  const [head = "", body] = request.split(/\r?\n\r?\n/, 2);
  // A long request comes in parts: the header, or the rest of its value, may be in the next.
  if (body === undefined) return { invalidForwardedFor: CUT_OFF };
  const values = Array.from(head.matchAll(FORWARDED_FOR), ([, gap = "", value = ""]) =>
    // No blank may stand before the colon (RFC 9112 5.1), and readers differ over such a line.
    gap === "" ? value.trim() : `${gap}:${value}`);
  if (values.length === 0) return {};
  const value = values.join(", ");
  const address = parseAddress(value);
  return address === undefined || isNoHost(address)
    ? { invalidForwardedFor: value }
    : { forwardedFor: address };
}

const CUT_OFF = "(the head of the request is cut off)";

/** The name has no case (RFC 9110 5.1); a line that begins with a blank goes on with the one before (RFC 9112 5.2). */
const FORWARDED_FOR = /\nx-forwarded-for([ \t]*):([^\n]*(?:\n[ \t][^\n]*)*)/gi;
