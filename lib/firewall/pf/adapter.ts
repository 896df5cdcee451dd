/**
 * The pf adapter: rules in an anchor of our own, which is read and written as a whole (`docs/spec/firewalls.md` 4).
 * Written for the grammar of FreeBSD and macOS; tested against a stand-in only.
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import type { Adapter, View } from "../adapter.ts";
import { isTranslation, pfRules, readPfLine } from "./rule.ts";
import { describeOutcome, type Plan } from "../plan.ts";

/** The settings of pf. */
export interface PfSettings {
  /** A command, which may hold blanks: `/sbin/pfctl`. */
  readonly command: string;
  /** PF_ANCHOR_NAME: 1 to 63 letters, digits, `_`, `-` or `.`. */
  readonly anchor: string;
  /** Whether grants may forward and rewrite; then the anchor holds translation rules too. */
  readonly nat: boolean;
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
  const pfctl = commandWords(settings.command);
  const inAnchor = [...pfctl, "-a", anchor];

  /** Replaces the contents of the anchor; pf does this atomically. */
  function replace(lines: readonly string[]): Plan {
    // pf requires translation rules before filter rules.
    const ordered = [...lines.filter(isTranslation), ...lines.filter((it) => !isTranslation(it))];
    const document = ordered.map((line) => `${line}\n`).join("");
    return lines.length === 0
      ? [{ document, commands: [{ words: [...inAnchor, "-F", "all"] }] }]
      : [{ document, commands: [{ words: [...inAnchor, "-f", "-"], document }] }];
  }

  return {
    kind: "pf",
    name: "pf",
    families: [4, 6],
    place: "the anchor of fwknop",
    endsByItself: false,
    placesVary: false,
    needsUpkeep: false,
    readsFirst: true,

    rules: (grant) =>
      grant.kind === "access" || settings.nat
        ? pfRules(grant, anchor)
        : "Forwarding is not enabled: set ENABLE_IPT_FORWARDING or ENABLE_IPT_LOCAL_NAT",

    look: () => [
      { words: [...pfctl, "-s", "Anchor"] },
      { words: [...inAnchor, "-s", "rules"] },
      ...(settings.nat
        ? [{ words: [...pfctl, "-s", "nat"] }, { words: [...inAnchor, "-s", "nat"] }]
        : []),
    ],

    read(scope, [anchors, rules, ...translation]) {
      for (const outcome of [anchors, rules, ...translation]) {
        if (outcome?.code !== 0) {
          return outcome === undefined ? "pfctl was not asked" : describeOutcome(outcome);
        }
      }
      const active = anchors?.stdout.split("\n").some((line) => line.trim() === anchor);
      if (active !== true) {
        return `Warning: the fwknop anchor is not active in the pf policy: add 'anchor "${anchor}"' to pf.conf`;
      }
      const [hooks, translations] = translation;
      for (const hook of settings.nat ? ["nat-anchor", "rdr-anchor"] : []) {
        if (!(hooks?.stdout ?? "").includes(`${hook} "${anchor}"`)) {
          return `Warning: NAT needs '${hook} "${anchor}"' in pf.conf`;
        }
      }
      const lines = [translations, rules].flatMap((outcome) => (outcome?.stdout ?? "").split("\n"))
        .map((line) => line.trim()).filter((line) => line !== "");
      const found = lines.flatMap((line) => readPfLine(line, anchor) ?? [])
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
        const rule = readPfLine(line, anchor);
        if (rule === undefined) return true;
        // An expired rule is removed in whatever form pf prints it.
        return !keys.has(rule.key) && rule.summary.expires > now / 1000;
      }));
    },

    tearDown: (view, _scope, whole) =>
      replace(whole ? [] : view.lines.filter((line) => readPfLine(line, anchor) === undefined)),

    show: (all, family) =>
      family === 6
        ? []
        : [{ words: all ? [...pfctl, "-s", "rules"] : [...inAnchor, "-s", "rules"] }],
  };
}
