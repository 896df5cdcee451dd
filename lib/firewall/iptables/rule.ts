/**
 * One iptables rule of ours as data, as arguments, and back from a listing.
 *
 * @module
 */
import type { AddressFamily } from "../../net/address.ts";
import { parseAddress } from "../../net/address.ts";
import type { Protocol } from "../../net/service.ts";
import { parsePort, PROTOCOL_NUMBERS } from "../../net/service.ts";

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
  /** Number of the stanza that allowed it; remembered for whoever lists or adopts the rule. */
  readonly stanza?: number;
  /** Only what is addressed to this host; not what it forwards (`-m addrtype --dst-type LOCAL`). */
  readonly toThisHost?: boolean;
  /** Whether the kernel ends the rule as well (`-m time --datestop`). */
  readonly datestop: boolean;
  readonly target: string;
  /** Argument of `--to-destination` or `--to-source`: `192.0.2.1:22`, `[2001:db8::1]:22`. */
  readonly to?: { readonly option: "--to-destination" | "--to-source"; readonly value: string };
}

/** `_exp_EPOCH`: how the C daemon marks its rules (`docs/spec/firewalls.md` 1.4). */
export const EXPIRY_PREFIX = "_exp_";

/**
 * `stanza_N`, in a comment of its own: the C daemon reads digits up to the end of the one with the expiry
 * (`docs/spec/firewalls.md` 1.5), and words joined in one comment would be quoted in listings.
 */
const STANZA_PREFIX = "stanza_";

/**
 * The arguments that follow `-A CHAIN`. What the kernel holds, and so every listing, is what the C daemon's
 * arguments make (`docs/spec/firewalls.md` 1.4); its explicit `-d 0.0.0.0/0` says nothing and is left out.
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
  // The named second still matches (docs/spec/firewalls.md 7.1), so the one before it is named.
  if (rule.datestop) words.push("-m", "time", "--datestop", isoSecond(rule.expires - 1));
  words.push("-m", "comment", "--comment", `${EXPIRY_PREFIX}${rule.expires}`, "-j", rule.target);
  if (rule.to !== undefined) words.push(rule.to.option, rule.to.value);
  return words;
}

/**
 * Two rules that admit the same until the same second have the same key; the stanza and what depends on the kernel's
 * modules do not count.
 */
export function ruleKey({ stanza: _, ...rule }: IptablesRule): string {
  const words = ruleArguments({ ...rule, toThisHost: false, datestop: false });
  return [`ipv${rule.family}`, rule.table, rule.chain, ...words].join(" ");
}

/** `2026-11-21T21:40:10`, in UTC, as `--datestop` takes it. */
function isoSecond(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

/** What a listed rule that carries an `_exp_` comment turned out to be. */
export type RecognisedRule =
  /** One of the forms of {@link ruleArguments}. */
  | { readonly rule: IptablesRule; readonly expires: number }
  /** Another form (another program's), to be closed at `expires` all the same. */
  | { readonly rule?: undefined; readonly expires: number }
  /** The comment starts with `_exp_`, and no time follows. */
  | { readonly rule?: undefined; readonly expires?: undefined };

/**
 * Reads the words that follow `-A CHAIN` in `iptables -S`. `undefined`: no `_exp_` comment, so not ours.
 */
export function recogniseRule(
  place: { readonly family: AddressFamily; readonly table: string; readonly chain: string },
  words: readonly string[],
): RecognisedRule | undefined {
  const at = words.findIndex((word, index) =>
    words[index - 1] === "--comment" && word.startsWith(EXPIRY_PREFIX)
  );
  if (at < 0) return undefined;
  const digits = words[at]?.slice(EXPIRY_PREFIX.length) ?? "";
  if (!/^[0-9]{1,11}$/.test(digits)) return {};
  const expires = Number(digits);
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
      datestop: options.has("--datestop"),
      target,
      ...(to === undefined ? {} : { to: { option: to, value: options.get(to) ?? "" } }),
    },
  };
}

const STANZA_COMMENT = new RegExp(`^${STANZA_PREFIX}[1-9][0-9]{0,8}$`);

/** Whether a word belongs to the comment whose text stands at `at`: `--comment` or the text; `-m` is passed over. */
function isComment(index: number, at: number): boolean {
  return at >= 0 && (index === at || index === at - 1);
}

const KNOWN_OPTIONS: ReadonlySet<string> = new Set([
  ..."-p -s -d -j --sport --dport --dst-type --datestop --comment".split(" "),
  ..."--to-destination --to-source".split(" "),
]);

/** Option and value pairs; `undefined` for anything else (negation, switches, an option given twice). */
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
