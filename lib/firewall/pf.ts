/**
 * The pf adapter: rules in an anchor of our own, which is read and written as a whole (`docs/spec/firewalls.md` 4).
 * Written for the grammar of FreeBSD and macOS; tried against a stand-in only.
 *
 * @module
 */
import { formatServices } from "../net/service.ts";
import type { Adapter, Rule, View } from "./adapter.ts";
import type { AccessGrant } from "./grant.ts";
import { describeOutcome, type Plan } from "./plan.ts";

/** What the configuration says about pf. */
export interface PfSettings {
  /** A command, which may hold blanks: `/sbin/pfctl`. */
  readonly command: string;
  /** PF_ANCHOR_NAME: 1 to 63 letters, digits, `_`, `-` or `.`. */
  readonly anchor: string;
}

/** The rules of the anchor as pf prints them. */
export interface PfView extends View {
  readonly lines: readonly string[];
}

/** The adapter for `pfctl`. Both families are in one anchor. */
export function pfAdapter(settings: PfSettings): Adapter<PfView> {
  const { anchor } = settings;
  if (!/^[A-Za-z0-9_.-]{1,63}$/.test(anchor)) {
    throw new RangeError(
      `The pf anchor "${anchor}" must be 1 to 63 letters, digits, "_", "-" or "."`,
    );
  }
  const pfctl = settings.command.split(/[ \t]+/).filter((word) => word !== "");
  const inAnchor = [...pfctl, "-a", anchor];

  /** Puts these lines in the place of everything in the anchor; pf does it at once or not at all. */
  function replace(lines: readonly string[]): Plan {
    const document = lines.map((line) => `${line}\n`).join("");
    return lines.length === 0
      ? [{ document, commands: [{ words: [...inAnchor, "-F", "all"] }] }]
      : [{ document, commands: [{ words: [...inAnchor, "-f", "-"], document }] }];
  }

  return {
    name: "pf",
    families: [4, 6],
    renewal: "separate",
    endsByItself: false,
    readsFirst: true,

    rules: (grant) =>
      grant.kind === "access"
        ? accessRules(grant, anchor)
        : grant.kind === "forward"
        ? "Forwarding/NAT requests are not currently supported."
        : "Local NAT requests are not currently supported.",

    look: () => [
      { words: [...pfctl, "-s", "Anchor"] },
      { words: [...inAnchor, "-s", "rules"] },
    ],

    read(scope, [anchors, rules]) {
      for (const outcome of [anchors, rules]) {
        if (outcome?.code !== 0) {
          return outcome === undefined ? "pfctl was not asked" : describeOutcome(outcome);
        }
      }
      const active = anchors?.stdout.split("\n").some((line) => line.trim() === anchor);
      if (active !== true) {
        return `Warning: the fwknop anchor is not active in the pf policy: add 'anchor "${anchor}"' to pf.conf`;
      }
      const lines = (rules?.stdout ?? "").split("\n").map((line) => line.trim())
        .filter((line) => line !== "");
      const found = lines.flatMap((line) => readLine(line, anchor) ?? [])
        .filter(({ family }) => scope.families.has(family));
      return {
        lines,
        rules: found.filter(({ summary }) => summary.expires > 0),
        broken: found.filter(({ summary }) => summary.expires === 0),
        intact: true,
        present: new Set([4, 6] as const),
      };
    },

    probes: () => [],

    prepare: (_view, _scope, flush) => ({ plan: flush ? replace([]) : [], jumps: [] }),

    add: ({ rules, view }) => replace([...view?.lines ?? [], ...rules.map(({ text }) => text)]),

    remove({ rules, now, view }) {
      if (view === undefined) return [];
      const keys = new Set(rules.map(({ key }) => key));
      return replace(view.lines.filter((line) => {
        const rule = readLine(line, anchor);
        if (rule === undefined) return true;
        // What is over goes however pf prints it.
        return !keys.has(rule.key) && rule.summary.expires > now / 1000;
      }));
    },

    dismantle: (view, _scope, whole) =>
      replace(whole ? [] : view.lines.filter((line) => readLine(line, anchor) === undefined)),

    show: (all) => [{ words: all ? [...pfctl, "-s", "rules"] : [...inAnchor, "-s", "rules"] }],
  };
}

function accessRules(grant: AccessGrant, anchor: string): Rule[] {
  const { address, destination, expires } = grant;
  return grant.services.map(({ protocol, port }) => {
    const to = destination?.text ?? "any";
    return makeRule({
      anchor,
      family: address.family,
      text: `pass in quick proto ${protocol} from ${address.text} to ${to} port ${port} ` +
        `keep state label "_exp_${expires}"`,
      protocol,
      source: address.text,
      destination: to,
      port: String(port),
      expires,
      services: formatServices(grant.services),
      stanza: grant.stanza,
    });
  });
}

/** The services pf is likely to print by name, whatever the host's list calls the others. */
const PORT_NAMES: ReadonlyMap<string, string> = new Map([
  ["ftp", "21"],
  ["ssh", "22"],
  ["telnet", "23"],
  ["smtp", "25"],
  ["domain", "53"],
  ["http", "80"],
  ["https", "443"],
  ["imaps", "993"],
]);

/** A listed line of ours; an expiry of 0 stands for one that cannot be read. */
function readLine(line: string, anchor: string): Rule | undefined {
  const [, label] = /^pass .*\blabel "_exp_([^"]*)"/.exec(line) ?? [];
  if (label === undefined) return undefined;
  const expires = /^[0-9]{1,11}$/.test(label) ? Number(label) : 0;
  const [, protocol = "", source = "", destination = "any", named = ""] =
    /\bproto (\S+) from (\S+) to (\S+) port = (\S+)/.exec(line) ?? [];
  const port = PORT_NAMES.get(named) ?? named;
  return makeRule({
    anchor,
    family: source.includes(":") ? 6 : 4,
    text: line,
    protocol,
    source,
    destination,
    port,
    expires,
  });
}

function makeRule(parts: {
  readonly anchor: string;
  readonly family: 4 | 6;
  readonly text: string;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly port: string;
  readonly expires: number;
  readonly services?: string;
  readonly stanza?: number;
}): Rule {
  const { anchor, family, text, protocol, source, destination, port, expires, stanza } = parts;
  const service = `${protocol}/${port}`;
  return {
    key: `${service} ${source} ${destination} ${expires}`,
    family,
    table: "anchor",
    text,
    summary: {
      kind: "access",
      chain: anchor,
      address: source,
      destination: destination !== "any" ? destination : family === 6 ? "::/0" : "0.0.0.0/0",
      services: parts.services ?? service,
      service,
      expires,
      ...(stanza === undefined ? {} : { stanza }),
    },
  };
}
