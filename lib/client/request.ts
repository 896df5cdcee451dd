/**
 * Builds a request from the plan: message type, message text and NAT text (`docs/spec/client.md` 9). Pure: the random
 * port is an input.
 *
 * @module
 */
import { parseAddress } from "../net/address.ts";
import { isHostName, MAX_NAT_HOST_LENGTH } from "../net/host_name.ts";
import { parsePort } from "../net/service.ts";
import { MessageType } from "../spa/message.ts";
import { leadingNumber } from "../config/number.ts";
import { libraryError, Problem, usageProblem } from "./problem.ts";
import type { PlannedRequest } from "./plan.ts";

/** The request of one knock. */
export interface KnockRequest {
  readonly type: MessageType;
  /** The address to admit. */
  readonly admitted: string;
  /** `proto/port[,…]`, with the outside port of NAT, or the command. */
  readonly asked: string;
  /** Both texts, separated by a comma. */
  readonly message: string;
  readonly natAccess?: string;
  /** Seconds; only for types with a timeout. */
  readonly clientTimeout?: number;
  /** The outside port, if it was drawn at random. The user must learn it. */
  readonly randomNatPort?: number;
}

/** Inputs that the plan does not hold. */
export interface RequestContext {
  /** The address to admit, as text; `0.0.0.0` for the packet's own source. */
  readonly address: string;
  /** A port from 10000 to 65534, called only for `--nat-rand-port`. */
  readonly drawPort: () => number;
}

/** Builds the request, or says what is wrong with the plan. */
export function buildRequest(
  planned: PlannedRequest,
  { address, drawPort }: RequestContext,
): KnockRequest | Problem {
  if (parseAddress(address) === undefined) {
    return usageProblem(`'${address}' is not an address that can be admitted`, {
      hint: "use -a with an IPv4 or IPv6 address, or -s",
      reference: spaMessageError(100, "Invalid allow IP address in the SPA message data"),
    });
  }
  const { command, access = "", timeout } = planned;
  if (command !== undefined) {
    return command === ""
      ? usageProblem("--server-cmd: the command is empty", {
        reference: spaMessageError(101, "Invalid SPA command message format"),
      })
      : { type: MessageType.command, ...messageOf(address, command) };
  }
  const unreadable = checkAccess(planned);
  if (unreadable !== undefined) return unreadable;
  const nat = natTarget(planned);
  if (nat instanceof Problem) return nat;
  const outside = outsidePort(planned, drawPort);
  if (outside instanceof Problem) return outside;
  const asked = outside === 0 ? access : `${access.split("/")[0]}/${outside}`;
  return {
    type: messageType(planned),
    ...messageOf(address, asked),
    ...(nat === undefined ? {} : { natAccess: nat }),
    ...(timeout > 0 ? { clientTimeout: timeout } : {}),
    ...(planned.outsidePort === "random" ? { randomNatPort: outside } : {}),
  };
}

function messageOf(admitted: string, asked: string) {
  return { admitted, asked, message: `${admitted},${asked}` };
}

/** Local NAT wins over NAT. A timeout above zero selects the type that carries it. */
function messageType({ localNatHost, natAccess, timeout }: PlannedRequest): MessageType {
  const withTimeout = timeout > 0;
  if (localNatHost !== undefined) {
    return withTimeout ? MessageType.timeoutLocalNatAccess : MessageType.localNatAccess;
  }
  if (natAccess !== undefined) {
    return withTimeout ? MessageType.timeoutNatAccess : MessageType.natAccess;
  }
  return withTimeout ? MessageType.timeoutAccess : MessageType.access;
}

function checkAccess(planned: PlannedRequest): Problem | undefined {
  const { access, services } = planned;
  if (services !== undefined) return undefined;
  return usageProblem(
    access === undefined
      ? "nothing is asked for: name a service"
      : `--access: '${access}' is not a list of services`,
    {
      hint: "use -A with protocol/port, such as tcp/22 or tcp/22,udp/53",
      reference: accessReference(planned),
    },
  );
}

const SEVERAL_PORTS = "[*] NAT for multiple ports/protocols not yet supported.";

/** If NAT has a separate port, the C client parses the list first (`docs/spec/client.md` 9). */
function accessReference({ access, outsidePort, natAccess, localNatHost }: PlannedRequest): string {
  const format = spaMessageError(102, "Invalid SPA access message format");
  if (access === undefined || outsidePort === 0) return format;
  const [first = "", port] = access.split("/");
  if (port === undefined) return "[*] Expecting <proto>/<port> for -A arg.";
  if (access.includes(",")) return SEVERAL_PORTS;
  const isNat = natAccess !== undefined || localNatHost !== undefined;
  const number = leadingNumber(port);
  if (!isNat || first === "" || (number >= 1 && number <= 65535)) {
    return format;
  }
  return natReference(`[*] Invalid port value '${number}' for -A arg.`);
}

/** `host,port` of the inside target; `undefined`: the packet carries none. */
function natTarget(
  { services, natAccess, localNatHost }: PlannedRequest,
): string | undefined | Problem {
  const firstPort = services?.[0]?.port ?? 0;
  if (natAccess === undefined) {
    return localNatHost === undefined
      ? undefined
      : checkNatHost(localNatHost, "the destination") ?? `${localNatHost},${firstPort}`;
  }
  const { host, port } = splitHostPort(natAccess);
  if (port !== undefined && parsePort(port) === undefined) {
    return natProblem(
      `--nat-access: '${port}' is not a port from 1 to 65535`,
      "[*] Invalid port value in -N arg.",
    );
  }
  return checkNatHost(host, "--nat-access") ?? `${host},${port ?? firstPort}`;
}

/** Splits at the first colon or comma. An IPv6 address with a port needs brackets. */
function splitHostPort(text: string): { host: string; port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?:[:,](.*))?$/.exec(text);
  if (bracketed !== null) return { host: bracketed[1] ?? "", port: bracketed[2] };
  if (parseAddress(text)?.family === 6) return { host: text, port: undefined };
  const [, host = "", port] = /^([^:,]*)(?:[:,](.*))?$/s.exec(text) ?? [];
  return { host, port };
}

function checkNatHost(host: string, what: string): Problem | undefined {
  if (parseAddress(host) !== undefined || isHostName(host, MAX_NAT_HOST_LENGTH)) return undefined;
  return natProblem(
    `${what}: '${host}' is neither an address nor a host name of at most ${MAX_NAT_HOST_LENGTH} characters`,
    `[*] Invalid NAT destination '${host}' for -N arg.`,
  );
}

function natProblem(text: string, reference: string): Problem {
  return usageProblem(text, {
    hint: "use -N with HOST:PORT, such as 10.0.0.7:22",
    reference: natReference(reference),
  });
}

function natReference(line: string): string {
  return `${line}\n${libraryError("fko_set_nat_access_str", 4, "Args contain invalid data")}`;
}

/** The port that replaces the one in the access list; 0: no port does. */
function outsidePort(
  { outsidePort, access }: PlannedRequest,
  drawPort: () => number,
): number | Problem {
  if (outsidePort === 0) return 0;
  if (access?.includes(",")) {
    return usageProblem("a NAT port needs an access list of one service", {
      hint: "ask for one service, or leave out --nat-port and --nat-rand-port",
      reference: SEVERAL_PORTS,
    });
  }
  return outsidePort === "random" ? drawPort() : outsidePort;
}

function spaMessageError(code: number, text: string): string {
  return libraryError("fko_set_spa_message", code, text);
}
