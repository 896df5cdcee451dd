/**
 * Rich rules of firewalld (firewalld.richlanguage(5)) as data, as text, and read back from a listing.
 *
 * @module
 */
import { type AddressFamily, parseAddress } from "../../net/address.ts";
import { parsePort, type Service } from "../../net/service.ts";
import { EXPIRY_PREFIX, readRuleComment } from "../rule_comment.ts";

/** What a rule does with matching connections. */
export type RichElement =
  /** Accepts them. */
  | { readonly kind: "port"; readonly service: Service }
  /** Sends them to another host, and accepts them there. */
  | {
    readonly kind: "forward-port";
    readonly service: Service;
    readonly to: { readonly address: string; readonly port: number };
  }
  /** Gives them this host's address where they leave. */
  | { readonly kind: "masquerade" };

/** A rule of ours. Addresses are canonical texts of hosts. */
export interface RichRule {
  readonly family: AddressFamily;
  readonly source: string;
  readonly destination?: string;
  readonly element: RichElement;
  /** Seconds since 1970 UTC. */
  readonly expires: number;
  readonly stanza?: number;
  /** What follows expiry and stanza in the prefix of the log line; only of a listed rule. */
  readonly tail?: string;
}

/**
 * Before all other rules of a zone, so a grant wins over the zone's own refusals. The unusual number also shows an
 * administrator whose rules these are.
 */
const PRIORITY = "-6201";

/**
 * Rich rules have no comments, but they can have the prefix of a log line. So each connection of a grant also writes a
 * line to the kernel's log, at the lowest level and at most once per hour (the slowest limit).
 */
const LOG_OPTIONS = 'level="debug" limit value="1/h"';

/** Returns the rule in the form that firewalld accepts and prints. */
export function richRuleText(rule: RichRule): string {
  const stanza = rule.stanza === undefined ? "" : ` stanza_${rule.stanza}`;
  const tail = rule.tail === undefined ? "" : ` ${rule.tail}`;
  return [
    `rule priority="${PRIORITY}" family="ipv${rule.family}" source address="${rule.source}"`,
    ...(rule.destination === undefined ? [] : [`destination address="${rule.destination}"`]),
    elementText(rule.element),
    `log prefix="${EXPIRY_PREFIX}${rule.expires}${stanza}${tail}" ${LOG_OPTIONS}`,
    // Other elements have no action of their own.
    ...(rule.element.kind === "port" ? ["accept"] : []),
  ].join(" ");
}

function elementText(element: RichElement): string {
  if (element.kind === "masquerade") return "masquerade";
  const { protocol, port } = element.service;
  const from = `${element.kind} port="${port}" protocol="${protocol}"`;
  if (element.kind === "port") return from;
  return `${from} to-port="${element.to.port}" to-addr="${element.to.address}"`;
}

/**
 * Marks a zone in which this program has rules. The marker disappears when another program makes firewalld reload its
 * files. It admits no client: no packet from outside has that address, and local packets do not pass the zones.
 */
export const RICH_MARKER =
  `rule priority="${PRIORITY}" family="ipv4" source address="127.0.0.2" drop`;

const RULE = new RegExp(
  `^rule priority="${PRIORITY}" family="ipv([46])" source address="([^"]+)"` +
    ` (?:destination address="([^"]+)" )?(.+?)` +
    ` log prefix="(${EXPIRY_PREFIX}[^"]*)" ${LOG_OPTIONS}( accept)?$`,
);
const FROM_PORT = /^(port|forward-port) port="([0-9]+)" protocol="(tcp|udp)"/;
const TO_PORT = / to-port="([0-9]+)" to-addr="([^"]+)"$/;

/** Whether a listed rule is marked as ours. */
export function isOwnRichRule(text: string): boolean {
  return text === RICH_MARKER ||
    text.startsWith(`rule priority="${PRIORITY}" `) &&
      text.includes(` log prefix="${EXPIRY_PREFIX}`);
}

/** Reads a rule in the form that firewalld prints; `undefined` if it is not a form of {@link richRuleText}. */
export function parseRichRule(text: string): RichRule | undefined {
  const match = RULE.exec(text);
  if (match === null) return undefined;
  const [, digit, source = "", destination, middle = "", prefix = ""] = match;
  const comment = readRuleComment(prefix);
  if (typeof comment !== "object") return undefined;
  const [, stanza, tail] = /^(?:stanza_([1-9][0-9]{0,8})(?: |$))?(.*)$/.exec(comment.tail) ?? [];
  const family = digit === "6" ? 6 : 4;
  const element = parseElement(middle, family);
  const addresses = destination === undefined ? [source] : [source, destination];
  if (element === undefined || !addresses.every((host) => isHost(host, family))) return undefined;
  const rule: RichRule = {
    family,
    source,
    ...(destination === undefined ? {} : { destination }),
    element,
    expires: comment.expires,
    ...(stanza === undefined ? {} : { stanza: Number(stanza) }),
    ...(tail ? { tail } : {}),
  };
  return richRuleText(rule) === text ? rule : undefined;
}

function parseElement(text: string, family: AddressFamily): RichElement | undefined {
  if (text === "masquerade") return { kind: "masquerade" };
  const [, kind, digits = "", protocol] = FROM_PORT.exec(text) ?? [];
  const port = parsePort(digits);
  if (port === undefined || (protocol !== "tcp" && protocol !== "udp")) return undefined;
  const service = { protocol, port } as const;
  if (kind === "port") return { kind, service };
  const [, toDigits = "", address = ""] = TO_PORT.exec(text) ?? [];
  const toPort = parsePort(toDigits);
  return toPort === undefined || !isHost(address, family)
    ? undefined
    : { kind: "forward-port", service, to: { address, port: toPort } };
}

function isHost(text: string, family: AddressFamily): boolean {
  const address = parseAddress(text);
  return address?.family === family && address.text === text;
}
