/**
 * The ipfw adapter. One set of rules is in force; another set, disabled, holds expired rules whose connections continue
 * by dynamic rules (`docs/spec/firewalls.md` 3). Written for FreeBSD's grammar; tested against a stand-in only.
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import { parseAddress } from "../../net/address.ts";
import { formatServices } from "../../net/service.ts";
import type { Adapter, Rule, View } from "../adapter.ts";
import type { AccessGrant } from "../grant.ts";
import { ipfwDynamicNumbers, type IpfwLine, parseIpfwRules } from "./listing.ts";
import { commandsOf, describeOutcome, type Plan } from "../plan.ts";
import { EXPIRY_PREFIX, nameOfTail, readRuleComment } from "../rule_comment.ts";

/** The settings of ipfw. */
export interface IpfwSettings {
  /** A command, which may hold blanks: `/sbin/ipfw`. */
  readonly command: string;
  /** IPFW_START_RULE_NUM. */
  readonly start: number;
  /** IPFW_MAX_RULES. */
  readonly maxRules: number;
  /** IPFW_ACTIVE_SET_NUM. */
  readonly activeSet: number;
  /** IPFW_EXPIRE_SET_NUM. */
  readonly expireSet: number;
  /** IPFW_ADD_CHECK_STATE. */
  readonly checkState: boolean;
}

/** The rules of both sets. */
export interface IpfwView extends View {
  readonly active: readonly IpfwLine[];
  readonly expired: readonly IpfwLine[];
  /** The rules of all enabled sets. */
  readonly others: readonly IpfwLine[];
  /** Numbers of rules with open connections. */
  readonly dynamic: ReadonlySet<number>;
}

/** The highest rule number; 65535 belongs to the kernel. */
const HIGHEST_NUMBER = 65534;

/** The adapter for `ipfw`. There are no transactions: it starts the program once per rule. */
export function ipfwAdapter(settings: IpfwSettings): Adapter<IpfwView> {
  const program = commandWords(settings.command);
  const { activeSet, expireSet } = settings;
  const set = (number: number) => ["set", String(number)];

  const run = (...lines: readonly string[][]): Plan =>
    lines.map((words) => commandsOf(program, [words]));

  function checkStateRule(view: IpfwView): string[][] {
    const isThere = view.active.some(({ body }) => body.startsWith("check-state"));
    return settings.checkState && !isThere
      ? [["add", String(settings.start), ...set(activeSet), "check-state"]]
      : [];
  }

  /** Yields the lowest unused numbers: a rule is moved by its number, whatever its set. */
  function* freeNumbers(view: IpfwView): Generator<number> {
    const lines = [...view.active, ...view.expired, ...view.others];
    const used = new Set(lines.map(({ number }) => number));
    for (let number = settings.start; number <= HIGHEST_NUMBER; number++) {
      if (!used.has(number)) yield number;
    }
  }

  return {
    kind: "ipfw",
    name: "ipfw",
    families: [4, 6],
    place: "the sets of fwknop",
    endsByItself: false,
    placesVary: false,
    // Rules without open connections are removed.
    needsUpkeep: true,
    readsFirst: true,

    rules: (grant) =>
      grant.kind === "access"
        ? accessRules(grant, activeSet)
        : grant.kind === "forward"
        ? "Forwarding/NAT requests are not currently supported."
        : "Local NAT requests are not currently supported.",

    look: () => [
      { words: [...program, ...set(activeSet), "list"] },
      { words: [...program, "-d", "-S", ...set(expireSet), "list"] },
      { words: [...program, "list"] },
    ],

    read(scope, [active, expired, others]) {
      for (const outcome of [active, expired, others]) {
        if (outcome?.code !== 0) {
          return outcome === undefined ? "ipfw was not asked" : describeOutcome(outcome);
        }
      }
      const lines = parseIpfwRules(active?.stdout ?? "");
      const found = lines.flatMap((line) => readLine(line, activeSet) ?? [])
        .filter(({ family }) => scope.families.has(family));
      const view = {
        active: lines,
        expired: parseIpfwRules(expired?.stdout ?? ""),
        others: parseIpfwRules(others?.stdout ?? ""),
        dynamic: ipfwDynamicNumbers(expired?.stdout ?? ""),
        rules: found.filter(({ summary }) => summary.expires > 0),
        broken: found.filter(({ summary }) => summary.expires === 0),
        intact: true,
        present: new Set([4, 6] as const),
      };
      return { ...view, intact: checkStateRule(view).length === 0 };
    },

    probes: () => [],

    prepare(view, _scope, flush) {
      const emptied = { ...view, active: flush ? [] : view.active };
      return {
        plan: run(
          ...(flush && view.active.length > 0 ? [["delete", ...set(activeSet)]] : []),
          ...checkStateRule(emptied),
          ["set", "disable", String(expireSet)],
        ),
        jumps: [],
      };
    },

    add({ rules, view }) {
      if (view === undefined) return [];
      const numbers = freeNumbers(view);
      const commands: string[][] = [];
      for (const rule of rules) {
        const number = numbers.next().value;
        const isFull = view.active.length + commands.length >= settings.maxRules;
        if (number === undefined || isFull) return FULL;
        commands.push(["add", String(number), ...set(activeSet), ...rule.text.split(" ")]);
      }
      return run(...commands);
    },

    remove({ rules, now, view }) {
      const keys = new Set(rules.map(({ key }) => key));
      const over = (view?.active ?? []).filter((line) => {
        const rule = readLine(line, activeSet);
        return rule !== undefined && (keys.has(rule.key) || rule.summary.expires <= now / 1000);
      });
      const numbers = new Set(over.map(({ number }) => number));
      return run(
        ...[...numbers].map((number) => {
          return ["set", "move", "rule", String(number), "to", String(expireSet)];
        }),
      );
    },

    tidy: (view) =>
      run(
        ...view.expired
          .filter((line) => readLine(line, expireSet) !== undefined)
          .filter(({ number }) => !view.dynamic.has(number))
          .map(({ number }) => [...set(expireSet), "delete", String(number)]),
      ),

    // Open connections continue through the disabled set; only an explicit flush ends them.
    tearDown(view, scope, whole) {
      const ours = view.active.filter((line) => readLine(line, activeSet) !== undefined);
      const own = settings.checkState
        ? view.active.filter(({ body }) => body.startsWith("check-state"))
        : [];
      const left = scope.extent === "everywhere"
        ? view.expired.filter((line) => readLine(line, expireSet) !== undefined)
        : [];
      return run(
        ...(whole
          ? view.active.length > 0 ? [["delete", ...set(activeSet)]] : []
          : [...ours, ...own].map(({ number }) => [...set(activeSet), "delete", String(number)])),
        ...left.map(({ number }) => [...set(expireSet), "delete", String(number)]),
      );
    },

    show(all, family) {
      if (family === 6) return [];
      return all ? [{ words: [...program, "list"] }] : [activeSet, expireSet].map((number) => ({
        words: [...program, "-d", "-S", "-T", ...set(number), "list"],
      }));
    },
  };
}

/** The C daemon's text. */
const FULL = "Access request rejected: Maximum allowed number of rules has been reached.";

function accessRules(grant: AccessGrant, activeSet: number): Rule[] {
  const { address, destination, expires } = grant;
  const to = destination?.text ?? (address.family === 6 ? "me6" : "me");
  return grant.services.map(({ protocol, port }) => {
    // "setup" matches TCP flags, which UDP packets do not have.
    const setup = protocol === "tcp" ? " setup" : "";
    const text = `pass ${protocol} from ${address.text} to ${to} dst-port ${port}${setup} ` +
      `keep-state // ${EXPIRY_PREFIX}${expires}`;
    return makeRule(
      { protocol, source: address.text, destination: to, port: String(port), expires },
      text,
      activeSet,
      { services: formatServices(grant.services), stanza: grant.stanza },
    );
  });
}

interface RuleParts {
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly port: string;
  readonly expires: number;
}

/** Reads a listed rule of ours. An expiry of 0 means that it cannot be read. */
function readLine({ body, comment }: IpfwLine, set: number): Rule | undefined {
  const read = readRuleComment(comment);
  if (read === undefined) return undefined;
  const [, protocol = "", source = "", destination = "me", port = ""] =
    /^(?:allow|pass) (\S+) from (\S+) to (\S+) dst-port (\S+)/.exec(body) ?? [];
  const { expires, tail } = read === "broken" ? { expires: 0, tail: "" } : read;
  const address = parseAddress(source)?.text ?? source;
  return makeRule(
    { protocol, source: address, destination, port, expires },
    body,
    set,
    nameOfTail(tail),
  );
}

function makeRule(
  { protocol, source, destination, port, expires }: RuleParts,
  text: string,
  set: number,
  known: { readonly services?: string; readonly stanza?: number; readonly name?: string },
): Rule {
  const family = source.includes(":") ? 6 : 4;
  const service = `${protocol}/${port}`;
  const isMe = destination === "me" || destination === "me6";
  return {
    key: `${service} ${source} ${destination} ${expires}`,
    family,
    table: "ipfw",
    text,
    summary: {
      kind: "access",
      chain: `set ${set}`,
      address: source,
      destination: !isMe ? destination : family === 6 ? "::/0" : "0.0.0.0/0",
      services: known.services ?? service,
      service,
      expires,
      ...(known.stanza === undefined ? {} : { stanza: known.stanza }),
      ...(known.name === undefined ? {} : { name: known.name }),
    },
  };
}
