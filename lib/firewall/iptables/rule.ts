/**
 * A rule of ours as data, as arguments, and read back from a listing.
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import { parseAddress } from "../../net/address.ts";
import type { Protocol } from "../../net/service.ts";
import { parsePort, PROTOCOL_NUMBERS } from "../../net/service.ts";
import { EXPIRY_PREFIX, nameOfTail, readRuleComment } from "../rule_comment.ts";

/** A rule in one of our chains. Addresses are canonical texts of hosts. */
export interface IptablesRule {
  readonly family: AddressFamily;
  readonly table: string;
  readonly chain: string;
  /** Absent: every protocol. */
  readonly protocol?: Protocol;
  readonly source?: string;
  readonly sourcePort?: number;
  readonly destination?: string;
  readonly destinationPort?: number;
  /** Seconds since 1970 UTC: the `_exp_` comment. */
  readonly expires: number;
  /** Number of the stanza that allowed it, for listings and for a daemon that adopts the rule. */
  readonly stanza?: number;
  /** The client's name, only of a listed rule that has it in its comment. */
  readonly name?: string;
  /** Whether it matches only packets to this host, and not forwarded ones (`-m addrtype --dst-type LOCAL`). */
  readonly toThisHost?: boolean;
  /** Whether the kernel ends the rule as well (`-m time --datestop`). */
  readonly datestop: boolean;
  readonly target: string;
  /** Argument of `--to-destination` or `--to-source`: `192.0.2.1:22`, `[2001:db8::1]:22`. */
  readonly to?: { readonly option: "--to-destination" | "--to-source"; readonly value: string };
}

/**
 * `stanza_N` has its own comment. The C daemon reads digits up to the end of the comment with the expiry
 * (`docs/spec/firewalls.md` 1.5), and listings would quote several words in one comment.
 */
const STANZA_PREFIX = "stanza_";

/**
 * Returns the arguments after `-A CHAIN`. The kernel, and so every listing, then holds the same rule as with the C
 * daemon's arguments (`docs/spec/firewalls.md` 1.4). The C daemon's `-d 0.0.0.0/0` has no effect and is left out.
 */
export function ruleArguments(rule: IptablesRule): string[] {
  const words: string[] = [];
  if (rule.protocol !== undefined) words.push("-p", String(PROTOCOL_NUMBERS[rule.protocol]));
  if (rule.source !== undefined) words.push("-s", rule.source);
  if (rule.destination !== undefined) words.push("-d", rule.destination);
  if (rule.sourcePort !== undefined) words.push("--sport", String(rule.sourcePort));
  if (rule.destinationPort !== undefined) words.push("--dport", String(rule.destinationPort));
  if (rule.toThisHost === true) words.push("-m", "addrtype", "--dst-type", "LOCAL");
  if (rule.stanza !== undefined) {
    words.push("-m", "comment", "--comment", `${STANZA_PREFIX}${rule.stanza}`);
  }
  // The rule still matches in the named second (docs/spec/firewalls.md 7.1), so the second before it is named.
  if (rule.datestop) words.push("-m", "time", "--datestop", isoSecond(rule.expires - 1));
  words.push("-m", "comment", "--comment", `${EXPIRY_PREFIX}${rule.expires}`, "-j", rule.target);
  if (rule.to !== undefined) words.push(rule.to.option, rule.to.value);
  return words;
}

/**
 * Two rules that admit the same packets until the same second have the same key. The stanza, the name and matches that
 * depend on kernel modules do not count.
 */
export function ruleKey({ stanza: _, name: __, ...rule }: IptablesRule): string {
  const words = ruleArguments({ ...rule, toThisHost: false, datestop: false });
  return [`ipv${rule.family}`, rule.table, rule.chain, ...words].join(" ");
}

/** `2026-11-21T21:40:10`, in UTC, as `--datestop` takes it. */
function isoSecond(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

/** The result of reading a listed rule with an `_exp_` comment. */
export type RecognisedRule =
  /** One of the forms of {@link ruleArguments}. */
  | { readonly rule: IptablesRule; readonly expires: number }
  /** Another form, from another program; it is still closed at `expires`. */
  | { readonly rule?: undefined; readonly expires: number }
  /** The comment starts with `_exp_` but has no time. */
  | { readonly rule?: undefined; readonly expires?: undefined };

/**
 * Reads the words after `-A CHAIN` of `iptables -S`; `undefined` if there is no `_exp_` comment, so the rule is not
 * ours.
 */
export function recogniseRule(
  place: { readonly family: AddressFamily; readonly table: string; readonly chain: string },
  words: readonly string[],
): RecognisedRule | undefined {
  const at = words.findIndex((word, index) =>
    words[index - 1] === "--comment" && word.startsWith(EXPIRY_PREFIX)
  );
  if (at < 0) return undefined;
  const comment = readRuleComment(words[at] ?? "");
  if (typeof comment !== "object") return {};
  const { expires, tail } = comment;
  const stanzaAt = words.findIndex((word, index) =>
    words[index - 1] === "--comment" && STANZA_COMMENT.test(word)
  );
  const stanza = stanzaAt < 0 ? undefined : Number(words[stanzaAt]?.slice(STANZA_PREFIX.length));
  const options = readOptions(words.filter((_, index) => !isComment(index, stanzaAt)));
  const target = options?.get("-j");
  if (options === undefined || target === undefined) return { expires };
  const known = [...options.keys()].every((option) => KNOWN_OPTIONS.has(option));
  const protocol = options.get("-p");
  const source = readHost(options.get("-s"), place.family);
  const destination = readHost(options.get("-d"), place.family);
  const sourcePort = readPort(options.get("--sport"));
  const destinationPort = readPort(options.get("--dport"));
  const destinationType = options.get("--dst-type") ?? "LOCAL";
  const odd = !known || destinationType !== "LOCAL" || source === null || destination === null ||
    sourcePort === null ||
    destinationPort === null ||
    (protocol !== undefined && protocol !== "tcp" && protocol !== "udp");
  if (odd) return { expires };
  const to = (["--to-destination", "--to-source"] as const).find((option) => options.has(option));
  return {
    expires,
    rule: {
      ...place,
      ...(protocol === undefined ? {} : { protocol }),
      ...(source === undefined ? {} : { source }),
      ...(destination === undefined ? {} : { destination }),
      ...(sourcePort === undefined ? {} : { sourcePort }),
      ...(destinationPort === undefined ? {} : { destinationPort }),
      ...(options.has("--dst-type") ? { toThisHost: true } : {}),
      expires,
      ...(stanza === undefined ? {} : { stanza }),
      ...nameOfTail(tail),
      datestop: options.has("--datestop"),
      target,
      ...(to === undefined ? {} : { to: { option: to, value: options.get(to) ?? "" } }),
    },
  };
}

const STANZA_COMMENT = new RegExp(`^${STANZA_PREFIX}[1-9][0-9]{0,8}$`);

/** Whether a word belongs to the comment whose text is at `at`: `--comment` or the text. `-m` is ignored elsewhere. */
function isComment(index: number, at: number): boolean {
  return at >= 0 && (index === at || index === at - 1);
}

const KNOWN_OPTIONS: ReadonlySet<string> = new Set([
  ..."-p -s -d -j --sport --dport --dst-type --datestop --comment".split(" "),
  ..."--to-destination --to-source".split(" "),
]);

/** Returns options with their values; `undefined` if there is anything else (negation, switches, a repeated option). */
function readOptions(words: readonly string[]): Map<string, string> | undefined {
  const options = new Map<string, string>();
  for (let index = 0; index < words.length; index += 2) {
    const option = words[index] ?? "";
    const value = words[index + 1];
    if (!option.startsWith("-") || value === undefined) return undefined;
    if (option === "-m") continue;
    if (options.has(option)) return undefined;
    options.set(option, value);
  }
  return options;
}

/** The text of a host from `192.0.2.1/32`; `undefined` if absent, `null` if it is not a host. */
function readHost(text: string | undefined, family: AddressFamily): string | undefined | null {
  if (text === undefined) return undefined;
  const [host = "", length, ...rest] = text.split("/");
  const address = parseAddress(host);
  if (address === undefined || address.family !== family || rest.length > 0) return null;
  return length === undefined || Number(length) === address.bytes.length * 8 ? address.text : null;
}

function readPort(text: string | undefined): number | undefined | null {
  return text === undefined ? undefined : parsePort(text) ?? null;
}
