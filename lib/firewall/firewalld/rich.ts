/**
 * The firewalld adapter for firewalld's nftables backend: rich rules that firewalld ends on its own. An accept of a
 * direct rule is not enough there, because the packet still passes firewalld's own chains (firewalld.direct(5)).
 *
 * @module
 */
import { commandWords } from "../../config/command_words.ts";
import type { AddressFamily } from "../../net/address.ts";
import { formatService, formatServices } from "../../net/service.ts";
import type { Adapter, Rule, View } from "../adapter.ts";
import { parseZones } from "./zones.ts";
import type { Grant } from "../grant.ts";
import { commandsOf, describeOutcome, type Plan } from "../plan.ts";
import {
  isOwnRichRule,
  parseRichRule,
  RICH_MARKER,
  type RichElement,
  type RichRule,
  richRuleText,
} from "./rich_rule.ts";
import { nameOfTail } from "../rule_comment.ts";

/** The settings of firewalld with rich rules. */
export interface RichSettings {
  /** A command, which may hold blanks: `/usr/bin/firewall-cmd`. */
  readonly command: string;
  /** The zones through which clients arrive; at least one. */
  readonly zones: readonly string[];
  /** The zones through which forwarded connections leave. */
  readonly exits: readonly string[];
}

/** Our rules in the zones. */
export interface FirewalldView extends View {
  /** Zone and text of all our rules, including the markers. */
  readonly own: readonly Placed[];
}

interface Placed {
  readonly zone: string;
  readonly text: string;
}

const FAMILIES = [4, 6] as const;

/**
 * The adapter for `firewall-cmd`. It starts the program once per rule, because one call with several rules may skip
 * some.
 */
export function firewalldRichAdapter(settings: RichSettings): Adapter<FirewalldView> {
  const program = commandWords(settings.command);
  const { zones, exits } = settings;

  const run = (...lines: readonly string[][]): Plan =>
    lines.length === 0 ? [] : [commandsOf(program, lines)];

  const removals = (placed: readonly Placed[]): string[][] =>
    placed.map(({ zone, text }) => [`--zone=${zone}`, `--remove-rich-rule=${text}`]);

  const unmarked = (own: readonly Placed[]): string[] =>
    zones.filter((zone) => !own.some((it) => it.zone === zone && it.text === RICH_MARKER));

  return {
    kind: "firewalld",
    name: "firewalld",
    families: FAMILIES,
    place: "rules of fwknop in the zones of firewalld",
    endsByItself: true,
    placesVary: false,
    needsUpkeep: false,
    readsFirst: false,

    rules(grant) {
      const rules = richRules(grant);
      if (typeof rules === "string") return rules;
      return rules.flatMap(({ rule, kind }) =>
        // The source address of a connection is decided where it leaves.
        (rule.element.kind === "masquerade" ? exits : zones)
          .map((zone) => placeRule(zone, rule, kind, grant))
      );
    },

    look: () => [{ words: [...program, "--list-all-zones"] }],

    read(scope, [outcome]) {
      if (outcome === undefined || outcome.code !== 0) {
        return outcome === undefined ? "firewalld was not asked" : describeOutcome(outcome);
      }
      const found = parseZones(outcome.stdout);
      const lost = zones.find((zone) => !found.some(({ name }) => name === zone));
      if (lost !== undefined) return `firewalld has no zone ${lost}`;
      // All zones, whatever the scope: an earlier configuration may have had other zones.
      const own = found.flatMap(({ name: zone, richRules }) =>
        richRules.filter(isOwnRichRule).map((text) => ({ zone, text }))
      );
      const rules: Rule[] = [];
      const broken: Rule[] = [];
      for (const { zone, text } of own) {
        if (text === RICH_MARKER) continue;
        const rule = parseRichRule(text);
        const family = rule?.family ?? familyOf(text);
        if (!scope.families.has(family)) continue;
        if (rule === undefined) broken.push(unreadable(zone, text, family));
        else rules.push(placeRule(zone, rule, KINDS[rule.element.kind]));
      }
      return {
        own,
        rules,
        broken,
        intact: unmarked(own).length === 0,
        present: own.length > 0 ? new Set(FAMILIES) : new Set<AddressFamily>(),
      };
    },

    probes: () => [],

    prepare(view, _scope, flush) {
      const marks = unmarked(flush ? [] : view.own)
        .map((zone) => [`--zone=${zone}`, `--add-rich-rule=${RICH_MARKER}`]);
      return { plan: run(...(flush ? removals(view.own) : []), ...marks), jumps: [] };
    },

    add: ({ rules, now }) =>
      run(...rules.map(({ table: zone, text, summary }) => [
        `--zone=${zone}`,
        `--add-rich-rule=${text}`,
        `--timeout=${Math.max(1, Math.round(summary.expires - now / 1000))}`,
      ])),

    remove: ({ rules }) =>
      run(...removals(rules.map(({ table, text }) => ({ zone: table, text })))),

    tearDown: (view) => run(...removals(view.own)),

    show(all, family) {
      if (family === 6) return [];
      return all
        ? [{ words: [...program, "--list-all-zones"] }]
        : zones.map((zone) => ({ words: [...program, `--zone=${zone}`, "--list-rich-rules"] }));
    },
  };
}

/** Names of listed rules. A listed rule does not show whether a rewritten connection stays on this host. */
const KINDS: Readonly<Record<RichElement["kind"], string>> = {
  "port": "access",
  "forward-port": "FORWARD",
  "masquerade": "SNAT",
};

interface KindOfRule {
  readonly rule: RichRule;
  readonly kind: string;
}

/** Returns the rules of a grant, or the reason why rich rules cannot express it. */
function richRules(grant: Grant): KindOfRule[] | string {
  const base = {
    family: grant.address.family,
    source: grant.address.text,
    expires: grant.expires,
    stanza: grant.stanza,
  };
  const here = grant.destination === undefined ? {} : { destination: grant.destination.text };
  if (grant.kind === "access") {
    return grant.services.map((service) => ({
      rule: { ...base, ...here, element: { kind: "port", service } },
      kind: "access",
    }));
  }
  const [service] = grant.services;
  const { target, rewrite, sourceNat } = grant;
  const isEverything = grant.kind === "forward" && grant.everything;
  if (isEverything || !rewrite || target === undefined || service === undefined) {
    return "Rich rules of firewalld forward one rewritten service: they do not support FORWARD_ALL or DISABLE_DNAT";
  }
  if (grant.kind === "forward" && sourceNat?.kind === "snat") {
    return `Rich rules of firewalld support MASQUERADE, but not SNAT to ${sourceNat.address.text}`;
  }
  const to = { address: target.address.text, port: target.port };
  const rules: KindOfRule[] = [{
    rule: { ...base, ...here, element: { kind: "forward-port", service, to } },
    kind: grant.kind === "local-nat" ? "local NAT" : "FORWARD",
  }];
  if (grant.kind === "forward" && sourceNat !== undefined) {
    const element = { kind: "masquerade" } as const;
    rules.push({ rule: { ...base, destination: to.address, element }, kind: "SNAT" });
  }
  return rules;
}

/**
 * @param grant of the rule, if known: it has all requested services.
 */
function placeRule(zone: string, rule: RichRule, kind: string, grant?: Grant): Rule {
  const { stanza, tail = "", ...rest } = rule;
  const { family, source, destination, element, expires } = rule;
  const service = element.kind === "masquerade" ? "*/*" : formatService(element.service);
  return {
    key: `${zone} ${richRuleText(rest)}`,
    family,
    table: zone,
    text: richRuleText(rule),
    summary: {
      kind,
      chain: zone,
      address: source,
      destination: destination ?? (family === 6 ? "::/0" : "0.0.0.0/0"),
      services: grant === undefined ? service : formatServices(grant.services),
      service,
      expires,
      ...(stanza === undefined ? {} : { stanza }),
      ...nameOfTail(tail),
    },
  };
}

function familyOf(text: string): AddressFamily {
  return text.includes('family="ipv6"') ? 6 : 4;
}

/** A rule that is marked as ours but has another form. */
function unreadable(zone: string, text: string, family: AddressFamily): Rule {
  const summary = {
    kind: "access",
    chain: zone,
    address: "",
    destination: "",
    services: "*/*",
    service: "*/*",
    expires: 0,
  };
  return { key: `${zone} ${text}`, family, table: zone, text, summary };
}
