/**
 * Parses the texts of a message into a request (`docs/spec/wire.md` 3.3).
 *
 * @module
 */
import { type Address, parseAddress } from "../net/address.ts";
import { isHostName, MAX_NAT_HOST_LENGTH } from "../net/host_name.ts";
import { parsePort, parseServices, type Service } from "../net/service.ts";
import { failure, success } from "../errors/result.ts";
import type { SpaResult } from "./error.ts";
import { hasNatAccess, isLocalNat, type MessageType, type SpaMessage } from "./message.ts";

/** Content of an access message. */
export interface AccessMessage {
  /** The address to admit. Unspecified (`0.0.0.0`, `::`) means the source address of the packet. */
  readonly address: Address;
  /** At least one; repeats are allowed. */
  readonly services: readonly Service[];
}

/** Content of a command message. */
export interface CommandMessage {
  readonly address: Address;
  /** At least one character, none of them NUL. Shell syntax has no meaning in it. */
  readonly command: string;
}

/** Content of the NAT field. */
export interface NatAccess {
  /** An address, or a host name that must still be resolved. */
  readonly host: Address | string;
  readonly port: number;
}

/** The destination of a NAT request. */
export interface NatRequest extends NatAccess {
  /** The host is the server itself (types 5 and 6). */
  readonly local: boolean;
}

/** Asks for services, possibly forwarded ones. */
export interface AccessRequest extends AccessMessage {
  readonly kind: "access";
  readonly nat?: NatRequest;
  /** Seconds; absent when the client leaves the duration to the server. */
  readonly clientTimeout?: number;
}

/** Asks for a command to be run. */
export interface CommandRequest extends CommandMessage {
  readonly kind: "command";
  readonly nat?: never;
  readonly clientTimeout?: never;
}

/** What one message asks for. */
export type SpaRequest = AccessRequest | CommandRequest;

/**
 * Parses `address,proto/port[,proto/port…]`. IPv4 is strict dotted decimal. An IPv6 address is our extension; the
 * reference refuses it. Failure: `INVALID_DATA_DECODE_ACCESS_VALIDFAIL`.
 */
export function parseAccessMessage(text: string): SpaResult<AccessMessage> {
  const { address, rest } = splitAddress(text);
  const services = parseServices(rest);
  if (address === undefined || services === undefined) {
    return failure("INVALID_DATA_DECODE_ACCESS_VALIDFAIL");
  }
  return success({ address, services });
}

/** Parses `address,command`. Failure: `INVALID_DATA_DECODE_MESSAGE_VALIDFAIL`. */
export function parseCommandMessage(text: string): SpaResult<CommandMessage> {
  const { address, rest } = splitAddress(text);
  if (address === undefined || rest === "" || rest.includes("\0")) {
    return failure("INVALID_DATA_DECODE_MESSAGE_VALIDFAIL");
  }
  return success({ address, command: rest });
}

/** Parses the message field of the given type. */
export function parseMessageText(
  type: MessageType,
  text: string,
): SpaResult<AccessMessage | CommandMessage> {
  return type === 0 ? parseCommandMessage(text) : parseAccessMessage(text);
}

/**
 * Parses `host,port`. The host must be an address or a host name; the reference does not check that
 * (`docs/spec/wire.md` 14). Failure: `INVALID_DATA_DECODE_NATACCESS_VALIDFAIL`.
 */
export function parseNatAccess(text: string): SpaResult<NatAccess> {
  const comma = text.indexOf(",");
  const hostText = text.slice(0, Math.max(0, comma));
  const port = parsePort(text.slice(comma + 1));
  const host = parseAddress(hostText) ??
    (isHostName(hostText, MAX_NAT_HOST_LENGTH) ? hostText : undefined);
  if (host === undefined || port === undefined) {
    return failure("INVALID_DATA_DECODE_NATACCESS_VALIDFAIL");
  }
  return success({ host, port });
}

/** Parses a whole message. The failures are those of its parts. */
export function parseRequest(message: SpaMessage): SpaResult<SpaRequest> {
  if (message.type === 0) {
    const command = parseCommandMessage(message.message);
    return command.ok ? success({ kind: "command", ...command.value }) : command;
  }
  const access = parseAccessMessage(message.message);
  if (!access.ok) return access;
  const timeout = message.clientTimeout ?? 0;
  const request: AccessRequest = {
    kind: "access",
    ...access.value,
    ...(timeout === 0 ? {} : { clientTimeout: timeout }),
  };
  if (!hasNatAccess(message.type)) return success(request);
  const nat = parseNatAccess(message.natAccess ?? "");
  if (!nat.ok) return nat;
  return success({ ...request, nat: { ...nat.value, local: isLocalNat(message.type) } });
}

/** Splits at the first comma. Without a comma both parts fail. */
function splitAddress(text: string): { address: Address | undefined; rest: string } {
  const comma = text.indexOf(",");
  if (comma < 0) return { address: undefined, rest: "" };
  return { address: parseAddress(text.slice(0, comma)), rest: text.slice(comma + 1) };
}
