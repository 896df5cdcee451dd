/**
 * The requests that a firewall takes: how each is checked and when it is allowed. A request is untrusted data, whatever
 * its type says.
 *
 * @module
 */
import type {
  FirewallRequest,
  HeldRule,
  NoMembers,
  RequestMembers,
  RequestName,
  RuleSummary,
} from "./firewall.ts";
import { readGrant } from "./read_grant.ts";
import { isCount, membersOf } from "./untrusted_data.ts";

/** The state of a firewall's life cycle. */
export type Phase = "new" | "ready" | "released";

type Given = Readonly<Record<string, unknown>>;

interface RequestRow<N extends RequestName> {
  /** The members: a new object that holds only the known ones. Or the reason for a refusal. Never throws. */
  read(given: Given, now: number): RequestMembers[N] | string;
  readonly allowedWhen: readonly Phase[];
}

const ALWAYS = ["new", "ready", "released"] as const;
/** A signal may still ask for it after the firewall was released; then nothing is done. */
const ONCE_READY = ["ready", "released"] as const;

const REQUESTS: { readonly [N in RequestName]: RequestRow<N> } = {
  prepare: { read: readPrepare, allowedWhen: ["new"] },
  open: { read: readOpen, allowedWhen: ["ready"] },
  list: { read: readNothing, allowedWhen: ALWAYS },
  show: { read: readShow, allowedWhen: ALWAYS },
  flush: { read: readFlush, allowedWhen: ALWAYS },
  revoke: { read: readNothing, allowedWhen: ONCE_READY },
  check: { read: readNothing, allowedWhen: ONCE_READY },
  held: { read: readNothing, allowedWhen: ALWAYS },
  release: { read: readNothing, allowedWhen: ALWAYS },
  close: { read: readNothing, allowedWhen: ALWAYS },
};

const NOT_ALLOWED: Readonly<Record<Phase, string>> = {
  new: "The firewall is not ready",
  ready: "The firewall is ready already",
  released: "The firewall was released",
};

/**
 * The request, or in one line why it is refused. Never throws.
 *
 * @param now milliseconds since 1970 UTC.
 */
export function readRequest<N extends RequestName>(
  request: FirewallRequest<N>,
  phase: Phase,
  now: number,
): FirewallRequest<N> | string {
  const given = membersOf(request);
  const { name } = given;
  if (!isName(name)) return "The firewall refuses the request: it is not known";
  const row: RequestRow<RequestName> = REQUESTS[name];
  if (!row.allowedWhen.includes(phase)) return NOT_ALLOWED[phase];
  const members = row.read(given, now);
  return typeof members === "string"
    ? `The firewall refuses the request: ${members}`
    : { name, ...members } as FirewallRequest<N>;
}

function isName(name: unknown): name is RequestName {
  return typeof name === "string" && Object.hasOwn(REQUESTS, name);
}

function readNothing(): NoMembers {
  return {};
}

function readOpen({ grant }: Given, now: number): RequestMembers["open"] | string {
  const read = readGrant(grant, now);
  return typeof read === "string" ? read : { grant: read };
}

function readShow({ all, family }: Given): RequestMembers["show"] | string {
  if (typeof all !== "boolean") return "the extent of the listing is unknown";
  return family === 4 || family === 6 ? { all, family } : "the address family is unknown";
}

function readFlush({ extent, whole }: Given): RequestMembers["flush"] | string {
  const isKnown = extent === "everywhere" || extent === "elsewhere";
  return isKnown && typeof whole === "boolean"
    ? { extent, whole }
    : "the extent of the flush is unknown";
}

function readPrepare({ inherited }: Given): RequestMembers["prepare"] | string {
  if (inherited === undefined) return {};
  if (!Array.isArray(inherited)) return "the rules of the predecessor are not a list";
  const rules = inherited.flatMap((rule) => readHeld(rule) ?? []);
  return rules.length === inherited.length
    ? { inherited: rules }
    : "a rule of the predecessor is not one";
}

const SUMMARY_TEXTS = ["kind", "chain", "address", "destination", "services", "service"] as const;

function readHeld(value: unknown): HeldRule | undefined {
  const { key, summary } = membersOf(value);
  const given = membersOf(summary);
  const texts = SUMMARY_TEXTS.map((name) => [name, given[name]] as const);
  const { expires, stanza } = given;
  const areTexts = texts.every(([_, text]) => typeof text === "string");
  if (typeof key !== "string" || !areTexts || !isCount(expires, 0)) return undefined;
  if (stanza !== undefined && !isCount(stanza, 1)) return undefined;
  const read = { ...Object.fromEntries(texts), expires, ...(stanza && { stanza }) } as RuleSummary;
  return { key, summary: read };
}
